"""`keys/` → pairs: a certificate, and the file in which its key lies, in one of three forms.

A pair is a certificate `keys/<purpose>*.cert.pem` and the private key beside it under the same
name: in `.key.pem`, or in a module that `.pkcs11` points to. Or both lie in one file `.p12`. Of
each purpose there may be several: old and new in a roll-over, and one a kind of key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from exchange_node.config.settings import Settings
from exchange_node.config.settings.passphrase import read_passphrase
from exchange_node.domain.errors import InvalidSettingError, MissingSettingError
from exchange_node.security.bundle import open_bundle
from exchange_node.security.certificates import (
    Purpose,
    Succession,
    load_certificates,
)
from exchange_node.security.keys import PrivateKey, load_private_key

CERTIFICATE = ".cert.pem"
KEY = ".key.pem"
BUNDLE = ".p12"
MODULE = ".pkcs11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate of this node, and where its private key lies.

    Attributes:
        chain: certificates above `certificate`, nearest first; whatever else its file holds.
        key_file: by its name PEM, PKCS#12 (then `certificate_file` too), or a URI of PKCS#11.
    """

    purpose: Purpose
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    certificate_file: Path
    key_file: Path

    @property
    def is_in_module(self) -> bool:
        """Whether the key lies in a module, and is not to be had."""
        return self.key_file.suffix == MODULE


def own_pairs(settings: Settings, purpose: Purpose, passphrase: str = "") -> tuple[Pair, ...]:
    """Return this node's pairs for a purpose, the oldest first; at least one.

    The passphrase is needed where a pair lies in PKCS#12; without one it is asked of the settings.

    Raises:
        MissingSettingError: there is none.
        InvalidSettingError: a file holds no certificate, or one name stands for two keys.
        PassphraseError: a PKCS#12 file cannot be opened.
    """
    folder = settings.keys_folder
    found = [_pair(path, purpose) for path in folder.glob(f"{purpose.value}*{CERTIFICATE}")]
    for path in folder.glob(f"{purpose.value}*{BUNDLE}"):
        secret = passphrase or read_passphrase(settings)
        bundle = open_bundle(_bytes(path), secret, which=path.name)
        found.append(
            Pair(
                purpose=purpose,
                certificate=bundle.certificate,
                chain=bundle.chain,
                certificate_file=path,
                key_file=path,
            )
        )
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
        InvalidSettingError: it holds no usable key, or the key lies in a module.
    """
    name = pair.key_file.name
    if pair.is_in_module:
        raise InvalidSettingError(where=name, why="a key in a module is not to be had")
    if pair.key_file.suffix == BUNDLE:
        return open_bundle(_bytes(pair.key_file), passphrase, which=name).key
    return load_private_key(_bytes(pair.key_file), passphrase, which=name)


def _age(pair: Pair) -> tuple[datetime, str]:
    name = pair.certificate_file.name.removesuffix(CERTIFICATE)
    return pair.certificate.not_valid_before_utc, name


def _pair(path: Path, purpose: Purpose) -> Pair:
    certificate, *above = load_certificates(_bytes(path), which=path.name)
    stem = path.name.removesuffix(CERTIFICATE)
    forms = [path.with_name(stem + form) for form in (KEY, MODULE, BUNDLE)]
    held = [one for one in forms if one.exists()]
    if len(held) > 1:
        names = " and ".join(one.name for one in held)
        raise InvalidSettingError(where=path.name, why=f"two keys stand beside it: {names}")
    return Pair(
        purpose=purpose,
        certificate=certificate,
        chain=tuple(above),
        certificate_file=path,
        key_file=held[0] if held else forms[0],
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingSettingError(what=path.name, where=path.parent) from None
    except OSError as err:
        raise InvalidSettingError(where=path.name, why=err.strerror or "unreadable") from None
