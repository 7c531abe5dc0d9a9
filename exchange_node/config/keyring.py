"""`keys/` → the keys of the node, opened once with the passphrase, and its certificates.

A pair is a certificate `keys/<purpose>*.cert.pem` and the private key beside it under the same
name. Of each purpose there may be several: old and new in a roll-over, and one a kind of key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from exchange_node.config.settings import Settings, read_text
from exchange_node.config.settings.passphrase import read_passphrase
from exchange_node.domain.errors import InvalidSettingError, MissingSettingError
from exchange_node.security.certificates import (
    Purpose,
    Succession,
    load_certificates,
)
from exchange_node.security.keys import (
    Decrypter,
    OpeningKey,
    PemDecrypter,
    PemSigner,
    PrivateKey,
    Signer,
    SigningKey,
    load_private_key,
)
from exchange_node.security.vault import NodeVault, open_storage_key

STORAGE_KEY = "storage.key.json"
CERTIFICATE = ".cert.pem"
KEY = ".key.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate of this node, and where its private key lies.

    Attributes:
        chain: certificates above `certificate`, nearest first; whatever else its file holds.
    """

    purpose: Purpose
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    certificate_file: Path
    key_file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """What the node signs, seals, decrypts and keeps secret with.

    Attributes:
        tls: the TLS library opens the keys from their files by itself.
        overlap: how long a certificate has been valid before it is used in place of an older one.
    """

    signers: tuple[Signer, ...]
    seals: tuple[Signer, ...]
    decrypters: tuple[Decrypter, ...]
    tls: tuple[Pair, ...]
    overlap: timedelta
    passphrase: str = field(repr=False)
    vault: NodeVault

    def seal_at(self, at: datetime) -> Signer:
        """Return what seals documents at a moment."""
        chosen = Succession(tuple(one.certificate for one in self.seals), self.overlap).at(at)
        return next(one for one in self.seals if one.certificate is chosen)

    def tls_at(self, at: datetime) -> Pair:
        """Return what this node shows partners at a moment, as server and as client."""
        chosen = Succession(tuple(one.certificate for one in self.tls), self.overlap).at(at)
        return next(one for one in self.tls if one.certificate is chosen)


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
        signers=tuple(open_signer(one, secret) for one in own_pairs(settings, Purpose.SIGNING)),
        seals=tuple(open_signer(one, secret) for one in own_pairs(settings, Purpose.SEAL)),
        decrypters=tuple(
            open_decrypter(one, secret) for one in own_pairs(settings, Purpose.ENCRYPTION)
        ),
        tls=own_pairs(settings, Purpose.TLS),
        overlap=settings.overlap,
        passphrase=secret,
        vault=NodeVault(
            open_storage_key(read_text(storage).encode(), secret, which=storage.name),
            random_bytes=random_bytes,
        ),
    )


def own_pairs(settings: Settings, purpose: Purpose) -> tuple[Pair, ...]:
    """Return this node's pairs for a purpose, the oldest first; at least one. No key is opened.

    Raises:
        MissingSettingError: there is none.
        InvalidSettingError: a file holds no certificate.
    """
    folder = settings.keys_folder
    found = [_pair(path, purpose) for path in folder.glob(f"{purpose.value}*{CERTIFICATE}")]
    if not found:
        raise MissingSettingError(what=f"{purpose.value}{CERTIFICATE}", where=folder)
    return tuple(sorted(found, key=_age))


def own_certificates(settings: Settings, purpose: Purpose) -> tuple[x509.Certificate, ...]:
    """Return this node's certificates for a purpose, the oldest first; at least one.

    Raises:
        MissingSettingError, InvalidSettingError: as `own_pairs`.
    """
    return tuple(one.certificate for one in own_pairs(settings, purpose))


def certificates_to_show(
    settings: Settings, purpose: Purpose, at: datetime
) -> tuple[x509.Certificate, ...]:
    """Return those of `own_certificates` that are valid or will be; where none is, the last to end.

    Raises:
        MissingSettingError, InvalidSettingError: as `own_pairs`.
    """
    held = own_certificates(settings, purpose)
    return tuple(one for one in held if at <= one.not_valid_after_utc) or (Succession(held).at(at),)


def open_key(pair: Pair, passphrase: str) -> PrivateKey:
    """Return the private key beside a certificate.

    Raises:
        MissingSettingError: the file is not there.
        PassphraseError: the passphrase is wrong.
        InvalidSettingError: it holds no usable key.
    """
    return load_private_key(_bytes(pair.key_file), passphrase, which=pair.key_file.name)


def open_signer(pair: Pair, passphrase: str) -> Signer:
    """Return a pair as what signs.

    Raises:
        MissingSettingError, PassphraseError: as `open_key`.
        InvalidSettingError: the key does not sign, or is not the certificate's.
    """
    key = open_key(pair, passphrase)
    if not isinstance(key, SigningKey):
        raise InvalidSettingError(where=pair.key_file.name, why="want a key that signs")
    return PemSigner(key, pair.certificate, pair.chain)


def open_decrypter(pair: Pair, passphrase: str) -> Decrypter:
    """Return a pair as what opens.

    Raises:
        MissingSettingError, PassphraseError: as `open_key`.
        InvalidSettingError: the key does not open, or is not the certificate's.
    """
    key = open_key(pair, passphrase)
    if not isinstance(key, OpeningKey):
        raise InvalidSettingError(
            where=pair.key_file.name, why="want a key that decrypts or agrees on keys"
        )
    return PemDecrypter(key, pair.certificate)


def _age(pair: Pair) -> tuple[datetime, str]:
    name = pair.certificate_file.name.removesuffix(CERTIFICATE)
    return pair.certificate.not_valid_before_utc, name


def _pair(path: Path, purpose: Purpose) -> Pair:
    certificate, *above = load_certificates(_bytes(path), which=path.name)
    return Pair(
        purpose=purpose,
        certificate=certificate,
        chain=tuple(above),
        certificate_file=path,
        key_file=path.with_name(path.name.removesuffix(CERTIFICATE) + KEY),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingSettingError(what=path.name, where=path.parent) from None
    except OSError as err:
        raise InvalidSettingError(where=path.name, why=err.strerror or "unreadable") from None
