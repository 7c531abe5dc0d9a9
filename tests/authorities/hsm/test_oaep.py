from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.authorities.hsm.oaep import unpack
from exchange_node.security.keys import Oaep

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - what OAEP is by default
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
SHA256 = Oaep(digest="sha256", mask="sha256")


def block_of(octets: bytes, oaep: Oaep, label: bytes | None = None) -> bytes:
    """What bare RSA opens of an encryption by the library."""
    packing = padding.OAEP(
        padding.MGF1(HASHES[oaep.mask]), HASHES[oaep.digest], oaep.label if label is None else label
    )
    number = int.from_bytes(KEY.public_key().encrypt(octets, packing))
    private = KEY.private_numbers()
    return pow(number, private.d, private.public_numbers.n).to_bytes(256)


@pytest.mark.parametrize("digest", HASHES)
@pytest.mark.parametrize("mask", HASHES)
def test_what_was_packed_is_unpacked(digest: str, mask: str) -> None:
    oaep = Oaep(digest=digest, mask=mask, label=b"a label")

    assert unpack(block_of(b"sixteen octets!!", oaep), oaep) == b"sixteen octets!!"


@given(st.binary(max_size=190))
def test_laws_of_packing_and_unpacking(octets: bytes) -> None:
    assert unpack(block_of(octets, SHA256), SHA256) == octets


@given(st.data())
def test_laws_of_a_block_that_was_meddled_with(data: st.DataObject) -> None:
    block = bytearray(block_of(b"sixteen octets!!", SHA256))
    block[data.draw(st.integers(0, 255))] ^= data.draw(st.integers(1, 255))

    assert unpack(bytes(block), SHA256) is None


@given(st.binary(min_size=256, max_size=256))
def test_laws_of_junk_as_a_block(block: bytes) -> None:
    assert unpack(block, SHA256) is None


def test_another_label_does_not_unpack() -> None:
    assert unpack(block_of(b"x", SHA256, b"theirs"), SHA256) is None


def test_a_block_too_small_for_its_digest_does_not_unpack() -> None:
    assert unpack(bytes(65), SHA256) is None
