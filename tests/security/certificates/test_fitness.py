from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exchange_node.domain.finding import Severity
from exchange_node.security.certificates import (
    Purpose,
    check_certificate,
    fingerprint,
    load_certificates,
)
from exchange_node.security.keys import PrivateKey, PublicKey
from tests.security.ring import Ring

DAY = timedelta(days=1)

# Made with `openssl req -x509 -sha1 -newkey rsa:2048 -nodes -subj /CN=old -days 36500`.
SIGNED_WITH_SHA1 = b"""-----BEGIN CERTIFICATE-----
MIIC/zCCAeegAwIBAgIUH7m6ZrhPUDff1UFruezISMHucHwwDQYJKoZIhvcNAQEF
BQAwDjEMMAoGA1UEAwwDb2xkMCAXDTI2MTEyMTE4NTIyM1oYDzIxMjYxMDI4MTg1
MjIzWjAOMQwwCgYDVQQDDANvbGQwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQDVHq4bq2NupPBBEAh5ptGEIUy2+zg7Y4UO0kQoyBljkCRUtUkfdKOvd53N
h2eaFb9xhHzDNvBgNiKcbzCVUeKjT7BP3/D0hYc2PJJdupDKPFZOgBCKDb8MV3yN
+Fo+FUWkqFeFRDJe9Xm2ONveCy/O3QJhmquJWTKfHreSQ4XMHuBO//7LYcXoEmur
d0B2rnaUw09PvJqxQILOrWWVhQNS5uZQ/6CViCbpjCeOZ7blcCV6LeIOb0JODcdr
ceaD+uauaSKKdOPCmqgNpS6uESJJ1HThrjNPMUBqBmp0DyMH5zwYiVmJbnozv1RX
Bjy0F3TuqVSQ5rJPMUXvmWU7L81FAgMBAAGjUzBRMB0GA1UdDgQWBBT0f9C91o8h
SzNrnhv58reEbzaMGjAfBgNVHSMEGDAWgBT0f9C91o8hSzNrnhv58reEbzaMGjAP
BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBBQUAA4IBAQAqE71jZkOJ+RGHiJf3
1MdrCIN73BX2BHk/abvnId4a32Z5B7/gs8bW49M8rU10eik2i79vl0/rWWfj5Wci
eM7H3rQL4Y6Z47ojmPhAFy1pCm5j8agj/3SdJxO5zVwd40MqczHXkjF4EvFYoSJh
7iQYmFHnXQBtFZ3Hi1GUtSemWZllSXxB9FQ+ktXnKsjUABFezIVc/XizTIjm3xn0
H+iXZC8zvb0UUN2a0eyRSgjLDdTN2u7dtzg2tNupLtGjz31YoE+n0/C0+3XKCpzv
rKoPfOGmb5U9k2kr0f3LB0AOjocEdN3Jxrj2tFIPIm/ZwONzaOdjGxLiM4PUHYr8
LBcG
-----END CERTIFICATE-----
"""


def codes(
    certificate: x509.Certificate,
    purpose: Purpose,
    at: datetime,
    key: PrivateKey | PublicKey | None = None,
) -> list[str]:
    return [one.code for one in check_certificate(certificate, purpose, at, key)]


def with_extensions(ring: Ring, *extensions: x509.ExtensionType) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "by an authority")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(ring.rsa.public_key())
        .serial_number(7)
        .not_valid_before(ring.at)
        .not_valid_after(ring.at + 365 * DAY)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(ring.rsa, hashes.SHA256())


def usage(**allowed: bool) -> x509.KeyUsage:
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


def test_an_ended_certificate_is_an_error_with_its_date(ring: Ring) -> None:
    certificate = ring.certificate(ring.rsa, Purpose.SIGNING, lifetime=10 * DAY)

    (finding,) = check_certificate(certificate, Purpose.SIGNING, ring.at + 10 * DAY + 1 * DAY)

    assert finding.code == "CERT-01"
    assert finding.is_error
    assert finding.value == "2026-03-11"
    assert finding.text == (
        "the signing certificate CN=customs.kz signing,O=State Revenue Committee,C=KZ "
        f"({fingerprint(certificate)[:16]}) ended on 2026-03-11"
    )
    assert "new certificate" in finding.mend_text


def test_a_certificate_holds_in_its_last_second(ring: Ring) -> None:
    certificate = ring.certificate(ring.rsa, lifetime=10 * DAY)

    assert codes(certificate, Purpose.SEAL, ring.at + 10 * DAY) == ["CERT-03"]


def test_a_certificate_of_tomorrow_is_an_error(ring: Ring) -> None:
    certificate = ring.certificate(ring.rsa, at=ring.at + DAY)

    assert codes(certificate, Purpose.SEAL, ring.at) == ["CERT-02"]


@pytest.mark.parametrize(("days", "expected"), [(31, []), (30, []), (29, ["CERT-03"])])
def test_a_certificate_that_ends_within_30_days_is_a_warning(
    ring: Ring, days: int, expected: list[str]
) -> None:
    certificate = ring.certificate(ring.rsa, lifetime=days * DAY)

    findings = check_certificate(certificate, Purpose.SEAL, ring.at)

    assert [one.code for one in findings] == expected
    assert all(one.severity is Severity.WARNING for one in findings)
    assert all("in 29 day(s)" in one.text for one in findings)


def test_a_weak_key_is_an_error(ring: Ring) -> None:
    assert codes(ring.certificate(ring.weak), Purpose.SEAL, ring.at) == ["CERT-04"]


@pytest.mark.parametrize("curve", [ec.BrainpoolP384R1(), ec.SECP256K1()])
def test_another_curve_is_an_error(ring: Ring, curve: ec.EllipticCurve) -> None:
    certificate = ring.certificate(ec.generate_private_key(curve))

    assert codes(certificate, Purpose.SEAL, ring.at) == ["CERT-04"]


def test_a_key_of_an_unknown_kind_is_an_error(ring: Ring) -> None:
    name = x509.Name([])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(X448PrivateKey.generate().public_key())
        .serial_number(7)
        .not_valid_before(ring.at)
        .not_valid_after(ring.at + 365 * DAY)
        .sign(ring.rsa, hashes.SHA256())
    )

    assert codes(certificate, Purpose.ENCRYPTION, ring.at, ring.rsa) == ["CERT-05", "CERT-04"]


def test_a_key_that_only_signs_encrypts_nothing(ring: Ring) -> None:
    certificate = ring.certificate(ring.ed, Purpose.ENCRYPTION)

    (finding,) = check_certificate(certificate, Purpose.ENCRYPTION, ring.at)

    assert (finding.code, finding.value) == ("CERT-04", "a key that only signs")


@pytest.mark.parametrize("kind", ["x25519", "brainpoolP256r1"])
@pytest.mark.parametrize("purpose", [Purpose.SIGNING, Purpose.SEAL, Purpose.TLS])
def test_a_key_that_only_agrees_signs_nothing(ring: Ring, kind: str, purpose: Purpose) -> None:
    certificate = ring.encryption_certificate(ring.key(kind))

    assert codes(certificate, purpose, ring.at) == ["CERT-04", "CERT-06"]


@pytest.mark.parametrize(
    "kind", ["rsa", "x25519", "secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1"]
)
def test_what_opens_or_agrees_is_fit_for_encryption(ring: Ring, kind: str) -> None:
    key = ring.key(kind)

    assert codes(ring.encryption_certificate(key), Purpose.ENCRYPTION, ring.at, key) == []


@pytest.mark.parametrize("kind", ["secp384r1", "secp521r1"])
def test_the_greater_curves_of_nist_sign(ring: Ring, kind: str) -> None:
    certificate = ring.certificate(ring.curves[kind], Purpose.SIGNING)

    assert codes(certificate, Purpose.SIGNING, ring.at) == []


def test_a_key_that_agrees_must_be_allowed_to(ring: Ring) -> None:
    name = x509.Name([])
    certificate = (
        x509.CertificateBuilder(name, name, ring.key("x25519").public_key(), 7)
        .not_valid_before(ring.at)
        .not_valid_after(ring.at + 365 * DAY)
        .add_extension(usage(key_encipherment=True), critical=True)
        .sign(ring.ed, None)
    )

    (finding,) = check_certificate(certificate, Purpose.ENCRYPTION, ring.at)

    assert (finding.code, finding.value) == ("CERT-06", "keyAgreement is lacking")


def test_a_key_that_does_not_belong_to_it_is_an_error(ring: Ring) -> None:
    certificate = ring.certificate(ring.rsa)

    assert codes(certificate, Purpose.SEAL, ring.at, ring.stranger) == ["CERT-05"]
    assert codes(certificate, Purpose.SEAL, ring.at, ring.stranger.public_key()) == ["CERT-05"]
    assert codes(certificate, Purpose.SEAL, ring.at, ring.rsa.public_key()) == []


@pytest.mark.parametrize(
    ("made_for", "used_for"),
    [(one, other) for one in Purpose for other in Purpose if one != other],
)
def test_one_purpose_is_not_another_where_the_usage_tells(
    ring: Ring, made_for: Purpose, used_for: Purpose
) -> None:
    certificate = ring.certificate(ring.rsa, made_for)

    tells = Purpose.ENCRYPTION in (made_for, used_for)
    assert codes(certificate, used_for, ring.at) == (["CERT-06"] if tells else [])


@pytest.mark.parametrize(
    ("purpose", "extension", "expected"),
    [
        (Purpose.SEAL, usage(content_commitment=True), []),
        (Purpose.SIGNING, usage(content_commitment=True), ["CERT-06"]),
        (Purpose.TLS, usage(key_agreement=True), ["CERT-06"]),
        (Purpose.TLS, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), ["CERT-06"]),
        (Purpose.TLS, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), ["CERT-06"]),
        (Purpose.TLS, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), []),
        (Purpose.SEAL, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), []),
        (Purpose.ENCRYPTION, x509.BasicConstraints(ca=False, path_length=None), []),
    ],
)
def test_an_authority_may_state_other_usages(
    ring: Ring, purpose: Purpose, extension: x509.ExtensionType, expected: list[str]
) -> None:
    assert codes(with_extensions(ring, extension), purpose, ring.at) == expected


def test_a_certificate_signed_with_sha1_is_an_error(ring: Ring) -> None:
    (certificate,) = load_certificates(SIGNED_WITH_SHA1)

    found = check_certificate(certificate, Purpose.SEAL, certificate.not_valid_before_utc)

    assert [(one.code, one.value) for one in found] == [("CERT-07", "SHA1")]
