from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import (
    AuthenticationError,
    DecryptionError,
    InvalidSettingError,
    SecurityPolicyError,
)
from exchange_node.security import algorithms as alg
from exchange_node.security.keys import (
    Oaep,
    OpeningKey,
    agreement,
    new_x25519_key,
    public_octets,
)
from exchange_node.security.suites import (
    EDELIVERY_1_15,
    EDELIVERY_2_0,
    EDELIVERY_2_0_ECC,
    SIGN_ONLY,
    AgreedKey,
    ContentKey,
    Elliptic,
    EncryptedKey,
    TransportedKey,
)
from tests.security.ring import Ring

KEY = ContentKey(bytes(range(16)))
PLAIN = b"<Declaration/>"
SIGNING = [
    (EDELIVERY_2_0, "ed", 64),
    (EDELIVERY_2_0_ECC, "ec", 64),
    (EDELIVERY_2_0_ECC, "secp384r1", 96),
    (EDELIVERY_2_0_ECC, "secp521r1", 132),
]
AGREEING = [
    (EDELIVERY_2_0, "x25519"),
    (EDELIVERY_2_0_ECC, "secp256r1"),
    (EDELIVERY_2_0_ECC, "secp384r1"),
    (EDELIVERY_2_0_ECC, "secp521r1"),
    (EDELIVERY_2_0_ECC, "brainpoolP256r1"),
]


def opening(ring: Ring, kind: str) -> OpeningKey:
    key = ring.key(kind)
    assert isinstance(key, OpeningKey)
    return key


@pytest.mark.parametrize(("suite", "kind", "size"), SIGNING)
def test_a_signature_of_the_suite_verifies(
    ring: Ring, suite: Elliptic, kind: str, size: int
) -> None:
    signer = ring.signer(ring.signing_key(kind))

    signature = suite.sign(signer, b"octets")

    assert len(signature) == size
    suite.verify(signer.certificate, suite.signature_method(signer), b"octets", signature)
    with pytest.raises(AuthenticationError):
        suite.verify(signer.certificate, suite.signature, b"other", signature)


@pytest.mark.parametrize("curve", ["secp256r1", "secp384r1", "secp521r1"])
def test_what_openssl_signs_verifies_when_r_and_s_stand_side_by_side(
    ring: Ring, curve: str
) -> None:
    key = ring.curves[curve]
    r, s = decode_dss_signature(key.sign(b"octets", ECDSA(SHA256())))
    width = (key.key_size + 7) // 8

    EDELIVERY_2_0_ECC.verify(
        ring.certificate(key), alg.ECDSA_SHA256, b"octets", r.to_bytes(width) + s.to_bytes(width)
    )


@pytest.mark.parametrize(
    ("suite", "kind"),
    [
        (EDELIVERY_2_0, "rsa"),
        (EDELIVERY_2_0, "ec"),
        (EDELIVERY_2_0_ECC, "rsa"),
        (EDELIVERY_2_0_ECC, "ed"),
        (SIGN_ONLY, "ed"),
    ],
)
def test_a_key_of_another_suite_neither_signs_nor_verifies(
    ring: Ring, suite: Elliptic, kind: str
) -> None:
    signer = ring.signer(ring.signing_key(kind))

    with pytest.raises(InvalidSettingError):
        suite.sign(signer, b"octets")
    for algorithm in (signer.algorithm, *suite.signature_methods):
        with pytest.raises(SecurityPolicyError):
            suite.verify(signer.certificate, algorithm, b"octets", signer.sign(b"octets"))


@pytest.mark.parametrize(("suite", "kind"), AGREEING)
def test_a_content_key_crosses_to_its_recipient(ring: Ring, suite: Elliptic, kind: str) -> None:
    decrypter = ring.decrypter(opening(ring, kind))
    key = suite.new_content_key(os.urandom)

    encrypted = suite.encrypt_key(decrypter.certificate, key, os.urandom)

    assert suite.decrypt_key(decrypter, encrypted) == key
    assert (encrypted.agreement, encrypted.wrap) == (suite.agreement, alg.KW_AES128)
    assert (len(encrypted.cipher_value), len(encrypted.salt), encrypted.info) == (24, 32, b"")


@pytest.mark.parametrize(("salt", "info"), [(b"", b""), (b"salt", b""), (b"s" * 64, b"info")])
def test_the_salt_and_info_of_a_partner_are_honoured(ring: Ring, salt: bytes, info: bytes) -> None:
    decrypter = ring.decrypter(new_x25519_key())
    agreed = agreement.agree_with(decrypter.certificate, os.urandom)
    assert agreed is not None
    wrapping = agreement.derive(agreed[1], salt=salt, info=info, size=16)

    encrypted = AgreedKey(
        agreement=alg.X25519,
        originator=agreed[0],
        wrap=alg.KW_AES128,
        cipher_value=agreement.wrap(wrapping, KEY.octets),
        salt=salt,
        info=info,
    )

    assert EDELIVERY_2_0.decrypt_key(decrypter, encrypted) == KEY


def test_keys_and_salts_are_fresh_for_every_message(ring: Ring) -> None:
    certificate = ring.encryption_certificate(new_x25519_key())

    made = [EDELIVERY_2_0.encrypt_key(certificate, KEY, os.urandom) for _ in range(2)]

    assert len({one.originator for one in made}) == 2
    assert len({one.salt for one in made}) == 2
    assert len({one.cipher_value for one in made}) == 2


@pytest.mark.parametrize(
    ("suite", "kind"),
    [
        (EDELIVERY_2_0, "rsa"),
        (EDELIVERY_2_0, "secp256r1"),
        (EDELIVERY_2_0, "ed"),
        (EDELIVERY_2_0_ECC, "x25519"),
        (SIGN_ONLY, "rsa"),
    ],
)
def test_a_certificate_of_another_suite_is_not_encrypted_for(
    ring: Ring, suite: Elliptic, kind: str
) -> None:
    certificate = ring.encryption_certificate(ring.key(kind))

    with pytest.raises(InvalidSettingError):
        suite.encrypt_key(certificate, KEY, os.urandom)


AGREED = AgreedKey(agreement=alg.X25519, originator=b"", wrap=alg.KW_AES128, cipher_value=bytes(24))
TRANSPORTED = TransportedKey(algorithm=alg.RSA_OAEP, cipher_value=bytes(256))


@pytest.mark.parametrize(
    ("suite", "encrypted"),
    [
        (EDELIVERY_2_0, TRANSPORTED),
        (EDELIVERY_2_0, replace(AGREED, agreement=alg.ECDH_ES)),
        (EDELIVERY_2_0, replace(AGREED, wrap=f"{alg.XENC}kw-aes256")),
        (EDELIVERY_2_0_ECC, TRANSPORTED),
        (EDELIVERY_2_0_ECC, AGREED),
        (EDELIVERY_1_15, AGREED),
        (SIGN_ONLY, AGREED),
        (SIGN_ONLY, TRANSPORTED),
    ],
)
def test_a_key_that_came_another_way_is_outside_the_suite(
    ring: Ring, suite: Elliptic, encrypted: EncryptedKey
) -> None:
    with pytest.raises(SecurityPolicyError):
        suite.decrypt_key(ring.decrypter(ring.rsa), encrypted)


def failure(suite: Elliptic, decrypter: object, encrypted: AgreedKey, content: bytes) -> object:
    key = suite.decrypt_key(decrypter, encrypted)  # type: ignore[arg-type]
    decryption = suite.decrypting(key, alg.AES128_GCM)
    decryption.update(content)
    with pytest.raises(DecryptionError) as caught:
        decryption.finish()
    return str(caught.value), tuple(caught.value.facts)


def encrypted_content(key: ContentKey, random_bytes: Callable[[int], bytes]) -> bytes:
    encryption = EDELIVERY_2_0.encrypting(key, random_bytes)
    return encryption.update(PLAIN) + encryption.finish()


class Lax:
    """A decrypter in other custody that lets a point of small order through."""

    def __init__(self, certificate: x509.Certificate) -> None:
        self.certificate = certificate

    def decrypt(self, cipher_value: bytes, oaep: Oaep) -> bytes | None:
        raise AssertionError(cipher_value, oaep)

    def agree(self, originator: bytes) -> bytes | None:
        del originator
        return bytes(32)


def test_every_failed_decryption_looks_the_same(ring: Ring) -> None:
    decrypter, stranger = ring.decrypter(new_x25519_key()), ring.decrypter(new_x25519_key())
    suite = EDELIVERY_2_0
    good = suite.encrypt_key(decrypter.certificate, KEY, os.urandom)
    content = encrypted_content(KEY, os.urandom)
    stand_in = encrypted_content(ContentKey(bytes(16)), os.urandom)
    nothing = public_octets(X25519PublicKey.from_public_bytes(bytes(32)))
    wrapping = agreement.derive(bytes(32), salt=good.salt, info=b"", size=16)
    long = agreement.wrap(
        agreement.derive(
            decrypter.agree(good.originator) or b"", salt=good.salt, info=b"", size=16
        ),
        bytes(32),
    )

    failures = {
        "tag": failure(suite, decrypter, good, content[:-1] + bytes([content[-1] ^ 1])),
        "for another": failure(suite, stranger, good, content),
        "salt": failure(suite, decrypter, replace(good, salt=b"other"), content),
        "info": failure(suite, decrypter, replace(good, info=b"other"), content),
        "cut": failure(suite, decrypter, replace(good, cipher_value=b""), content),
        "long content key": failure(suite, decrypter, replace(good, cipher_value=long), content),
        "no originator": failure(suite, decrypter, replace(good, originator=b""), content),
        "small order": failure(suite, decrypter, replace(good, originator=nothing), stand_in),
        "a secret of zeros": failure(
            suite,
            Lax(decrypter.certificate),
            replace(good, cipher_value=agreement.wrap(wrapping, KEY.octets)),
            content,
        ),
        "a key that does not agree": failure(suite, ring.decrypter(ring.rsa), good, content),
    }

    assert set(failures.values()) == {("the message could not be decrypted", ())}


def test_a_content_cipher_outside_the_suite_is_refused() -> None:
    with pytest.raises(SecurityPolicyError):
        EDELIVERY_2_0.decrypting(KEY, f"{alg.XENC}aes128-cbc")


@given(st.binary(max_size=64), st.binary(max_size=40), st.binary(max_size=40), st.binary())
def test_laws_of_junk_keys(
    ring: Ring, originator: bytes, value: bytes, salt: bytes, info: bytes
) -> None:
    encrypted = AgreedKey(
        agreement=alg.ECDH_ES,
        originator=originator,
        wrap=alg.KW_AES128,
        cipher_value=value,
        salt=salt,
        info=info,
    )

    key = EDELIVERY_2_0_ECC.decrypt_key(ring.decrypter(ring.curves["secp256r1"]), encrypted)

    assert not key.is_sound
