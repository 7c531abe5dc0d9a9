"""Pairs → the keys of the node, opened once with the passphrase and, for modules, the PIN."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509

from exchange_node.config.keyring.pairs import BUNDLE, Pair, open_key, own_pairs
from exchange_node.config.settings import Settings, read_text
from exchange_node.config.settings.passphrase import read_passphrase, read_pin
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.ebms.message import OwnKeys
from exchange_node.security.certificates import (
    Purpose,
    Succession,
    is_valid_at,
    name_of,
    successions,
    write_pem,
)
from exchange_node.security.keys import (
    Decrypter,
    OpeningKey,
    PemDecrypter,
    PemSigner,
    Signer,
    SigningKey,
    encrypt_private_key,
)
from exchange_node.security.vault import NodeVault, open_storage_key

STORAGE_KEY = "storage.key.json"


class KeyModules(Protocol):
    """Whoever opens keys that lie in modules (PKCS#11)."""

    def signer(
        self,
        uri: str,
        pin: str,
        certificate: x509.Certificate,
        *,
        chain: tuple[x509.Certificate, ...],
        where: str,
    ) -> Signer:
        """Return the key that a URI names as what signs.

        Raises:
            InvalidSettingError, PassphraseError, KeyModuleError: it cannot be used.
        """
        ...

    def decrypter(
        self, uri: str, pin: str, certificate: x509.Certificate, *, where: str
    ) -> Decrypter:
        """Return the key that a URI names as what opens.

        Raises:
            InvalidSettingError, PassphraseError, KeyModuleError: it cannot be used.
        """
        ...


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

    def own_keys(self, party: str) -> OwnKeys:
        """Return what messages are signed and opened with."""
        return OwnKeys(
            party=party, signers=self.signers, decrypters=self.decrypters, overlap=self.overlap
        )

    def certificates_at(self, purpose: Purpose, at: datetime) -> tuple[x509.Certificate, ...]:
        """Return the certificates that count for a purpose at a moment, one a kind of key."""
        held: Mapping[Purpose, Sequence[Signer | Decrypter | Pair]] = {
            Purpose.TLS: self.tls,
            Purpose.SIGNING: self.signers,
            Purpose.ENCRYPTION: self.decrypters,
            Purpose.SEAL: self.seals,
        }
        found = tuple(one.certificate for one in held[purpose])
        return tuple(one.at(at) for one in successions(found, purpose, self.overlap))

    def seal_at(self, at: datetime) -> Signer:
        """Return what seals documents at a moment.

        Raises:
            InvalidSettingError: no seal certificate is valid then; nobody would take its seal.
        """
        chosen = Succession(tuple(one.certificate for one in self.seals), self.overlap).at(at)
        if not is_valid_at(chosen, at):
            why = f"{name_of(chosen)} is not valid at {at.isoformat()}"
            raise InvalidSettingError(where="seal key", why=why)
        return next(one for one in self.seals if one.certificate is chosen)

    def mask_key(self, agreement_id: str) -> bytes:
        """Return what values are hashed with that leave under an agreement, in all its versions."""
        return self.vault.derived_key(f"mask {agreement_id}")

    def tls_at(self, at: datetime) -> Pair:
        """Return what this node shows partners at a moment, as server and as client."""
        chosen = Succession(tuple(one.certificate for one in self.tls), self.overlap).at(at)
        return next(one for one in self.tls if one.certificate is chosen)


def open_keyring(
    settings: Settings,
    random_bytes: Callable[[int], bytes],
    passphrase: str = "",
    modules: KeyModules | None = None,
) -> Keyring:
    """Open every key of the node; without `modules` none may lie in a module.

    Raises:
        KeyModuleError: a module does not answer.
        MissingSettingError: a file is not there.
        PassphraseError: the passphrase is missing or wrong.
        InvalidSettingError: a file is no usable key or certificate, or the two do not fit.
    """
    secret = passphrase or read_passphrase(settings)
    storage = settings.keys_folder / STORAGE_KEY
    pairs = {purpose: own_pairs(settings, purpose, secret) for purpose in Purpose}
    return Keyring(
        signers=tuple(open_signer(one, secret, modules) for one in pairs[Purpose.SIGNING]),
        seals=tuple(open_signer(one, secret, modules) for one in pairs[Purpose.SEAL]),
        decrypters=tuple(open_decrypter(one, secret, modules) for one in pairs[Purpose.ENCRYPTION]),
        tls=tuple(_for_tls(settings, one, secret) for one in pairs[Purpose.TLS]),
        overlap=settings.overlap,
        passphrase=secret,
        vault=NodeVault(
            open_storage_key(read_text(storage).encode(), secret, which=storage.name),
            random_bytes=random_bytes,
        ),
    )


def open_signer(pair: Pair, passphrase: str, modules: KeyModules | None) -> Signer:
    """Return a pair as what signs.

    Raises:
        MissingSettingError, PassphraseError: as `open_key`.
        InvalidSettingError: the key does not sign, or is not the certificate's.
        KeyModuleError: the module that holds it does not answer.
    """
    if pair.is_in_module:
        return _required(modules, pair).signer(
            read_text(pair.key_file),
            read_pin(passphrase),
            pair.certificate,
            chain=pair.chain,
            where=pair.key_file.name,
        )
    key = open_key(pair, passphrase)
    if not isinstance(key, SigningKey):
        raise InvalidSettingError(where=pair.key_file.name, why="want a key that signs")
    return PemSigner(key, pair.certificate, pair.chain)


def open_decrypter(pair: Pair, passphrase: str, modules: KeyModules | None) -> Decrypter:
    """Return a pair as what opens.

    Raises:
        MissingSettingError, PassphraseError: as `open_key`.
        InvalidSettingError: the key does not open, or is not the certificate's.
        KeyModuleError: the module that holds it does not answer.
    """
    if pair.is_in_module:
        return _required(modules, pair).decrypter(
            read_text(pair.key_file),
            read_pin(passphrase),
            pair.certificate,
            where=pair.key_file.name,
        )
    key = open_key(pair, passphrase)
    if not isinstance(key, OpeningKey):
        raise InvalidSettingError(
            where=pair.key_file.name, why="want a key that decrypts or agrees on keys"
        )
    return PemDecrypter(key, pair.certificate)


def _required(modules: KeyModules | None, pair: Pair) -> KeyModules:
    if modules is None:
        raise InvalidSettingError(where=pair.key_file.name, why="no key in a module is used here")
    return modules


def _for_tls(settings: Settings, pair: Pair, passphrase: str) -> Pair:
    """Return a pair as the TLS library takes it: in PEM, the key under the same passphrase.

    What lies in PKCS#12 is written to `var/` in that form, never unencrypted.
    """
    if pair.is_in_module:
        why = "the TLS library takes no key out of a module: keep the TLS key in PEM or PKCS#12"
        raise InvalidSettingError(where=pair.key_file.name, why=why)
    if pair.key_file.suffix != BUNDLE:
        return pair
    key = encrypt_private_key(open_key(pair, passphrase), passphrase)
    path = settings.folder / "var" / f"{pair.key_file.stem}.pem"
    spare = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        spare.unlink(missing_ok=True)
        with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(write_pem(pair.certificate, *pair.chain) + key)
        spare.replace(path)
    except OSError as err:
        raise InvalidSettingError(where=str(path), why=err.strerror or str(err)) from None
    return replace(pair, certificate_file=path, key_file=path)
