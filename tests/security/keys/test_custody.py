from __future__ import annotations

import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidSettingError, NodeError, PassphraseError
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import (
    Oaep,
    PemDecrypter,
    PemSigner,
    agreement_of,
    algorithm_of,
    encrypt_private_key,
    is_signed_by,
    load_private_key,
    new_ec_key,
    new_ed25519_key,
    new_rsa_key,
    new_x25519_key,
    passphrase_octets,
    public_octets,
    wrap_oaep,
)
from tests.security.ring import Ring

SHA256 = Oaep(digest="sha256", mask="sha256")


def plain_pem(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_new_rsa_key_has_3072_bits() -> None:
    assert new_rsa_key().key_size == 3072


@pytest.mark.parametrize(
    "kind", ["rsa", "ec", "ed", "x25519", "secp384r1", "secp521r1", "brainpoolP256r1"]
)
def test_a_key_comes_back_from_its_pem(ring: Ring, kind: str) -> None:
    key = ring.key(kind)

    pem = encrypt_private_key(key, "gate 7")

    assert b"ENCRYPTED" in pem
    assert public_octets(load_private_key(pem, "gate 7").public_key()) == public_octets(
        key.public_key()
    )


def test_openssl_opens_what_we_encrypt(ring: Ring) -> None:
    done = subprocess.run(
        ["openssl", "pkey", "-passin", "pass:gate 7", "-noout", "-text"],
        input=encrypt_private_key(ring.ec, "gate 7"),
        capture_output=True,
        check=True,
    )

    assert b"prime256v1" in done.stdout


@pytest.mark.parametrize("passphrase", ["wrong", "", None])
def test_a_wrong_or_missing_passphrase_is_told(ring: Ring, passphrase: str | None) -> None:
    pem = encrypt_private_key(ring.ec, "right")

    with pytest.raises(PassphraseError) as caught:
        load_private_key(pem, passphrase, which="keys/tls.pem")

    assert caught.value.facts["which"] == "keys/tls.pem"


@pytest.mark.parametrize("passphrase", ["", "x" * 1024, "\ud800"])
def test_a_passphrase_that_cannot_be_used_is_refused(ring: Ring, passphrase: str) -> None:
    with pytest.raises(PassphraseError):
        encrypt_private_key(ring.ec, passphrase)


def test_a_passphrase_is_the_octets_that_were_typed() -> None:
    typed = b"\xff\xfe key"

    assert passphrase_octets(typed.decode("utf-8", "surrogateescape")) == typed


def test_a_plain_key_needs_no_passphrase(ring: Ring) -> None:
    key = load_private_key(plain_pem(ring.ed), "unused")

    assert public_octets(key.public_key()) == public_octets(ring.ed.public_key())


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"no key at all",
        b"-----BEGIN PRIVATE KEY-----\nTQ==\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN CERTIFICATE-----\nTQ==\n-----END CERTIFICATE-----\n",
        plain_pem(ec.generate_private_key(ec.SECP256K1())),
        plain_pem(X448PrivateKey.generate()),
        plain_pem(dsa.generate_private_key(2048)),
    ],
    ids=["empty", "text", "damaged", "certificate", "secp256k1", "X448", "DSA"],
)
def test_what_is_no_key_of_ours_is_a_clear_setting_error(pem: bytes) -> None:
    with pytest.raises(InvalidSettingError):
        load_private_key(pem, None)


@pytest.mark.parametrize(
    ("kind", "algorithm", "size"),
    [
        ("rsa", alg.RSA_SHA256, 256),
        ("ec", alg.ECDSA_SHA256, 64),
        ("secp384r1", alg.ECDSA_SHA256, 96),
        ("secp521r1", alg.ECDSA_SHA256, 132),
        ("ed", alg.ED25519, 64),
    ],
)
def test_a_signature_is_by_its_key_over_its_octets(
    ring: Ring, kind: str, algorithm: str, size: int
) -> None:
    signer = ring.signer(ring.signing_key(kind))

    signature = signer.sign(b"octets")

    assert signer.algorithm == algorithm
    assert len(signature) == size
    assert is_signed_by(signer.certificate, algorithm, b"octets", signature)
    assert not is_signed_by(signer.certificate, algorithm, b"Octets", signature)
    assert not is_signed_by(signer.certificate, algorithm, b"octets", signature[:-1])
    assert not is_signed_by(signer.certificate, alg.SHA256, b"octets", signature)


def test_an_ecdsa_signature_has_its_width_and_no_other(ring: Ring) -> None:
    signer = ring.signer(ring.ec)
    signature = signer.sign(b"octets")
    padded = signature[:32] + b"\x00" + signature[32:]

    assert not is_signed_by(signer.certificate, alg.ECDSA_SHA256, b"octets", padded)


def test_one_kind_of_key_does_not_verify_under_the_name_of_another(ring: Ring) -> None:
    signer = ring.signer(ring.rsa)
    signature = signer.sign(b"octets")

    for algorithm in (alg.ECDSA_SHA256, alg.ED25519, alg.RSA_SHA384, "http://hmac"):
        assert not is_signed_by(signer.certificate, algorithm, b"octets", signature)


def test_a_key_that_does_not_sign_has_no_algorithm() -> None:
    assert algorithm_of(new_x25519_key().public_key()) == ""
    assert algorithm_of(new_ec_key(ec.BrainpoolP256R1()).public_key()) == ""
    assert agreement_of(new_ed25519_key().public_key()) == ""
    assert agreement_of(new_ec_key(ec.SECP256K1()).public_key()) == ""
    assert algorithm_of("no key") == ""
    assert public_octets(None) == b""


def test_a_key_beside_a_foreign_certificate_is_refused(ring: Ring) -> None:
    foreign = ring.certificate(ring.stranger)

    with pytest.raises(InvalidSettingError):
        PemSigner(ring.rsa, foreign)
    with pytest.raises(InvalidSettingError):
        PemDecrypter(ring.rsa, foreign)


def test_a_key_that_cannot_do_it_is_no_signer_and_no_decrypter(ring: Ring) -> None:
    brainpool = new_ec_key(ec.BrainpoolP256R1())

    with pytest.raises(InvalidSettingError, match="signing key"):
        PemSigner(brainpool, ring.encryption_certificate(brainpool))
    with pytest.raises(InvalidSettingError, match="decryption key"):
        PemDecrypter(ring.ed, ring.certificate(ring.ed))  # type: ignore[arg-type]


def test_a_key_does_one_of_the_two_to_open(ring: Ring) -> None:
    agreeing = new_x25519_key()
    decrypter = PemDecrypter(agreeing, ring.encryption_certificate(agreeing))

    assert decrypter.decrypt(bytes(256), SHA256) is None
    assert ring.decrypter(ring.rsa).agree(public_octets(agreeing.public_key())) is None


def test_a_key_is_not_shown(ring: Ring) -> None:
    for holder in (ring.signer(ring.rsa), ring.decrypter(ring.rsa)):
        assert "PrivateKey" not in repr(holder)


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("label", [b"", b"label"])
def test_what_was_wrapped_opens_with_the_same_parameters_only(
    ring: Ring, digest: str, label: bytes
) -> None:
    decrypter = ring.decrypter(ring.rsa)
    oaep = Oaep(digest=digest, mask="sha1", label=label)

    wrapped = wrap_oaep(decrypter.certificate, b"sixteen octets!!", oaep)

    assert decrypter.decrypt(wrapped, oaep) == b"sixteen octets!!"
    assert decrypter.decrypt(wrapped, Oaep(digest=digest, mask="sha384", label=label)) is None
    assert decrypter.decrypt(wrapped, Oaep(digest=digest, mask="sha1", label=b"other")) is None
    assert ring.decrypter(ring.stranger).decrypt(wrapped, oaep) is None


def test_only_rsa_is_wrapped_for(ring: Ring) -> None:
    with pytest.raises(InvalidSettingError):
        wrap_oaep(ring.certificate(ring.ec, Purpose.ENCRYPTION), b"key", SHA256)


@given(st.binary(max_size=300))
def test_laws_of_junk_cipher_values(octets: bytes) -> None:
    decrypter = _JUNK_DECRYPTER

    assert decrypter.decrypt(octets, SHA256) is None


@given(st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=10)), st.booleans())
def test_laws_of_junk_keys(body: bytes, passphrase: str | None, is_framed: bool) -> None:  # noqa: FBT001
    pem = body
    if is_framed:
        framed = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n%s\n-----END ENCRYPTED PRIVATE KEY-----\n"
        pem = framed % alg.encode64(body).encode()

    with pytest.raises(NodeError):
        load_private_key(pem, passphrase)


def test_new_keys_differ() -> None:
    assert public_octets(new_ec_key().public_key()) != public_octets(new_ec_key().public_key())
    assert public_octets(new_ed25519_key().public_key()) != public_octets(
        new_ed25519_key().public_key()
    )


class _NoCertificate:
    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self.key = key

    def public_key(self) -> rsa.RSAPublicKey:
        return self.key.public_key()


_KEY = new_rsa_key(1024)
_JUNK_DECRYPTER = PemDecrypter(_KEY, _NoCertificate(_KEY))  # type: ignore[arg-type]
