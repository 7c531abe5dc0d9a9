"""TLS: our key, whom a context takes, and what the other end of a connection has shown."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange_node.domain.errors import InvalidSettingError, PassphraseError

_DER = 2
"""`_ssl.ENCODING_DER`: how a certificate of that module is asked for its octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsKey:
    """Our own TLS certificate and its encrypted key, as files, with the key's passphrase."""

    certificate_file: Path
    key_file: Path
    passphrase: bytes = field(repr=False)


def load_key(context: ssl.SSLContext, key: TlsKey) -> None:
    """Put our certificate and key into a TLS context.

    Raises:
        PassphraseError: the passphrase does not open the key.
        InvalidSettingError: the files are no certificate and key that belong together.
    """
    try:
        context.load_cert_chain(key.certificate_file, key.key_file, password=key.passphrase)
    except ssl.SSLError as err:
        if "KEY_VALUES_MISMATCH" in (err.reason or ""):
            raise InvalidSettingError(
                where=key.certificate_file.name, why="the certificate is not for this key"
            ) from None
        raise PassphraseError(which=key.key_file.name, why="the passphrase is wrong") from None
    except OSError as err:
        raise InvalidSettingError(
            where=key.key_file.name, why=err.strerror or "unreadable"
        ) from None


def pinned(context: ssl.SSLContext, certificates_pem: str, where: str) -> ssl.SSLContext:
    """Make the given certificates the only ones a peer may show.

    Raises:
        InvalidSettingError: they are no PEM certificates.
    """
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    # A pinned leaf is its own anchor; without this flag OpenSSL insists on a self-issued root.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=certificates_pem)
    except (ssl.SSLError, ValueError) as err:
        raise InvalidSettingError(where=where, why=f"no PEM certificates: {err}") from None
    return context


def shown_on(line: ssl.SSLSocket | ssl.SSLObject) -> tuple[bytes, ...]:
    """Return what the other end of a connection has shown: its own certificate first, or nothing.

    Those behind it are what it sent along; nobody has verified them here. They are asked for by
    Python 3.13's own method. From 3.10 to 3.12 the same lies a name deeper, and without it whoever
    is known by an authority alone, and has its certificate from an intermediate one, would be a
    stranger. Where neither is there, the certificate stands alone: the path check then names the
    issuer that is missing, and that one's certificate may stand in the partner's card.
    """
    own = line.getpeercert(binary_form=True)
    if not own:
        return ()
    return (own, *(one for one in _sent(line) if one != own))


def _sent(line: Any) -> list[bytes]:  # noqa: ANN401 - it depends on Python's version what it has
    if hasattr(line, "get_unverified_chain"):
        return list(line.get_unverified_chain())
    ask = getattr(getattr(line, "_sslobj", None), "get_unverified_chain", None)
    return [one.public_bytes(_DER) for one in ask() or ()] if ask is not None else []
