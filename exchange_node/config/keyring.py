"""`keys/` → the keys of the node, opened once with the passphrase, and its certificates."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509

from exchange_node.config.settings import Settings, read_text
from exchange_node.domain.errors import InvalidSettingError, MissingSettingError, PassphraseError
from exchange_node.security.certificates import Purpose, load_certificates
from exchange_node.security.keys import (
    OpeningKey,
    PemDecrypter,
    PemSigner,
    PrivateKey,
    SigningKey,
    load_private_key,
)
from exchange_node.security.vault import NodeVault, open_storage_key

PASSPHRASE_VARIABLE = "EXCHANGE_NODE_PASSPHRASE"  # noqa: S105 - the name of a variable
STORAGE_KEY = "storage.key.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """What the node signs, seals, decrypts and keeps secret with.

    Attributes:
        passphrase: for the TLS library, which opens the TLS key from its file by itself.
    """

    signing: PemSigner
    seal: PemSigner
    decrypter: PemDecrypter
    tls_certificate: x509.Certificate
    tls_certificate_file: Path
    tls_key_file: Path
    passphrase: str = field(repr=False)
    vault: NodeVault


def key_file(settings: Settings, purpose: Purpose) -> Path:
    """Return where the private key for a purpose lies."""
    return settings.keys_folder / f"{purpose.value}.key.pem"


def certificate_file(settings: Settings, purpose: Purpose) -> Path:
    """Return where the certificate for a purpose lies."""
    return settings.keys_folder / f"{purpose.value}.cert.pem"


def open_keyring(
    settings: Settings, random_bytes: Callable[[int], bytes], passphrase: str = ""
) -> Keyring:
    """Open every key of the node.

    Raises:
        MissingSettingError: a file is not there.
        PassphraseError: the passphrase is missing or wrong.
        InvalidSettingError: a file is no usable key or certificate, or the two do not fit.
    """
    secret = passphrase or read_passphrase(settings)
    storage = settings.keys_folder / STORAGE_KEY
    return Keyring(
        signing=_signer(settings, Purpose.SIGNING, secret),
        seal=_signer(settings, Purpose.SEAL, secret),
        decrypter=_decrypter(settings, secret),
        tls_certificate=own_certificate(settings, Purpose.TLS),
        tls_certificate_file=certificate_file(settings, Purpose.TLS),
        tls_key_file=key_file(settings, Purpose.TLS),
        passphrase=secret,
        vault=NodeVault(
            open_storage_key(read_text(storage).encode(), secret, which=storage.name),
            random_bytes=random_bytes,
        ),
    )


def own_certificate(settings: Settings, purpose: Purpose) -> x509.Certificate:
    """Return this node's certificate for a purpose.

    Raises:
        MissingSettingError: the file is not there.
        InvalidSettingError: it holds no certificate.
    """
    path = certificate_file(settings, purpose)
    return load_certificates(_bytes(path), which=path.name)[0]


def own_key(settings: Settings, purpose: Purpose, passphrase: str) -> PrivateKey:
    """Return this node's private key for a purpose.

    Raises:
        MissingSettingError: the file is not there.
        PassphraseError: the passphrase is wrong.
        InvalidSettingError: it holds no usable key.
    """
    path = key_file(settings, purpose)
    return load_private_key(_bytes(path), passphrase, which=path.name)


def _signer(settings: Settings, purpose: Purpose, passphrase: str) -> PemSigner:
    key, certificate = _pair(settings, purpose, passphrase)
    if not isinstance(key, SigningKey):
        raise InvalidSettingError(
            where=key_file(settings, purpose).name, why="want a key that signs"
        )
    return PemSigner(key, certificate)


def _decrypter(settings: Settings, passphrase: str) -> PemDecrypter:
    key, certificate = _pair(settings, Purpose.ENCRYPTION, passphrase)
    if not isinstance(key, OpeningKey):
        raise InvalidSettingError(
            where=key_file(settings, Purpose.ENCRYPTION).name,
            why="want a key that decrypts or agrees on keys",
        )
    return PemDecrypter(key, certificate)


def _pair(
    settings: Settings, purpose: Purpose, passphrase: str
) -> tuple[PrivateKey, x509.Certificate]:
    return own_key(settings, purpose, passphrase), own_certificate(settings, purpose)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingSettingError(what=path.name, where=path.parent) from None
    except OSError as err:
        raise InvalidSettingError(where=path.name, why=err.strerror or "unreadable") from None


def read_passphrase(settings: Settings) -> str:
    """Return the keys' passphrase, from the environment or else from the file the settings name.

    Raises:
        PassphraseError: neither gives one.
    """
    return given_passphrase(settings.passphrase_file)


def given_passphrase(file: Path | None) -> str:
    """Return the passphrase in the environment, or else in a file.

    Raises:
        PassphraseError: neither gives one.
    """
    given = os.environ.get(PASSPHRASE_VARIABLE, "")
    if given:
        return given
    if file is None:
        raise PassphraseError(which="of this node", why="no passphrase was given")
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as err:
        raise PassphraseError(
            which="of this node", why=f"{file.name} cannot be read: {err}"
        ) from None
    if not text:
        raise PassphraseError(which="of this node", why=f"{file.name} is empty")
    return text


def environment_with(passphrase: str) -> dict[str, str]:
    """Return this process's environment with a passphrase in it, for a node that it starts."""
    return {**os.environ, PASSPHRASE_VARIABLE: passphrase, "PYTHONUNBUFFERED": "1"}
