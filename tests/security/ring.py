"""Keys and certificates for this room's tests."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    SECP521R1,
    BrainpoolP256R1,
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from exchange_node.security.certificates import (
    Issuer,
    Purpose,
    Subject,
    authority,
    issued,
    self_signed,
)
from exchange_node.security.keys import (
    OpeningKey,
    PemDecrypter,
    PemSigner,
    PrivateKey,
    SigningKey,
    new_ec_key,
    new_ed25519_key,
    new_rsa_key,
    new_x25519_key,
)

Element = etree._Element
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
YEAR = timedelta(days=365)
SUBJECT = Subject(party="customs.kz", country="KZ", administration="State Revenue Committee")


@dataclass
class Ring:
    """The keys of customs.kz (and one of a stranger), with what is made of them."""

    at: datetime = AT
    rsa: RSAPrivateKey = field(default_factory=lambda: new_rsa_key(2048))
    stranger: RSAPrivateKey = field(default_factory=lambda: new_rsa_key(2048))
    weak: RSAPrivateKey = field(default_factory=lambda: new_rsa_key(1024))
    ec: SigningKey = field(default_factory=new_ec_key)
    ed: SigningKey = field(default_factory=new_ed25519_key)
    random_bytes: Callable[[int], bytes] = field(default=random.Random(20260301).randbytes)
    curves: dict[str, EllipticCurvePrivateKey] = field(
        default_factory=lambda: {
            one.name: new_ec_key(one)
            for one in (SECP256R1(), SECP384R1(), SECP521R1(), BrainpoolP256R1())
        }
    )
    tls: x509.Certificate = field(init=False)
    authority: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        self.tls = self.certificate(self.rsa, Purpose.TLS, hosts=("localhost", "127.0.0.1"))
        self.authority = authority(
            self.ed, SUBJECT, at=self.at, lifetime=2 * YEAR, random_bytes=self.random_bytes
        )

    def signing_key(self, kind: str) -> SigningKey:
        key: SigningKey = self.curves[kind] if kind in self.curves else getattr(self, kind)
        return key

    def key(self, kind: str) -> PrivateKey:
        return new_x25519_key() if kind == "x25519" else self.signing_key(kind)

    def certificate(
        self,
        key: SigningKey,
        purpose: Purpose = Purpose.SEAL,
        *,
        at: datetime = AT,
        lifetime: timedelta = YEAR,
        party: str = "customs.kz",
        hosts: tuple[str, ...] = (),
    ) -> x509.Certificate:
        subject = Subject(
            party=party, country="KZ", administration="State Revenue Committee", hosts=hosts
        )
        return self_signed(
            key, subject, purpose, at=at, lifetime=lifetime, random_bytes=self.random_bytes
        )

    def encryption_certificate(self, key: PrivateKey) -> x509.Certificate:
        """Return one that the administration's own authority issued."""
        return issued(
            key.public_key(),
            SUBJECT,
            Purpose.ENCRYPTION,
            issuer=Issuer.of(self.authority, self.ed),
            at=self.at,
            lifetime=YEAR,
            random_bytes=self.random_bytes,
        )

    def signer(self, key: SigningKey, purpose: Purpose = Purpose.SEAL) -> PemSigner:
        return PemSigner(key, self.certificate(key, purpose))

    def decrypter(self, key: OpeningKey) -> PemDecrypter:
        return PemDecrypter(key, self.encryption_certificate(key))


def parent_of(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None
    return parent
