"""PKCS#12 → key, certificate and the certificates above it (RFC 7292)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs12

from exchange_node.domain.errors import InvalidSettingError, PassphraseError
from exchange_node.security.certificates import load_certificates, write_pem
from exchange_node.security.keys import PrivateKey, passphrase_octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A key with its certificate.

    Attributes:
        chain: certificates above `certificate`, nearest first.
    """

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def open_bundle(octets: bytes, passphrase: str, *, which: str) -> Bundle:
    """Return what a PKCS#12 file holds; `which` names it in an error.

    Raises:
        PassphraseError: the passphrase does not open it.
        InvalidSettingError: it is none, is not encrypted, or lacks key or certificate.
    """
    try:
        found = pkcs12.load_pkcs12(octets, passphrase_octets(passphrase))
    except UnsupportedAlgorithm:
        why = "it is encrypted in a way of old; write it anew with AES-256"
        raise InvalidSettingError(where=which, why=why) from None
    except ValueError:
        if _is_open(octets):
            raise InvalidSettingError(where=which, why="it is not encrypted") from None
        raise PassphraseError(
            which=which, why="the passphrase is wrong or the file is damaged"
        ) from None
    if found.key is None or found.cert is None:
        raise InvalidSettingError(where=which, why="want a key and its certificate in it")
    if not isinstance(found.key, PrivateKey):
        raise InvalidSettingError(where=which, why="it holds a key of a kind that is not used here")
    # Read through, as a certificate of a PEM file is.
    above = tuple(one.certificate for one in found.additional_certs)
    certificate, *others = load_certificates(write_pem(found.cert.certificate, *above), which=which)
    return Bundle(key=found.key, certificate=certificate, chain=_ordered(certificate, others))


def _is_open(octets: bytes) -> bool:
    try:
        pkcs12.load_pkcs12(octets, None)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def _ordered(
    certificate: x509.Certificate, others: Collection[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Return those that lead up from a certificate; a file may hold them in any order."""
    left = list(others)
    chain: list[x509.Certificate] = []
    top = certificate
    while top.issuer != top.subject:
        above = next((one for one in left if one.subject == top.issuer), None)
        if above is None:
            break
        left.remove(above)
        chain.append(above)
        top = above
    return tuple(chain)
