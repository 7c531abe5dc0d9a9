"""A key and whose it is → a certificate, self-signed or issued, or a request for an authority.

A key that only agrees (X25519) can sign neither its own certificate nor a request for one: an
authority, if only the node's own, issues it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates.fitness import Purpose
from exchange_node.security.keys import PublicKey, SigningKey

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who signs a certificate: a name and a key; the certificate of an authority holds both."""

    name: x509.Name
    key: SigningKey

    @classmethod
    def of(cls, certificate: x509.Certificate, key: SigningKey) -> Issuer:
        """Return the issuer that an authority's certificate names."""
        return cls(name=certificate.subject, key=key)


def self_signed(
    key: SigningKey,
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
    return issued(
        key.public_key(),
        subject,
        purpose,
        issuer=Issuer(name=_name(subject, purpose.value), key=key),
        at=at,
        lifetime=lifetime,
        random_bytes=random_bytes,
    )


def issued(
    public_key: PublicKey,
    subject: Subject,
    purpose: Purpose,
    *,
    issuer: Issuer,
    at: datetime,
    lifetime: timedelta,
    random_bytes: Callable[[int], bytes],
) -> x509.Certificate:
    """Return a certificate over a public key, signed by the issuer's key.

    Raises:
        InvalidSettingError: a part of the subject does not fit a certificate.
    """
    builder = _builder(public_key, at, lifetime, random_bytes)
    builder = builder.subject_name(_name(subject, purpose.value)).issuer_name(issuer.name)
    for extension, is_critical in _extensions(public_key, subject, purpose):
        builder = builder.add_extension(extension, critical=is_critical)
    if issuer.key.public_key() != public_key:
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(above, critical=False)
    return builder.sign(issuer.key, _hash_for(issuer.key))


def authority(
    key: SigningKey,
    subject: Subject,
    *,
    at: datetime,
    lifetime: timedelta,
    random_bytes: Callable[[int], bytes],
) -> x509.Certificate:
    """Return the certificate of an authority that issues to end entities alone, self-signed.

    Raises:
        InvalidSettingError: a part of the subject does not fit a certificate.
    """
    name = _name(subject, "authority")
    return (
        _builder(key.public_key(), at, lifetime, random_bytes)
        .subject_name(name)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, _hash_for(key))
    )


def request(key: SigningKey, subject: Subject, purpose: Purpose) -> x509.CertificateSigningRequest:
    """Return a request that an authority can make a certificate of.

    Raises:
        InvalidSettingError: a part of the subject does not fit a certificate.
    """
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(subject, purpose.value))
    for extension, is_critical in _extensions(key.public_key(), subject, purpose):
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(key, _hash_for(key))


def _builder(
    public_key: PublicKey,
    at: datetime,
    lifetime: timedelta,
    random_bytes: Callable[[int], bytes],
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    return (
        x509.CertificateBuilder()
        .public_key(public_key)
        # RFC 5280, section 4.1.2.2: positive, at most 20 octets.
        .serial_number(int.from_bytes(random_bytes(20)) >> 1 or 1)
        .not_valid_before(at - _BACKDATED)
        .not_valid_after(at + lifetime)
        .add_extension(identifier, critical=False)
    )


def _name(subject: Subject, what: str) -> x509.Name:
    if not 0 < len(subject.administration) <= _MOST_ORGANISATION:
        why = f"want a name of the administration of 1 to {_MOST_ORGANISATION} characters"
        raise InvalidSettingError(where="certificate subject", why=why)
    try:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, subject.country),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.administration),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{subject.party} {what}"),
            ]
        )
    except ValueError as err:
        raise InvalidSettingError(where="certificate subject", why=str(err)) from None


def _extensions(
    public_key: PublicKey, subject: Subject, purpose: Purpose
) -> Iterator[tuple[x509.ExtensionType, bool]]:
    """Yield each extension and whether it is critical (RFC 5280, section 4.2.1)."""
    yield x509.BasicConstraints(ca=False, path_length=None), True
    if purpose is not Purpose.ENCRYPTION:
        is_seal = purpose is Purpose.SEAL
        yield _usage(digital_signature=True, content_commitment=is_seal), True
    elif isinstance(public_key, rsa.RSAPublicKey):
        yield _usage(key_encipherment=True), True
    else:
        yield _usage(key_agreement=True), True
    if purpose is Purpose.TLS:
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        yield x509.ExtendedKeyUsage(usages), False
        if subject.hosts:
            yield x509.SubjectAlternativeName([_host(one) for one in subject.hosts]), False


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return x509.DNSName(text)
    except ValueError as err:
        raise InvalidSettingError(where="host name", why=f"{text!r}: {err}") from None


def _hash_for(key: SigningKey) -> hashes.SHA256 | None:
    return None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256()
