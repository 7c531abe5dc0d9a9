from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import AuthenticationError
from exchange_node.security.certificates import (
    Purpose,
    der_of,
    read_path,
    split_path,
    write_path,
)
from exchange_node.security.certificates.paths import MOST_CERTIFICATES
from tests.security.ring import Ring


def test_a_path_comes_back_in_its_order(ring: Ring) -> None:
    path = (ring.authority, ring.certificate(ring.rsa, Purpose.SIGNING))

    octets = write_path(path)

    assert octets[:2] == b"\x30\x82"
    assert read_path(octets) == path
    assert split_path(octets) == tuple(der_of(one) for one in path)


def test_a_path_has_a_bound(ring: Ring) -> None:
    most = write_path([ring.tls] * MOST_CERTIFICATES)

    assert len(split_path(most)) == MOST_CERTIFICATES
    with pytest.raises(AuthenticationError):
        split_path(write_path([ring.tls] * (MOST_CERTIFICATES + 1)))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x30",
        b"\x30\x00",
        b"\x30\x80\x00\x00",
        b"\x30\x81\x02\x30\x00",
        b"\x30\x84\x00\x00\x00\x02\x30\x00",
        b"\x30\x02\x31\x00",
        b"\x30\x02\x30\x01\x00",
        b"\x30\x03\x30\x00",
        b"\x30\x02\x30\x00\x00",
        b"\x31\x02\x30\x00",
    ],
)
def test_what_is_no_path_is_refused(octets: bytes) -> None:
    with pytest.raises(AuthenticationError):
        split_path(octets)


def test_a_path_of_what_is_no_certificate_is_refused(ring: Ring) -> None:
    assert split_path(b"\x30\x02\x30\x00") == (b"\x30\x00",)
    with pytest.raises(AuthenticationError):
        read_path(b"\x30\x02\x30\x00")


@given(st.binary(max_size=200))
def test_laws_of_junk_paths(junk: bytes) -> None:
    with pytest.raises(AuthenticationError):
        read_path(junk)


@given(st.data())
def test_laws_of_meddled_paths(ring: Ring, data: st.DataObject) -> None:
    octets = bytearray(write_path([ring.authority, ring.tls]))
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))

    try:
        found = read_path(bytes(octets))
    except AuthenticationError:
        return
    assert found != (ring.authority, ring.tls)
