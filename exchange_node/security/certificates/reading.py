"""PEM and DER → certificates, and how one is told from another.

What a partner is known by is pinned: a certificate is trusted because these very octets are
configured, never because of what it says about itself.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from exchange_node.domain.errors import AuthenticationError, InvalidSettingError

_MALFORMED = (
    ValueError,
    TypeError,  # a name's attribute that is a BIT STRING, where the standard has none
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


def write_pem(*certificates: x509.Certificate) -> bytes:
    """Return the certificates as one PEM text."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


USUAL_BYTES = 8192
"""A certificate of more is not remembered, so that strangers fill no memory (our choice)."""


def load_certificates(pem: bytes, *, which: str = "certificate") -> tuple[x509.Certificate, ...]:
    """Return every certificate of a PEM text, in its order; `which` names it in an error.

    Raises:
        InvalidSettingError: there is none, or one is not a certificate.
    """
    try:
        certificates = tuple(x509.load_pem_x509_certificates(pem))
        for one in certificates:
            _read_through(one)
    except _MALFORMED as err:
        why = f"it holds no usable certificate ({str(err)[:120]})"
        raise InvalidSettingError(where=which, why=why) from None
    return certificates


def read_certificate(der: bytes) -> x509.Certificate:
    """Return the certificate that a partner presented.

    Raises:
        AuthenticationError: the octets are no certificate.
    """
    return _again(der) if len(der) <= USUAL_BYTES else _read(der)


def _read(der: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(der)
        _read_through(certificate)
    except _MALFORMED:
        raise AuthenticationError(why="what was presented is no X.509 certificate") from None
    return certificate


# The same octets are the same certificate for ever, and partners show theirs with every message.
_again = lru_cache(maxsize=256)(_read)


def der_of(certificate: x509.Certificate) -> bytes:
    """Return the certificate's DER octets."""
    return certificate.public_bytes(Encoding.DER)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the certificate's DER octets, lower-case hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_valid_at(certificate: x509.Certificate, at: datetime) -> bool:
    """Whether the moment lies within the certificate's validity, both ends included."""
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def is_pinned(certificate: x509.Certificate, pinned: Collection[x509.Certificate]) -> bool:
    """Whether these very octets are among the pinned certificates."""
    der = der_of(certificate)
    return any(der == der_of(one) for one in pinned)


def name_of(certificate: x509.Certificate) -> str:
    """Return what people know the certificate by: its subject and the start of its fingerprint."""
    return f"{certificate.subject.rfc4514_string()} ({fingerprint(certificate)[:16]})"


def _read_through(certificate: x509.Certificate) -> None:
    """Read what is read only when it is asked for, so that a malformed part shows itself here."""
    _ = (
        certificate.subject.rfc4514_string(),
        certificate.issuer,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.extensions,
    )
    if certificate.serial_number <= 0:
        raise ValueError("its serial number is not positive")  # RFC 5280, section 4.1.2.2
