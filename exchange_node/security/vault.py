"""What the database keeps ⇄ what it means: AES-256-GCM under the node's storage key.

A record is: version (1 octet), key id (4), nonce (12), cipher text, tag (16). Version, key id and
the caller's context are authenticated with it, so a record cannot be put in another's place. The
nonce is random: a key is good for 2**32 records (NIST SP 800-38D, section 8.3), and the key id
lets a new key take over while old records are still read.

The storage key itself lies wrapped: AES-256-GCM under a key that scrypt makes of the passphrase.

Other keys of the node are derived from it, each for one purpose, and are kept nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from exchange_node.domain.errors import (
    AlteredRecordError,
    InvalidSettingError,
    PassphraseError,
)
from exchange_node.security.algorithms import decode64, encode64
from exchange_node.security.keys import passphrase_octets

KEY_BYTES = 32
_VERSION = 1
_ID_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
_SALT_BYTES = 16
_HEADER_BYTES = 1 + _ID_BYTES
_BODY_AT = _HEADER_BYTES + _NONCE_BYTES

# OWASP Password Storage Cheat Sheet (2023): N=2**15, r=8, p=3 is among its equal settings; it takes
# 32 MiB and a fifth of a second. Reading accepts up to 2**18, so that the cost can be raised.
_SCRYPT_LOG_N = 15
_SCRYPT_R = 8
_SCRYPT_P = 3
_MOST_LOG_N = 18
_MOST_P = 16
_ENVELOPE = "exchange-node storage key"
_DERIVING = b"exchange-node derived keys"


class NodeVault:
    """Encrypts records under one key; opens records under that key and older ones."""

    __slots__ = ("_ciphers", "_key_id", "_random_bytes", "_root")

    def __init__(
        self, key: bytes, *, random_bytes: Callable[[int], bytes], older: tuple[bytes, ...] = ()
    ) -> None:
        """Take the storage key, and keys that were replaced but still have records.

        Raises:
            InvalidSettingError: a key is not of 32 octets.
        """
        if any(len(one) != KEY_BYTES for one in (key, *older)):
            raise InvalidSettingError(where="storage key", why=f"want {KEY_BYTES} octets")
        self._random_bytes = random_bytes
        self._key_id = key_id(key)
        self._root = hmac.digest(_DERIVING, key, hashlib.sha256)  # RFC 5869, section 2.2
        self._ciphers: Mapping[bytes, AESGCM] = MappingProxyType(
            {key_id(one): AESGCM(one) for one in (*older, key)}
        )

    def __repr__(self) -> str:
        return f"NodeVault(key_id={self._key_id.hex()})"

    def lock(self, plain: bytes, context: str) -> bytes:
        """Return `plain` encrypted and bound to `context`; 33 octets longer."""
        header = bytes((_VERSION,)) + self._key_id
        nonce = self._random_bytes(_NONCE_BYTES)
        body = self._ciphers[self._key_id].encrypt(
            nonce, plain, header + context.encode("utf-8", "surrogatepass")
        )
        return b"".join((header, nonce, body))

    def unlock(self, locked: bytes, context: str) -> bytes:
        """Return what `lock` was given.

        Raises:
            AlteredRecordError: the key does not fit, or bytes or context are not as they were.
        """
        view = memoryview(locked)
        header, nonce = bytes(view[:_HEADER_BYTES]), view[_HEADER_BYTES:_BODY_AT]
        cipher = self._ciphers.get(header[1:])
        if len(locked) < _BODY_AT + _TAG_BYTES or header[0] != _VERSION or cipher is None:
            raise AlteredRecordError(what=context)
        try:
            return cipher.decrypt(
                nonce, view[_BODY_AT:], header + context.encode("utf-8", "surrogatepass")
            )
        except InvalidTag:
            raise AlteredRecordError(what=context) from None

    def derived_key(self, purpose: str) -> bytes:
        """Return the key of 32 octets that belongs to a purpose, the same as long as the key lasts.

        HKDF with SHA-256 (RFC 5869). Whoever has it learns nothing of the storage key, nor of the
        key of any other purpose.
        """
        info = purpose.encode("utf-8", "surrogatepass")
        return HKDFExpand(hashes.SHA256(), length=KEY_BYTES, info=info).derive(self._root)


def key_id(key: bytes) -> bytes:
    """Return four octets that tell keys apart and say nothing about them."""
    return hashlib.sha256(b"exchange-node storage key id" + key).digest()[:_ID_BYTES]


def create_storage_key(
    passphrase: str, random_bytes: Callable[[int], bytes], *, log_n: int = _SCRYPT_LOG_N
) -> bytes:
    """Return a new storage key, wrapped under the passphrase, as JSON text.

    Args:
        passphrase: of the node's keys.
        random_bytes: where key, salt and nonce come from.
        log_n: scrypt's cost, as a power of two.

    Raises:
        PassphraseError: the passphrase is empty.
    """
    if not passphrase:
        raise PassphraseError(which="storage key", why="no passphrase was given")
    salt, nonce = random_bytes(_SALT_BYTES), random_bytes(_NONCE_BYTES)
    head: dict[str, object] = {
        "what": _ENVELOPE,
        "version": _VERSION,
        "kdf": "scrypt",
        "log_n": log_n,
        "r": _SCRYPT_R,
        "p": _SCRYPT_P,
        "salt": encode64(salt),
        "nonce": encode64(nonce),
    }
    wrapping = AESGCM(_derive(passphrase, salt, log_n, _SCRYPT_R, _SCRYPT_P))
    wrapped = wrapping.encrypt(nonce, random_bytes(KEY_BYTES), _bound(head))
    return json.dumps({**head, "wrapped": encode64(wrapped)}, indent=2).encode() + b"\n"


def open_storage_key(
    envelope: bytes, passphrase: str | None, *, which: str = "storage key"
) -> bytes:
    """Return the 32 octets of the storage key; `which` names it in an error.

    Raises:
        PassphraseError: the passphrase is missing or wrong.
        InvalidSettingError: this is no wrapped storage key, or one of a newer kind.
    """
    head, wrapped = _read_envelope(envelope, which)
    if not passphrase:
        raise PassphraseError(which=which, why="no passphrase was given")
    log_n, r, p = (_number(head, name, which) for name in ("log_n", "r", "p"))
    if not 1 <= log_n <= _MOST_LOG_N or r != _SCRYPT_R or not 1 <= p <= _MOST_P:
        raise InvalidSettingError(where=which, why="its scrypt parameters are out of bounds")
    salt, nonce = _octets(head, "salt", which), _octets(head, "nonce", which)
    if len(salt) != _SALT_BYTES or len(nonce) != _NONCE_BYTES:
        raise InvalidSettingError(where=which, why="salt or nonce has the wrong length")
    try:
        key = AESGCM(_derive(passphrase, salt, log_n, r, p)).decrypt(nonce, wrapped, _bound(head))
    except InvalidTag:
        raise PassphraseError(
            which=which, why="the passphrase is wrong or the file was altered"
        ) from None
    if len(key) != KEY_BYTES:
        raise InvalidSettingError(where=which, why=f"want {KEY_BYTES} octets")
    return key


def _read_envelope(envelope: bytes, which: str) -> tuple[dict[str, object], bytes]:
    try:
        head = json.loads(envelope)
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict) or head.get("what") != _ENVELOPE:
        raise InvalidSettingError(where=which, why="it is no wrapped storage key")
    if head.get("version") != _VERSION or head.get("kdf") != "scrypt":
        raise InvalidSettingError(where=which, why="it was written by a newer program")
    wrapped = _octets(head, "wrapped", which)
    del head["wrapped"]
    return head, wrapped


def _number(head: Mapping[str, object], name: str, which: str) -> int:
    value = head.get(name)
    if type(value) is not int:
        raise InvalidSettingError(where=which, why=f"{name} is no whole number")
    return value


def _octets(head: Mapping[str, object], name: str, which: str) -> bytes:
    value = head.get(name)
    octets = decode64(value) if isinstance(value, str) else None
    if octets is None:
        raise InvalidSettingError(where=which, why=f"{name} is no base64")
    return octets


def _bound(head: Mapping[str, object]) -> bytes:
    """Return what of the envelope is authenticated: all but the wrapped key."""
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


def _derive(passphrase: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    n = 1 << log_n
    # OpenSSL wants room for 128 * r * (n + p + 2) octets (RFC 7914, section 2).
    room = 128 * r * (n + p + 2) + 1024
    return hashlib.scrypt(
        passphrase_octets(passphrase),
        salt=salt,
        n=n,
        r=r,
        p=p,
        maxmem=room,
        dklen=KEY_BYTES,
    )
