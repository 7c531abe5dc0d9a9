from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.security.keys import agreement, new_ec_key, new_x25519_key, public_octets
from tests.security.ring import Ring

CURVES = {
    "secp256r1": "1.2.840.10045.3.1.7",
    "secp384r1": "1.3.132.0.34",
    "secp521r1": "1.3.132.0.35",
    "brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7",
}
_STATIC = new_x25519_key()
_ON_CURVE = new_ec_key()


def spki_of(octets: bytes) -> bytes:
    return public_octets(X25519PublicKey.from_public_bytes(octets))


def test_a_known_answer_of_x25519() -> None:
    # RFC 7748, section 6.1.
    alice = X25519PrivateKey.from_private_bytes(
        bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    )
    bob = X25519PrivateKey.from_private_bytes(
        bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    )

    secrets = {
        agreement.shared(alice, public_octets(bob.public_key())),
        agreement.shared(bob, public_octets(alice.public_key())),
    }

    assert secrets == {
        bytes.fromhex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    }


def test_a_public_key_travels_as_44_octets_of_der() -> None:
    # RFC 8410, section 4, with Bob's public key of RFC 7748, section 6.1.
    bob = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"

    assert spki_of(bytes.fromhex(bob)).hex() == "302a300506032b656e032100" + bob


def test_a_known_answer_of_hkdf_sha256() -> None:
    # RFC 5869, appendix A.1, and A.3 with neither salt nor info.
    secret = b"\x0b" * 22

    with_both = agreement.derive(
        secret,
        salt=bytes.fromhex("000102030405060708090a0b0c"),
        info=bytes.fromhex("f0f1f2f3f4f5f6f7f8f9"),
        size=42,
    )
    with_none = agreement.derive(secret, salt=b"", info=b"", size=42)

    assert with_both.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
    assert with_none.hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


def test_a_known_answer_of_aes_key_wrap() -> None:
    # RFC 3394, section 4.1.
    key = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
    content_key = bytes.fromhex("00112233445566778899aabbccddeeff")

    wrapped = agreement.wrap(key, content_key)

    assert wrapped.hex() == "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"
    assert agreement.unwrap(key, wrapped) == content_key


@pytest.mark.parametrize("kind", ["x25519", *CURVES])
def test_both_sides_come_to_one_secret(ring: Ring, kind: str) -> None:
    decrypter = ring.decrypter(ring.key(kind))  # type: ignore[arg-type]

    agreed = agreement.agree_with(decrypter.certificate, os.urandom)
    again = agreement.agree_with(decrypter.certificate, os.urandom)

    assert agreed is not None
    assert again is not None
    assert decrypter.agree(agreed[0]) == agreed[1]
    assert again[0] != agreed[0]
    assert again[1] != agreed[1]


@pytest.mark.parametrize("kind", ["rsa", "ed"])
def test_a_key_of_another_kind_agrees_on_nothing(ring: Ring, kind: str) -> None:
    certificate = ring.certificate(ring.signing_key(kind))

    assert agreement.agree_with(certificate, os.urandom) is None


@pytest.mark.parametrize("kind", ["x25519", *CURVES])
def test_keys_of_two_kinds_share_nothing(ring: Ring, kind: str) -> None:
    decrypter = ring.decrypter(ring.key(kind))  # type: ignore[arg-type]

    others = [ring.curves[one] for one in CURVES if one != kind]
    octets = [public_octets(one.public_key()) for one in (*others, ring.rsa, ring.ed)]

    assert [decrypter.agree(one) for one in octets] == [None] * len(octets)


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),
        (1).to_bytes(32, "little"),
        bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        (2**255 - 20).to_bytes(32, "little"),
        (2**255 - 19).to_bytes(32, "little"),
        (2**255 - 18).to_bytes(32, "little"),
    ],
)
def test_a_point_of_small_order_makes_no_secret(point: bytes) -> None:
    assert agreement.shared(_STATIC, spki_of(point)) is None


@pytest.mark.parametrize(("kind", "oid"), CURVES.items())
def test_a_point_goes_out_and_comes_back(ring: Ring, kind: str, oid: str) -> None:
    spki = public_octets(ring.curves[kind].public_key())

    found = agreement.point_of(spki)

    assert found is not None
    assert found[0] == oid
    assert found[1][0] == 4
    assert agreement.public_key_at(*found) == spki


def test_what_is_no_point_of_a_known_curve_is_none() -> None:
    on_p256 = agreement.point_of(public_octets(_ON_CURVE.public_key()))
    assert on_p256 is not None
    moved = on_p256[1][:-1] + bytes((on_p256[1][-1] ^ 1,))

    assert agreement.public_key_at(on_p256[0], moved) is None
    assert agreement.public_key_at(on_p256[0], b"\x00") is None
    assert agreement.public_key_at("1.3.132.0.10", on_p256[1]) is None
    assert agreement.point_of(public_octets(_STATIC.public_key())) is None
    assert agreement.point_of(b"junk") is None
    assert agreement.point_of(public_octets(new_ec_key(ec.SECP256K1()).public_key())) is None


@given(st.binary(max_size=120))
def test_laws_of_junk_public_keys(octets: bytes) -> None:
    assert agreement.shared(_STATIC, octets) is None
    assert agreement.shared(_ON_CURVE, octets) is None
    assert agreement.point_of(octets) is None


@given(st.binary(max_size=64), st.binary(max_size=40), st.binary(max_size=40))
def test_laws_of_junk_wrapped_keys(wrapped: bytes, salt: bytes, info: bytes) -> None:
    key = agreement.derive(b"secret", salt=salt, info=info, size=16)

    assert agreement.unwrap(key, wrapped) is None
    assert agreement.unwrap(key, agreement.wrap(key, bytes(16))) == bytes(16)
