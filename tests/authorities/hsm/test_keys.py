from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange_node.authorities.hsm.keys import (
    ModuleDecrypter,
    ModuleSigner,
    open_decrypter,
    open_signer,
)
from exchange_node.authorities.hsm.module import Modules
from exchange_node.domain.errors import InvalidSettingError, PassphraseError
from exchange_node.security import algorithms as alg
from exchange_node.security.keys import Oaep, is_signed_by, public_octets, wrap_oaep
from tests.authorities.hsm.conftest import PIN, Module
from tests.security.authority import Authority, Key, new_key, new_root

SHA256 = Oaep(digest="sha256", mask="sha256")
WHERE = "signing.pkcs11"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
DAY = timedelta(days=1)


@pytest.fixture(name="ca", scope="module")
def _ca() -> Authority:
    return new_root()


@pytest.fixture(name="modules")
def _modules() -> Modules:
    return Modules()


def certified(ca: Authority, key: Key) -> x509.Certificate:
    return ca.issue("node", key.public_key())


@pytest.fixture(name="rsa_uri", scope="module")
def _rsa_uri(softhsm: Module) -> str:
    return softhsm.put(RSA, "rsa")


@pytest.fixture(name="signer")
def _signer(rsa_uri: str, ca: Authority, modules: Modules) -> ModuleSigner:
    return open_signer(rsa_uri, PIN, certified(ca, RSA), modules=modules, where=WHERE)


@pytest.fixture(name="decrypter")
def _decrypter(rsa_uri: str, ca: Authority, modules: Modules) -> ModuleDecrypter:
    return open_decrypter(rsa_uri, PIN, certified(ca, RSA), modules=modules, where=WHERE)


def test_an_rsa_key_in_a_module_signs(signer: ModuleSigner) -> None:
    assert signer.algorithm == alg.RSA_SHA256
    assert is_signed_by(signer.certificate, alg.RSA_SHA256, b"octets", signer.sign(b"octets"))


def test_an_elliptic_key_in_a_module_signs(
    softhsm: Module, ca: Authority, modules: Modules
) -> None:
    key = new_key()
    uri = softhsm.put(key, "ec")

    signer = open_signer(uri, PIN, certified(ca, key), modules=modules, where=WHERE)

    assert signer.algorithm == alg.ECDSA_SHA256
    assert is_signed_by(signer.certificate, alg.ECDSA_SHA256, b"octets", signer.sign(b"octets"))


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("mask", ["sha1", "sha256"])
def test_a_key_in_a_module_opens_what_was_encrypted_for_it(
    decrypter: ModuleDecrypter, digest: str, mask: str
) -> None:
    for label in (b"", b"a label"):
        oaep = Oaep(digest=digest, mask=mask, label=label)

        assert decrypter.decrypt(wrap_oaep(decrypter.certificate, b"key", oaep), oaep) == b"key"


def test_what_does_not_open_is_nothing_whatever_is_wrong(
    decrypter: ModuleDecrypter, ca: Authority
) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sha1 = Oaep(digest="sha1", mask="sha1")
    for oaep in (SHA256, sha1):
        right = wrap_oaep(decrypter.certificate, b"key", oaep)
        for wrong in (
            wrap_oaep(certified(ca, stranger), b"key", oaep),
            wrap_oaep(decrypter.certificate, b"key", sha1 if oaep is SHA256 else SHA256),
            right[:-1],
            right + b"\0",
            b"",
            b"\xff" * 256,
            bytes(256),
        ):
            assert decrypter.decrypt(wrong, oaep) is None
        assert decrypter.decrypt(right, oaep) == b"key"


def test_an_ed25519_key_in_a_module_signs(softhsm: Module, ca: Authority, modules: Modules) -> None:
    key = Ed25519PrivateKey.generate()
    uri = softhsm.put(key, "ed25519")

    signer = open_signer(uri, PIN, certified(ca, key), modules=modules, where=WHERE)

    assert signer.algorithm == alg.ED25519
    signature = signer.sign(b"octets")
    assert len(signature) == 64
    key.public_key().verify(signature, b"octets")
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signature, b"other octets")


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
def test_a_key_on_a_curve_agrees_in_the_module(
    softhsm: Module, ca: Authority, modules: Modules, curve: ec.EllipticCurve
) -> None:
    key = ec.generate_private_key(curve)
    uri = softhsm.put_agreeing(key, f"agrees-{curve.name}")
    other = ec.generate_private_key(curve)
    elsewhere = ec.generate_private_key(ec.SECP521R1())

    decrypter = open_decrypter(uri, PIN, certified(ca, key), modules=modules, where=WHERE)

    assert decrypter.agree(public_octets(other.public_key())) == key.exchange(
        ec.ECDH(), other.public_key()
    )
    assert decrypter.agree(public_octets(elsewhere.public_key())) is None
    assert decrypter.agree(b"junk") is None
    assert decrypter.decrypt(b"junk", SHA256) is None


def test_a_key_that_may_not_agree_is_noticed_at_the_start(
    softhsm: Module, ca: Authority, modules: Modules
) -> None:
    key = new_key()
    uri = softhsm.put(key, "signs-alone")

    with pytest.raises(InvalidSettingError, match="not permitted this use"):
        open_decrypter(uri, PIN, certified(ca, key), modules=modules, where=WHERE)


def test_a_key_that_decrypts_does_not_agree(decrypter: ModuleDecrypter) -> None:
    assert decrypter.agree(public_octets(new_key().public_key())) is None


def test_many_threads_use_one_key(signer: ModuleSigner) -> None:
    with ThreadPoolExecutor(4) as pool:
        signatures = set(pool.map(signer.sign, [b"octets"] * 40))

    assert len(signatures) == 1


def test_a_key_and_a_certificate_that_do_not_fit_are_noticed_at_the_start(
    rsa_uri: str, ca: Authority, modules: Modules
) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    with pytest.raises(InvalidSettingError, match="does not belong"):
        open_signer(rsa_uri, PIN, certified(ca, other), modules=modules, where=WHERE)
    with pytest.raises(InvalidSettingError, match="does not open"):
        open_decrypter(rsa_uri, PIN, certified(ca, other), modules=modules, where=WHERE)
    with pytest.raises(InvalidSettingError, match="does not sign"):
        open_signer(rsa_uri, PIN, certified(ca, new_key()), modules=modules, where=WHERE)
    for key in (new_key(), Ed25519PrivateKey.generate()):
        with pytest.raises(InvalidSettingError, match="does not open"):
            open_decrypter(rsa_uri, PIN, certified(ca, key), modules=modules, where=WHERE)


def test_a_key_or_token_that_is_not_there_is_named(
    softhsm: Module, ca: Authority, modules: Modules
) -> None:
    certificate = certified(ca, RSA)

    with pytest.raises(InvalidSettingError, match="no such private key"):
        open_signer(softhsm.uri("lost"), PIN, certificate, modules=modules, where=WHERE)
    with pytest.raises(InvalidSettingError, match="no such token"):
        open_signer(softhsm.uri("rsa", "elsewhere"), PIN, certificate, modules=modules, where=WHERE)


def test_a_library_that_is_none_is_named(
    ca: Authority, modules: Modules, softhsm: Module, tmp_path: Path
) -> None:
    uri = f"pkcs11:token=node;object=rsa?module-path={tmp_path}/module.so"

    with pytest.raises(InvalidSettingError, match=r"module\.so"):
        open_signer(uri, PIN, certified(ca, RSA), modules=modules, where=WHERE)


def test_two_keys_of_one_name_are_told_apart_by_number(
    softhsm: Module, ca: Authority, modules: Modules
) -> None:
    one, other = new_key(), new_key()
    uri = softhsm.put(one, "twin")
    softhsm.put(other, "twin")
    number = next(softhsm.numbers) - 1

    with pytest.raises(InvalidSettingError, match="several private keys"):
        open_signer(uri, PIN, certified(ca, other), modules=modules, where=WHERE)
    exact = uri.replace("object=twin", f"object=twin;id=%{number:02x}")
    open_signer(exact, PIN, certified(ca, other), modules=modules, where=WHERE)


def test_a_wrong_pin_is_refused_and_not_said_aloud(
    softhsm: Module, ca: Authority, modules: Modules
) -> None:
    import pkcs11

    pkcs11.lib(str(softhsm.library)).reinitialize()  # whoever was logged in is not any more

    with pytest.raises(PassphraseError, match="PIN") as caught:
        open_signer(
            softhsm.uri("rsa"), "0000-wrong", certified(ca, RSA), modules=modules, where=WHERE
        )

    assert "0000-wrong" not in str(caught.value)


def test_a_module_that_was_restarted_is_found_again(signer: ModuleSigner, softhsm: Module) -> None:
    import pkcs11

    pkcs11.lib(str(softhsm.library)).reinitialize()

    assert is_signed_by(signer.certificate, alg.RSA_SHA256, b"octets", signer.sign(b"octets"))
