"""A `pkcs11:` URI (RFC 7512) → which key of which token of which module it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

from exchange_node.domain.errors import InvalidSettingError

_SCHEME = "pkcs11:"
_PART = re.compile(r"([a-z0-9_-]+)=((?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=/]|%[0-9A-Fa-f]{2})*)")
_OF_PATH = frozenset({"token", "serial", "object", "id", "type"})
_OF_QUERY = frozenset({"module-path"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUri:
    """Which private key is meant.

    Attributes:
        module: absolute path of the module's library.
        token, serial: of the token; an empty one is not asked for.
        label, key_id: of the key (`object` and `id` of the URI); an empty one is not asked for.
    """

    module: str
    token: str
    serial: str
    label: str
    key_id: bytes


def read_key_uri(text: str, *, where: str) -> KeyUri:
    """Read a URI such as `pkcs11:token=node;object=signing?module-path=/usr/lib/module.so`.

    What would be passed over is refused: an attribute that is not known here might be the one that
    tells two keys apart. A PIN does not stand in a file.

    Raises:
        InvalidSettingError: it is none, or names no module, token or key.
    """
    plain = "".join(text.split())
    if not plain.startswith(_SCHEME):
        raise InvalidSettingError(where=where, why=f"want a URI that begins with {_SCHEME}")
    path, _, query = plain.removeprefix(_SCHEME).partition("?")
    parts = dict(_parts(path, ";", _OF_PATH, where))
    parts |= dict(_parts(query, "&", _OF_QUERY, where))
    if parts.get("type", "private") != "private":
        raise InvalidSettingError(where=where, why="want the private key (type=private)")
    found = KeyUri(
        module=unquote(parts.get("module-path", "")),
        token=unquote(parts.get("token", "")),
        serial=unquote(parts.get("serial", "")),
        label=unquote(parts.get("object", "")),
        key_id=unquote_to_bytes(parts.get("id", "")),
    )
    for value, wanted in (
        (found.module.startswith("/"), "module-path=/absolute/path of the module"),
        (found.token or found.serial, "token=LABEL or serial=NUMBER"),
        (found.label or found.key_id, "object=LABEL or id=%01…"),
    ):
        if not value:
            raise InvalidSettingError(where=where, why=f"the URI has no {wanted}")
    return found


def _parts(text: str, mark: str, known: frozenset[str], where: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for one in filter(None, text.split(mark)):
        match = _PART.fullmatch(one)
        name = one.partition("=")[0]
        if name in {"pin-value", "pin-source"}:
            why = "a PIN does not belong here: give it in EXCHANGE_NODE_PIN"
            raise InvalidSettingError(where=where, why=why)
        if match is None or name not in known or name in seen:
            why = f"attribute {name[:40]!r} is unknown here, malformed, or there twice"
            raise InvalidSettingError(where=where, why=why)
        seen.add(name)
        yield match[1], match[2]
