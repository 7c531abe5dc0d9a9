"""A little authority for tests: issues certificates, revocation lists and OCSP responses."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SHA256 = hashes.SHA256()
Key = ec.EllipticCurvePrivateKey | RSAPrivateKey | Ed25519PrivateKey

_serials = itertools.count(1000)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def name(common: str, organisation: str = "State Revenue Committee") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def key_usage(*allowed: str) -> x509.KeyUsage:
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
    return x509.KeyUsage(**{one: one in allowed for one in names})


CA_USAGE = key_usage("key_cert_sign", "crl_sign")
LEAF_USAGE = key_usage("digital_signature")


def hash_for(key: Key) -> hashes.SHA256 | None:
    return None if isinstance(key, Ed25519PrivateKey) else SHA256


@dataclass
class Authority:
    """A key that issues, and its certificate; `above` is who issued that."""

    key: Key
    certificate: x509.Certificate
    above: Authority | None = None
    crl_url: str = ""
    ocsp_url: str = ""
    revoked: dict[int, tuple[datetime, x509.ReasonFlags]] = field(default_factory=dict)

    def issue(
        self,
        subject: x509.Name | str,
        key: CertificatePublicKeyTypes | None = None,
        *,
        start: datetime = AT - DAY,
        end: datetime = AT + 365 * DAY,
        is_ca: bool | None = False,
        path_length: int | None = None,
        usage: x509.KeyUsage | None = LEAF_USAGE,
        more: Iterable[tuple[x509.ExtensionType, bool]] = (),
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject) if isinstance(subject, str) else subject)
            .issuer_name(self.certificate.subject)
            .public_key(key or new_key().public_key())
            .serial_number(next(_serials))
            .not_valid_before(start)
            .not_valid_after(end)
        )
        extensions: list[tuple[x509.ExtensionType, bool]] = list(more)
        if is_ca is not None:
            extensions.append((x509.BasicConstraints(ca=is_ca, path_length=path_length), True))
        if usage is not None:
            extensions.append((usage, True))
        if self.crl_url:
            point = x509.DistributionPoint(
                [x509.UniformResourceIdentifier(self.crl_url)], None, None, None
            )
            extensions.append((x509.CRLDistributionPoints([point]), False))
        if self.ocsp_url:
            access = x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(self.ocsp_url)
            )
            extensions.append((x509.AuthorityInformationAccess([access]), False))
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(self.key, hash_for(self.key))

    def subordinate(
        self,
        common: str,
        key: Key | None = None,
        *,
        is_ca: bool | None = True,
        path_length: int | None = None,
        usage: x509.KeyUsage | None = CA_USAGE,
        start: datetime = AT - DAY,
        end: datetime = AT + 365 * DAY,
        more: Iterable[tuple[x509.ExtensionType, bool]] = (),
    ) -> Authority:
        key = key or new_key()
        certificate = self.issue(
            common,
            key.public_key(),
            is_ca=is_ca,
            path_length=path_length,
            usage=usage,
            start=start,
            end=end,
            more=more,
        )
        return Authority(key, certificate, above=self)

    def revoke(
        self,
        certificate: x509.Certificate,
        at: datetime = AT - HOUR,
        reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise,
    ) -> None:
        self.revoked[certificate.serial_number] = (at, reason)

    def crl(
        self,
        *,
        made: datetime = AT - HOUR,
        until: datetime | None = AT + DAY,
        key: Key | None = None,
        issuer: x509.Name | None = None,
        more: Iterable[tuple[x509.ExtensionType, bool]] = (),
    ) -> bytes:
        key = key or self.key
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer or self.certificate.subject)
            .last_update(made)
            .next_update(until or made + DAY)
        )
        for serial, (at, reason) in self.revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        for extension, is_critical in more:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(key, hash_for(key)).public_bytes(Encoding.DER)

    def responder(
        self, *, usages: Iterable[x509.ObjectIdentifier] | None = None, **issued: object
    ) -> tuple[Key, x509.Certificate]:
        """Return the key and certificate of a delegated OCSP responder."""
        key = new_key()
        wanted = [ExtendedKeyUsageOID.OCSP_SIGNING] if usages is None else list(usages)
        more = [(x509.ExtendedKeyUsage(wanted), False)] if wanted else []
        return key, self.issue("OCSP", key.public_key(), more=more, **issued)  # type: ignore[arg-type]

    def ocsp(
        self,
        certificate: x509.Certificate,
        *,
        made: datetime = AT - HOUR,
        until: datetime | None = AT + DAY,
        by: tuple[Key, x509.Certificate] | None = None,
        status: ocsp.OCSPCertStatus | None = None,
        nonce: bytes = b"",
        algorithm: hashes.HashAlgorithm = SHA256,
        about: x509.Certificate | None = None,
    ) -> bytes:
        key, signer = by or (self.key, self.certificate)
        at, reason = self.revoked.get(certificate.serial_number, (None, None))
        if status is None:
            status = ocsp.OCSPCertStatus.REVOKED if at else ocsp.OCSPCertStatus.GOOD
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=certificate,
                issuer=about or self.certificate,
                algorithm=algorithm,
                cert_status=status,
                this_update=made,
                next_update=until,
                revocation_time=at,
                revocation_reason=reason,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, signer)
        )
        if by is not None:
            builder = builder.certificates([signer])
        if nonce:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return builder.sign(key, hash_for(key)).public_bytes(Encoding.DER)


def new_root(
    common: str = "Root", key: Key | None = None, *, crl_url: str = "", ocsp_url: str = ""
) -> Authority:
    key = key or new_key()
    subject = name(common)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(next(_serials))
        .not_valid_before(AT - 1000 * DAY)
        .not_valid_after(AT + 1000 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(CA_USAGE, critical=True)
    )
    certificate = builder.sign(key, hash_for(key))
    return Authority(key, certificate, crl_url=crl_url, ocsp_url=ocsp_url)
