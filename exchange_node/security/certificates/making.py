"""A key and whose it is → a self-signed certificate, or a request for an authority."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates.fitness import Purpose
from exchange_node.security.keys import PrivateKey

_BACKDATED = timedelta(minutes=5)
"""A certificate made just now must hold for a partner whose clock is a little behind."""

_MOST_ORGANISATION = 64  # RFC 5280, appendix A.1: ub-organization-name


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose certificate it is.

    Attributes:
        party: the party id (`customs.kz`).
        country: ISO 3166 alpha-2.
        administration: the name of the authority, at most 64 characters.
        hosts: DNS names and IP addresses, for TLS.
    """

    party: str
    country: str
    administration: str
    hosts: tuple[str, ...] = ()


def self_signed(
    key: PrivateKey,
    subject: Subject,
    purpose: Purpose,
    *,
    at: datetime,
    lifetime: timedelta,
    random_bytes: Callable[[int], bytes],
) -> x509.Certificate:
    """Return a certificate over the key's public half, signed by the key itself.

    Raises:
        InvalidSettingError: a part of the subject does not fit a certificate.
    """
    name = _name(subject, purpose)
    public_key = key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public_key)
        # RFC 5280, section 4.1.2.2: positive, at most 20 octets.
        .serial_number(int.from_bytes(random_bytes(20)) >> 1 or 1)
        .not_valid_before(at - _BACKDATED)
        .not_valid_after(at + lifetime)
    )
    for extension, is_critical in _extensions(subject, purpose):
        builder = builder.add_extension(extension, critical=is_critical)
    identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    return builder.add_extension(identifier, critical=False).sign(key, _hash_for(key))


def request(key: PrivateKey, subject: Subject, purpose: Purpose) -> x509.CertificateSigningRequest:
    """Return a request that an authority can make a certificate of.

    Raises:
        InvalidSettingError: a part of the subject does not fit a certificate.
    """
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(subject, purpose))
    for extension, is_critical in _extensions(subject, purpose):
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(key, _hash_for(key))


def _name(subject: Subject, purpose: Purpose) -> x509.Name:
    if not 0 < len(subject.administration) <= _MOST_ORGANISATION:
        why = f"want a name of the administration of 1 to {_MOST_ORGANISATION} characters"
        raise InvalidSettingError(where="certificate subject", why=why)
    try:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, subject.country),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.administration),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{subject.party} {purpose.value}"),
            ]
        )
    except ValueError as err:
        raise InvalidSettingError(where="certificate subject", why=str(err)) from None


def _extensions(subject: Subject, purpose: Purpose) -> Iterator[tuple[x509.ExtensionType, bool]]:
    """Yield each extension and whether it is critical (RFC 5280, section 4.2.1)."""
    yield x509.BasicConstraints(ca=False, path_length=None), True
    yield (
        x509.KeyUsage(
            digital_signature=purpose is not Purpose.ENCRYPTION,
            content_commitment=purpose is Purpose.SEAL,
            key_encipherment=purpose is Purpose.ENCRYPTION,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        ),
        True,
    )
    if purpose is Purpose.TLS:
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        yield x509.ExtendedKeyUsage(usages), False
        if subject.hosts:
            yield x509.SubjectAlternativeName([_host(one) for one in subject.hosts]), False


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return x509.DNSName(text)
    except ValueError as err:
        raise InvalidSettingError(where="host name", why=f"{text!r}: {err}") from None


def _hash_for(key: PrivateKey) -> hashes.SHA256 | None:
    return None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256()
