"""Private key ⇄ PEM: PKCS#8, encrypted under the operator's passphrase."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from exchange_node.domain.errors import InvalidSettingError, PassphraseError
from exchange_node.security.keys.kinds import PrivateKey, agreement_of, algorithm_of

_MOST_PASSPHRASE_BYTES = 1023  # OpenSSL's own bound


def encrypt_private_key(key: PrivateKey, passphrase: str) -> bytes:
    """Return the key as PKCS#8 PEM, encrypted under the passphrase.

    Raises:
        PassphraseError: the passphrase is empty, or longer than PEM encryption takes.
    """
    secret = passphrase_octets(passphrase)
    if not 0 < len(secret) <= _MOST_PASSPHRASE_BYTES:
        why = f"want a passphrase of 1 to {_MOST_PASSPHRASE_BYTES} octets"
        raise PassphraseError(which="that is to be written", why=why)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(secret),
    )


def load_private_key(pem: bytes, passphrase: str | None, *, which: str = "key") -> PrivateKey:
    """Return the private key in a PEM text; `which` names it in an error.

    Raises:
        PassphraseError: the key is encrypted and the passphrase is missing or wrong.
        InvalidSettingError: this is no private key, or one of a kind unknown here.
    """
    if b"-----BEGIN" not in pem:
        raise InvalidSettingError(where=which, why="it holds no PEM block")
    is_encrypted = b"ENCRYPTED" in pem
    if is_encrypted and not passphrase:
        raise PassphraseError(which=which, why="it is encrypted and no passphrase was given")
    secret = passphrase_octets(passphrase) if is_encrypted and passphrase else None
    try:
        key = serialization.load_pem_private_key(pem, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # OpenSSL says the same of a wrong passphrase and of a damaged file.
        if is_encrypted:
            raise PassphraseError(
                which=which, why="the passphrase is wrong or the file is damaged"
            ) from None
        raise InvalidSettingError(where=which, why="it holds no usable private key") from None
    if isinstance(key, PrivateKey):
        public = key.public_key()
        if algorithm_of(public) or agreement_of(public):
            return key
    raise InvalidSettingError(
        where=which, why="want an RSA, Ed25519 or X25519 key, or one on P-256, P-384 or P-521"
    )


def passphrase_octets(passphrase: str) -> bytes:
    """Return the octets the operator typed: the environment escapes what is no UTF-8.

    Raises:
        PassphraseError: the text stands for no octets.
    """
    try:
        return passphrase.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise PassphraseError(which="of this node", why="the passphrase is no text") from None
