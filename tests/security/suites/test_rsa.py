from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import (
    AuthenticationError,
    DecryptionError,
    InvalidSettingError,
    SecurityPolicyError,
)
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import Oaep, wrap_oaep
from exchange_node.security.suites import (
    EDELIVERY_1_15,
    ContentKey,
    EncryptedKey,
    Suite,
    TransportedKey,
)
from tests.security.ring import Ring

SUITE: Suite = EDELIVERY_1_15
KEY = ContentKey(bytes(range(16)))
PLAIN = b"<Declaration/>" * 100


def encrypted_content(key: ContentKey, plain: bytes, random_bytes: Callable[[int], bytes]) -> bytes:
    encryption = SUITE.encrypting(key, random_bytes)
    return encryption.update(plain) + encryption.finish()


def decrypted_content(key: ContentKey, algorithm: str, content: bytes) -> bytes:
    decryption = SUITE.decrypting(key, algorithm)
    plain = decryption.update(content)
    decryption.finish()
    return plain


def test_content_passes_in_pieces_of_any_size() -> None:
    encryption = SUITE.encrypting(KEY, os.urandom)
    pieces = [encryption.update(PLAIN[at : at + 7]) for at in range(0, len(PLAIN), 7)]
    content = b"".join([*pieces, encryption.finish()])
    decryption = SUITE.decrypting(KEY, alg.AES128_GCM)

    plain = b"".join(decryption.update(content[at : at + 5]) for at in range(0, len(content), 5))
    decryption.finish()

    assert plain == PLAIN


def test_a_signature_of_the_suite_verifies(ring: Ring) -> None:
    signer = ring.signer(ring.rsa, Purpose.SIGNING)

    signature = SUITE.sign(signer, b"octets")

    assert SUITE.signature_method(signer) == alg.RSA_SHA256
    SUITE.verify(signer.certificate, alg.RSA_SHA256, b"octets", signature)


@pytest.mark.parametrize("kind", ["ec", "ed"])
def test_only_rsa_keys_sign_in_this_suite(ring: Ring, kind: str) -> None:
    with pytest.raises(InvalidSettingError):
        SUITE.sign(ring.signer(getattr(ring, kind)), b"octets")


def test_a_signature_over_other_octets_is_refused(ring: Ring) -> None:
    signer = ring.signer(ring.rsa)

    with pytest.raises(AuthenticationError):
        SUITE.verify(signer.certificate, alg.RSA_SHA256, b"other", signer.sign(b"octets"))


@pytest.mark.parametrize("algorithm", [alg.ECDSA_SHA256, alg.ED25519, f"{alg.DS}rsa-sha1", ""])
def test_a_signature_algorithm_outside_the_suite_is_refused(ring: Ring, algorithm: str) -> None:
    signer = ring.signer(ring.rsa)

    with pytest.raises(SecurityPolicyError):
        SUITE.verify(signer.certificate, algorithm, b"octets", signer.sign(b"octets"))


@pytest.mark.parametrize("kind", ["weak", "ec", "ed"])
def test_a_certificate_with_a_weak_or_other_key_is_refused(ring: Ring, kind: str) -> None:
    signer = ring.signer(getattr(ring, kind))

    with pytest.raises(SecurityPolicyError):
        SUITE.verify(signer.certificate, alg.RSA_SHA256, b"octets", signer.sign(b"octets"))


def test_a_content_key_crosses_to_its_recipient(ring: Ring) -> None:
    decrypter = ring.decrypter(ring.rsa)
    key = SUITE.new_content_key(os.urandom)

    encrypted = SUITE.encrypt_key(decrypter.certificate, key, os.urandom)

    assert isinstance(encrypted, TransportedKey)
    assert SUITE.decrypt_key(decrypter, encrypted) == key
    assert (encrypted.algorithm, encrypted.digest, encrypted.mask, encrypted.label) == (
        alg.RSA_OAEP,
        alg.SHA256,
        alg.MGF1_SHA256,
        b"",
    )
    assert len(key.octets) == 16
    assert key.octets not in encrypted.cipher_value


@pytest.mark.parametrize(
    ("declared", "oaep"),
    [
        ({"algorithm": alg.RSA_OAEP}, ("sha1", "sha1")),
        ({"algorithm": alg.RSA_OAEP, "digest": alg.SHA256}, ("sha256", "sha1")),
        ({"algorithm": alg.RSA_OAEP, "mask": alg.MGF1_SHA256}, ("sha1", "sha256")),
        (
            {"algorithm": alg.RSA_OAEP, "digest": alg.SHA512, "mask": alg.MGF1_SHA384},
            ("sha512", "sha384"),
        ),
        ({"algorithm": alg.RSA_OAEP_MGF1P}, ("sha1", "sha1")),
        ({"algorithm": alg.RSA_OAEP_MGF1P, "digest": alg.SHA256}, ("sha256", "sha1")),
    ],
)
@pytest.mark.parametrize("label", [b"", b"label"])
def test_what_a_partner_declares_is_honoured(
    ring: Ring, declared: dict[str, str], oaep: tuple[str, str], label: bytes
) -> None:
    decrypter = ring.decrypter(ring.rsa)
    parameters = Oaep(digest=oaep[0], mask=oaep[1], label=label)
    cipher_value = wrap_oaep(decrypter.certificate, KEY.octets, parameters)

    encrypted = TransportedKey(**declared, cipher_value=cipher_value, label=label)

    assert SUITE.decrypt_key(decrypter, encrypted) == KEY


@pytest.mark.parametrize(
    "declared",
    [
        {"algorithm": f"{alg.XENC}rsa-1_5"},
        {"algorithm": f"{alg.XENC}kw-aes128"},
        {"algorithm": ""},
        {"algorithm": alg.RSA_OAEP, "digest": f"{alg.DSIG_MORE}md5"},
        {"algorithm": alg.RSA_OAEP, "mask": "mgf2"},
        {"algorithm": alg.RSA_OAEP_MGF1P, "mask": alg.MGF1_SHA256},
    ],
)
def test_a_key_transport_outside_the_suite_is_refused(ring: Ring, declared: dict[str, str]) -> None:
    encrypted = TransportedKey(**declared, cipher_value=b"\x00" * 256)  # type: ignore[arg-type]

    with pytest.raises(SecurityPolicyError):
        SUITE.decrypt_key(ring.decrypter(ring.rsa), encrypted)


def test_only_rsa_certificates_are_encrypted_for(ring: Ring) -> None:
    with pytest.raises(InvalidSettingError):
        SUITE.encrypt_key(ring.certificate(ring.ec, Purpose.ENCRYPTION), KEY, os.urandom)


def test_content_is_vector_text_and_tag_with_a_fresh_vector() -> None:
    one = encrypted_content(KEY, PLAIN, os.urandom)
    other = encrypted_content(KEY, PLAIN, os.urandom)

    assert len(one) == 12 + len(PLAIN) + 16
    assert one[:12] != other[:12]
    assert decrypted_content(KEY, alg.AES128_GCM, one) == PLAIN


def test_a_known_answer_of_aes_128_gcm() -> None:
    # NIST SP 800-38D validation vectors, gcmEncryptExtIV128: 96-bit IV, no AAD, 128-bit text.
    key = ContentKey(bytes.fromhex("7fddb57453c241d03efbed3ac44e371c"))
    vector = bytes.fromhex("ee283a3fc75575e33efd4887")
    text = bytes.fromhex("d5de42b461646c255c87bd2962d3b9a2")

    sealed = encrypted_content(key, text, lambda size: vector[:size])

    assert (
        sealed[12:].hex() == "2ccda4a5415cb91e135c2a0f78c9b2fd" + "b36d1df9b9d5e596f83e8b7f52971cb3"
    )


@pytest.mark.parametrize("cipher", [f"{alg.XENC}aes128-cbc", f"{alg.XENC11}aes256-gcm", ""])
def test_a_content_cipher_outside_the_suite_is_refused(cipher: str) -> None:
    with pytest.raises(SecurityPolicyError):
        decrypted_content(KEY, cipher, encrypted_content(KEY, PLAIN, os.urandom))


def failure(ring: Ring, encrypted: EncryptedKey, content: bytes) -> tuple[object, ...]:
    with pytest.raises(DecryptionError) as caught:
        decrypted_content(
            SUITE.decrypt_key(ring.decrypter(ring.rsa), encrypted), alg.AES128_GCM, content
        )
    err = caught.value
    is_silent = err.__cause__ is None and (err.__suppress_context__ or err.__context__ is None)
    return type(err), str(err), tuple(err.facts), is_silent


def test_every_failed_decryption_looks_the_same(ring: Ring) -> None:
    certificate = ring.certificate(ring.rsa, Purpose.ENCRYPTION)
    good = SUITE.encrypt_key(certificate, KEY, os.urandom)
    content = encrypted_content(KEY, PLAIN, os.urandom)
    assert isinstance(good, TransportedKey)
    damaged = bytes((good.cipher_value[0] ^ 1,)) + good.cipher_value[1:]
    foreign = SUITE.encrypt_key(ring.certificate(ring.stranger), KEY, os.urandom)
    # A guesser who knows what stands in for a key that does not open gains nothing by it.
    stand_in = encrypted_content(ContentKey(bytes(16)), PLAIN, os.urandom)

    failures = {
        "tag": failure(ring, good, content[:-1] + bytes([content[-1] ^ 1])),
        "text": failure(ring, good, content[:20] + bytes([content[20] ^ 1]) + content[21:]),
        "short": failure(ring, good, content[:27]),
        "empty": failure(ring, good, b""),
        "wrong content key": failure(
            ring, SUITE.encrypt_key(certificate, ContentKey(b"k" * 16), os.urandom), content
        ),
        "long content key": failure(
            ring, SUITE.encrypt_key(certificate, ContentKey(b"k" * 32), os.urandom), content
        ),
        "damaged OAEP": failure(ring, replace(good, cipher_value=damaged), content),
        "OAEP for another": failure(ring, foreign, content),
        "OAEP with another digest": failure(ring, replace(good, digest=alg.SHA512), content),
        "OAEP with another label": failure(ring, replace(good, label=b"x"), content),
        "OAEP cut": failure(ring, replace(good, cipher_value=b""), content),
        "known stand-in": failure(ring, replace(good, cipher_value=damaged), stand_in),
    }

    assert set(failures.values()) == {
        (DecryptionError, "the message could not be decrypted", (), True)
    }


@pytest.mark.parametrize("size", [5, 24, 32])
def test_a_content_key_of_another_length_opens_nothing(ring: Ring, size: int) -> None:
    decrypter = ring.decrypter(ring.rsa)
    key = ContentKey(b"k" * size)
    encrypted = SUITE.encrypt_key(decrypter.certificate, key, os.urandom)
    content = encrypted_content(key, PLAIN, os.urandom) if size > 5 else PLAIN

    with pytest.raises(DecryptionError):
        decrypted_content(SUITE.decrypt_key(decrypter, encrypted), alg.AES128_GCM, content)


def test_a_content_key_is_not_shown() -> None:
    assert "0102" not in repr(KEY).replace("\\x", "")
    assert repr(KEY) == "ContentKey()"


@given(st.binary(max_size=3000))
def test_laws_of_encryption(plain: bytes) -> None:
    assert (
        decrypted_content(KEY, alg.AES128_GCM, encrypted_content(KEY, plain, os.urandom)) == plain
    )


@given(st.binary(max_size=100))
def test_laws_of_junk_content(junk: bytes) -> None:
    with pytest.raises(DecryptionError):
        decrypted_content(KEY, alg.AES128_GCM, junk)
