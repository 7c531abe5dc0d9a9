from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import AuthenticationError, InvalidSettingError, NodeError
from exchange_node.security.certificates import (
    Purpose,
    check_certificate,
    der_of,
    fingerprint,
    is_pinned,
    load_certificates,
    name_of,
    read_certificate,
    write_pem,
)
from tests.security.ring import Ring


def test_a_bundle_is_read_in_its_order(ring: Ring) -> None:
    old, new = ring.certificate(ring.rsa), ring.certificate(ring.ec)

    assert load_certificates(write_pem(old, new)) == (old, new)
    assert load_certificates(b"Subject: old\n" + write_pem(old)) == (old,)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"no certificate",
        b"-----BEGIN CERTIFICATE-----\nTQ==\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nTQ==\n",
    ],
)
def test_what_is_no_certificate_is_a_clear_setting_error(pem: bytes) -> None:
    with pytest.raises(InvalidSettingError) as caught:
        load_certificates(pem, which="partners/uz/tls.pem")

    assert caught.value.facts["where"] == "partners/uz/tls.pem"


def test_a_certificate_beside_a_damaged_one_is_refused(ring: Ring) -> None:
    pem = write_pem(ring.certificate(ring.rsa))
    damaged = pem.replace(b"\nMII", b"\nAAA")

    with pytest.raises(InvalidSettingError):
        load_certificates(pem + damaged)


def test_what_a_partner_presents_is_read_or_refused(ring: Ring) -> None:
    certificate = ring.certificate(ring.ec)

    assert read_certificate(der_of(certificate)) == certificate
    with pytest.raises(AuthenticationError):
        read_certificate(der_of(certificate)[:-1])


@pytest.mark.filterwarnings("ignore")
def test_a_serial_number_that_is_not_positive_is_refused(ring: Ring) -> None:
    der = der_of(ring.tls)
    serial = ring.tls.serial_number.to_bytes(20)
    altered = der.replace(b"\x02\x14" + serial, b"\x02\x14\xff" + serial[1:], 1)
    assert altered != der

    with pytest.raises(AuthenticationError):
        read_certificate(altered)


def test_a_name_that_is_a_bit_string_is_refused(ring: Ring) -> None:
    common_name = b"\x06\x03\x55\x04\x03"
    der = der_of(ring.tls)
    assert common_name + b"\x0c" in der

    with pytest.raises(AuthenticationError):
        read_certificate(der.replace(common_name + b"\x0c", common_name + b"\x03"))


def test_a_fingerprint_is_the_sha256_of_the_octets(ring: Ring) -> None:
    certificate = ring.certificate(ring.ec)

    assert fingerprint(certificate) == hashlib.sha256(der_of(certificate)).hexdigest()
    assert fingerprint(certificate)[:16] in name_of(certificate)


def test_only_the_very_octets_are_pinned(ring: Ring) -> None:
    pinned, same_key = ring.certificate(ring.rsa), ring.certificate(ring.rsa)

    assert is_pinned(pinned, [ring.certificate(ring.ec), pinned])
    assert not is_pinned(pinned, [same_key])
    assert not is_pinned(pinned, [])


# cryptography reads some certificates with a warning that it will refuse them one day.
@pytest.mark.filterwarnings("ignore")
def test_no_altered_octet_of_a_certificate_does_harm(ring: Ring) -> None:
    der = der_of(ring.tls)
    refused = 0

    for place in range(len(der)):
        for flip in (0x01, 0x80):
            altered = der[:place] + bytes((der[place] ^ flip,)) + der[place + 1 :]
            try:
                check_certificate(read_certificate(altered), Purpose.TLS, ring.at, ring.rsa)
            except AuthenticationError:
                refused += 1

    assert refused > len(der) // 10


@pytest.mark.filterwarnings("ignore")
@given(data=st.data())
def test_laws_of_junk_certificates(ring: Ring, data: st.DataObject) -> None:
    der = bytearray(der_of(ring.tls))
    for _ in range(data.draw(st.integers(1, 3))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))

    try:
        certificate = read_certificate(bytes(der))
    except NodeError:
        return
    check_certificate(certificate, Purpose.TLS, ring.at)
