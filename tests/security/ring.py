"""Keys and certificates for this room's tests."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from exchange_node.security.certificates import Purpose, Subject, self_signed
from exchange_node.security.keys import (
    PemDecrypter,
    PemSigner,
    PrivateKey,
    new_ec_key,
    new_ed25519_key,
    new_rsa_key,
)

Element = etree._Element
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
YEAR = timedelta(days=365)


@dataclass
class Ring:
    """The keys of customs.kz (and one of a stranger), with what is made of them."""

    at: datetime = AT
    rsa: RSAPrivateKey = field(default_factory=lambda: new_rsa_key(2048))
    stranger: RSAPrivateKey = field(default_factory=lambda: new_rsa_key(2048))
    weak: RSAPrivateKey = field(default_factory=lambda: new_rsa_key(1024))
    ec: PrivateKey = field(default_factory=new_ec_key)
    ed: PrivateKey = field(default_factory=new_ed25519_key)
    random_bytes: Callable[[int], bytes] = field(default=random.Random(20260301).randbytes)
    tls: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        self.tls = self.certificate(self.rsa, Purpose.TLS, hosts=("localhost", "127.0.0.1"))

    def certificate(
        self,
        key: PrivateKey,
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

    def signer(self, key: PrivateKey, purpose: Purpose = Purpose.SEAL) -> PemSigner:
        return PemSigner(key, self.certificate(key, purpose))

    def decrypter(self, key: RSAPrivateKey) -> PemDecrypter:
        return PemDecrypter(key, self.certificate(key, Purpose.ENCRYPTION))


def parent_of(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None
    return parent
