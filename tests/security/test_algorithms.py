from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import SecurityPolicyError
from exchange_node.security import algorithms as alg


@pytest.mark.parametrize(
    ("uri", "name"), [(alg.SHA256, "sha256"), (alg.SHA384, "sha384"), (alg.SHA512, "sha512")]
)
def test_a_digest_is_the_one_its_uri_names(uri: str, name: str) -> None:
    assert alg.digest(uri, b"abc") == hashlib.new(name, b"abc").digest()


@pytest.mark.parametrize("uri", [alg.SHA1, "", "http://www.w3.org/2001/04/xmldsig-more#md5"])
def test_a_weak_or_unknown_digest_is_refused(uri: str) -> None:
    with pytest.raises(SecurityPolicyError):
        alg.digest(uri, b"abc")


@pytest.mark.parametrize("text", ["TQ==", " T Q\r\n=\t= ", "\nTQ==\n"])
def test_blanks_in_base64_are_tolerated(text: str) -> None:
    assert alg.decode64(text) == b"M"


@pytest.mark.parametrize("text", ["TQ=", "T", "TQ==TQ==", "!TQ=", "TQ==x", "ТQ==", "TQ\u00a0=="])
def test_what_is_no_base64_is_none(text: str) -> None:
    assert alg.decode64(text) is None


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_nothing_is_no_octets(text: str | None) -> None:
    assert alg.decode64(text) == b""


@given(st.binary())
def test_laws_of_base64(octets: bytes) -> None:
    assert alg.decode64(alg.encode64(octets)) == octets


@given(st.text())
def test_laws_of_junk_in_base64(text: str) -> None:
    assert alg.decode64(text) is None or isinstance(alg.decode64(text), bytes)
