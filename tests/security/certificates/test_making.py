from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates import (
    Purpose,
    Subject,
    check_certificate,
    is_valid_at,
    request,
    self_signed,
    write_pem,
)
from exchange_node.security.keys import SigningKey, encrypt_private_key, public_octets
from tests.security.ring import Ring

SUBJECT = Subject(
    party="customs.kz",
    country="KZ",
    administration="State Revenue Committee",
    hosts=("localhost", "127.0.0.1", "::1"),
)


FIT = [
    (purpose, kind)
    for purpose in Purpose
    for kind in ("rsa", "ec", "ed")
    if kind != "ed" or purpose is not Purpose.ENCRYPTION
]


@pytest.mark.parametrize(("purpose", "kind"), FIT)
def test_a_certificate_of_ours_is_fit_for_its_purpose(
    ring: Ring, purpose: Purpose, kind: str
) -> None:
    key = getattr(ring, kind)

    certificate = ring.certificate(key, purpose, hosts=("localhost",))

    assert check_certificate(certificate, purpose, ring.at, key) == ()
    certificate.verify_directly_issued_by(certificate)


@pytest.mark.parametrize("purpose", Purpose)
def test_the_subject_says_country_administration_party_and_purpose(
    ring: Ring, purpose: Purpose
) -> None:
    name = ring.certificate(ring.ec, purpose).subject

    assert [(one.oid, one.value) for one in name] == [
        (NameOID.COUNTRY_NAME, "KZ"),
        (NameOID.ORGANIZATION_NAME, "State Revenue Committee"),
        (NameOID.COMMON_NAME, f"customs.kz {purpose}"),
    ]


@pytest.mark.parametrize("purpose", Purpose)
def test_the_usage_is_that_of_the_purpose_alone(ring: Ring, purpose: Purpose) -> None:
    extensions = ring.certificate(ring.rsa, purpose).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)

    assert usage.critical
    assert usage.value.digital_signature == (purpose is not Purpose.ENCRYPTION)
    assert usage.value.key_encipherment == (purpose is Purpose.ENCRYPTION)
    assert usage.value.content_commitment == (purpose is Purpose.SEAL)
    assert not usage.value.key_cert_sign
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize("kind", ["x25519", "secp384r1", "brainpoolP256r1"])
def test_a_key_that_agrees_is_certified_by_an_authority(ring: Ring, kind: str) -> None:
    key = ring.key(kind)

    certificate = ring.encryption_certificate(key)

    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    above = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    issuer = ring.authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert usage.key_agreement
    assert not usage.key_encipherment
    assert above.key_identifier == issuer.digest
    assert public_octets(certificate.public_key()) == public_octets(key.public_key())
    certificate.verify_directly_issued_by(ring.authority)


def test_an_authority_issues_to_end_entities_alone(ring: Ring) -> None:
    extensions = ring.authority.extensions

    basic = extensions.get_extension_for_class(x509.BasicConstraints).value
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert (basic.ca, basic.path_length) == (True, 0)
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)
    ring.authority.verify_directly_issued_by(ring.authority)


def test_a_tls_certificate_names_hosts_and_serves_both_ends(ring: Ring) -> None:
    certificate = ring.certificate(ring.ec, Purpose.TLS, hosts=SUBJECT.hosts)

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("::1"),
    ]
    assert set(usages) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}


def test_a_certificate_holds_a_little_before_it_was_made(ring: Ring) -> None:
    certificate = ring.certificate(ring.ec, lifetime=timedelta(days=30))

    assert is_valid_at(certificate, ring.at - timedelta(minutes=5))
    assert not is_valid_at(certificate, ring.at - timedelta(minutes=6))
    assert is_valid_at(certificate, ring.at + timedelta(days=30))
    assert not is_valid_at(certificate, ring.at + timedelta(days=30, seconds=1))


@pytest.mark.parametrize(("octets", "serial"), [(b"\xff", (1 << 159) - 1), (b"\x00", 1)])
def test_a_serial_number_is_positive_and_fits(ring: Ring, octets: bytes, serial: int) -> None:
    certificate = self_signed(
        ring.ec,
        SUBJECT,
        Purpose.TLS,
        at=ring.at,
        lifetime=timedelta(days=1),
        random_bytes=lambda size: octets * size,
    )

    assert certificate.serial_number == serial


@pytest.mark.parametrize("kind", ["rsa", "ec", "ed"])
@pytest.mark.parametrize("purpose", Purpose)
def test_a_request_asks_for_what_we_would_have_made(
    ring: Ring, kind: str, purpose: Purpose
) -> None:
    key = getattr(ring, kind)

    asked = request(key, SUBJECT, purpose)

    ours = ring.certificate(key, purpose, hosts=SUBJECT.hosts)
    assert asked.is_signature_valid
    assert asked.subject == ours.subject
    assert asked.public_key() == key.public_key()
    wanted = [one.value for one in ours.extensions if one.oid != x509.SubjectKeyIdentifier.oid]
    assert [one.value for one in asked.extensions] == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "KAZ"},
        {"country": ""},
        {"administration": ""},
        {"administration": "x" * 65},
        {"party": "x" * 64},
        {"hosts": ("узел.kz",)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_subject_that_fits_no_certificate_is_a_clear_setting_error(
    ring: Ring, wrong: dict[str, Any]
) -> None:
    values = {"party": "customs.kz", "country": "KZ", "administration": "SRC", **wrong}

    with pytest.raises(InvalidSettingError):
        request(ring.ec, Subject(**values), Purpose.TLS)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_two_nodes_shake_hands_over_mutual_tls_with_what_we_make(
    ring: Ring, tmp_path: Path, kind: str
) -> None:
    # OpenSSL looks at today's date, so these certificates are of today.
    def context(side: int, key: SigningKey, name: str) -> tuple[ssl.SSLContext, bytes]:
        certificate = self_signed(
            key,
            SUBJECT,
            Purpose.TLS,
            at=datetime.now(UTC),
            lifetime=timedelta(days=1),
            random_bytes=ring.random_bytes,
        )
        path = tmp_path / name
        path.write_bytes(encrypt_private_key(key, "gate 7") + write_pem(certificate))
        made = ssl.SSLContext(side)
        made.minimum_version = ssl.TLSVersion.TLSv1_3
        made.load_cert_chain(path, password="gate 7")
        return made, write_pem(certificate)

    server, server_pem = context(ssl.PROTOCOL_TLS_SERVER, getattr(ring, kind), "server.pem")
    client, client_pem = context(ssl.PROTOCOL_TLS_CLIENT, ring.stranger, "client.pem")
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(cadata=client_pem.decode())
    client.load_verify_locations(cadata=server_pem.decode())

    seen = shake_hands(client, server)

    assert seen == ssl.PEM_cert_to_DER_cert(client_pem.decode())


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> bytes | None:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(down, up, server_hostname="127.0.0.1"),
        server.wrap_bio(up, down, server_side=True),
    ]
    waiting = list(ends)
    for _ in range(20):
        for end in list(waiting):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(end)
    assert not waiting
    return ends[1].getpeercert(binary_form=True)
