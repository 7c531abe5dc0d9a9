"""Keys and certificates of a party for a suite: what our node and the Java peer are given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from exchange_node.security.certificates import Purpose, Subject, self_signed
from exchange_node.security.keys import new_rsa_key

KZ, UZ = "customs.kz", "customs.uz"
HOSTS = ("localhost", "127.0.0.1")

AnyKey = RSAPrivateKey | Ed25519PrivateKey | X25519PrivateKey


@dataclass(frozen=True)
class Held:
    """A private key with its certificate, and those above it, the nearest first."""

    key: AnyKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def pem(self) -> str:
        """The certificate alone."""
        return pem_of(self.certificate)

    @property
    def chain_pem(self) -> str:
        return "".join(pem_of(one) for one in (self.certificate, *self.above))


@dataclass(frozen=True)
class Identity:
    """One party."""

    party: str
    tls: Held
    signing: Held
    encryption: Held


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def identity(party: str, suite: str) -> Identity:
    """Make a party's keys for a suite."""
    tls = new_rsa_key(2048)
    if suite == "2.0":
        signing = Ed25519PrivateKey.generate()
        held = Held(signing, _self_signed(signing, party, Purpose.SIGNING))
        return Identity(
            party=party,
            tls=Held(tls, _self_signed(tls, party, Purpose.TLS)),
            signing=held,
            encryption=_issued(X25519PrivateKey.generate(), party, Purpose.ENCRYPTION, held),
        )
    signing_key, encryption = new_rsa_key(2048), new_rsa_key(2048)
    signed = Held(signing_key, _self_signed(signing_key, party, Purpose.SIGNING))
    if suite == "sign-only":
        authority_key = new_rsa_key(2048)
        authority = Held(authority_key, _authority(authority_key, party))
        signed = _issued(signing_key, party, Purpose.SIGNING, authority)
    return Identity(
        party=party,
        tls=Held(tls, _self_signed(tls, party, Purpose.TLS)),
        signing=signed,
        encryption=Held(encryption, _self_signed(encryption, party, Purpose.ENCRYPTION)),
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _self_signed(
    key: RSAPrivateKey | Ed25519PrivateKey, party: str, purpose: Purpose
) -> x509.Certificate:
    subject = Subject(
        party=party, country=party[-2:].upper(), administration="Customs", hosts=HOSTS
    )
    return self_signed(
        key,
        subject,
        purpose,
        at=_now(),
        lifetime=timedelta(days=30),
        random_bytes=os.urandom,
    )


def _authority(key: RSAPrivateKey, party: str) -> x509.Certificate:
    """Return a root of the party's own."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{party} authority")])
    return _signed(
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True),
        key,
    )


def _issued(key: AnyKey, party: str, purpose: Purpose, issuer: Held) -> Held:
    """Return a certificate by the issuer: an X25519 key can sign none itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{party} {purpose.value}")])
    usage = (
        _usage(digital_signature=True) if purpose is Purpose.SIGNING else _usage(key_agreement=True)
    )
    builder = (
        _builder(name, issuer.certificate.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    assert not isinstance(issuer.key, X25519PrivateKey)
    return Held(key, _signed(builder, issuer.key), (issuer.certificate,))


def _builder(subject: x509.Name, issuer: x509.Name, key: AnyKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - timedelta(minutes=5))
        .not_valid_after(_now() + timedelta(days=30))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _signed(
    builder: x509.CertificateBuilder, key: RSAPrivateKey | Ed25519PrivateKey
) -> x509.Certificate:
    from cryptography.hazmat.primitives.hashes import SHA256

    return builder.sign(key, None if isinstance(key, Ed25519PrivateKey) else SHA256())


def _usage(**wanted: bool) -> x509.KeyUsage:
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
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})
