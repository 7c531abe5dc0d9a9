from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography import x509
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from exchange_node.domain.errors import (
    DecryptionError,
    InvalidSettingError,
    SecurityPolicyError,
)
from exchange_node.ebms.message import ErrorSignal
from exchange_node.ebms.signals import check_receipt
from exchange_node.security import algorithms as alg
from exchange_node.security.suites import SUITES
from tests.ebms.answers import SENT, answer, error_signal, receipt, receipt_of
from tests.ebms.curves import SPOKEN, world_of
from tests.ebms.meddling import Draft, refusal
from tests.ebms.parties import CONTENT, World

ON_THE_WIRE = {
    "edelivery-1.15": (alg.RSA_SHA256, alg.RSA_OAEP),
    "edelivery-2.0": (
        "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
        "http://www.w3.org/2001/04/xmlenc#kw-aes128",
    ),
    "edelivery-2.0-ecc": (
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmlenc#kw-aes128",
    ),
}


@pytest.mark.parametrize(("suite", "signing", "encryption"), SPOKEN)
def test_a_message_crosses_in_every_suite(suite: str, signing: str, encryption: str) -> None:
    world = world_of(suite, signing, encryption)
    message = world.message(CONTENT, b"second")

    received = world.unpack(world.pack(message))

    assert received.message == message
    assert received.signer == world.kz.known.signing[0]


@pytest.mark.parametrize(("suite", "signing", "encryption"), SPOKEN)
def test_a_receipt_comes_back_in_the_suite_of_the_message(
    suite: str, signing: str, encryption: str
) -> None:
    world = world_of(suite, signing, encryption)
    packed = world.pack()

    found = receipt(world, receipt_of(world, packed))

    check_receipt(found, message_id=SENT, references=packed.references)
    assert found.signer == world.uz.known.signing[0]


@pytest.mark.parametrize(("suite", "signing", "encryption"), SPOKEN)
def test_an_error_comes_back_signed_in_the_suite_of_the_partner(
    suite: str, signing: str, encryption: str
) -> None:
    world = world_of(suite, signing, encryption)

    found = answer(world, error_signal(world, DecryptionError()))

    assert isinstance(found, ErrorSignal)
    assert found.is_authenticated


@pytest.mark.parametrize(("suite", "signing", "encryption"), SPOKEN[:3])
def test_the_algorithms_stand_in_the_message(suite: str, signing: str, encryption: str) -> None:
    draft = Draft.of(world_of(suite, signing, encryption).pack())

    assert (
        draft.find("ds:SignatureMethod").get("Algorithm"),
        draft.find("xenc:EncryptedKey/xenc:EncryptionMethod").get("Algorithm"),
    ) == ON_THE_WIRE[suite]
    assert draft.find("xenc:EncryptedData/xenc:EncryptionMethod").get("Algorithm") == alg.AES128_GCM


def test_a_message_that_is_signed_only_carries_its_path_and_no_encryption() -> None:
    world = world_of("sign-only", "rsa", "rsa")

    draft = Draft.of(world.pack())

    token = draft.find("wsse:BinarySecurityToken")
    assert token.get("ValueType", "").endswith("#X509PKIPathv1")
    assert draft.root.find(f".//{{{alg.XENC}}}*") is None


@pytest.mark.parametrize("agreed", SUITES)
@pytest.mark.parametrize(("suite", "signing", "encryption"), SPOKEN[:3])
def test_a_message_in_a_suite_that_is_not_agreed_is_refused(
    suite: str, signing: str, encryption: str, agreed: str
) -> None:
    if agreed == suite:
        return
    world = world_of(suite, signing, encryption)
    sender = world.partner(world.kz, suite=SUITES[agreed])

    assert isinstance(refusal(world, world.pack(), sender=sender), SecurityPolicyError)


def test_a_suite_is_asked_for_keys_that_are_not_there() -> None:
    world = world_of("edelivery-2.0", "ed25519", "x25519")
    wanting = replace(
        world, uz=replace(world.uz, known=replace(world.uz.known, suite=SUITES["edelivery-1.15"]))
    )

    with pytest.raises(InvalidSettingError, match=r"none of this node's signs in suite"):
        wanting.pack()


@pytest.mark.parametrize(("suite", "signing", "encryption"), SPOKEN[2:5])
def test_another_implementation_verifies_our_ecdsa(
    suite: str, signing: str, encryption: str
) -> None:
    world = world_of(suite, signing, encryption)

    names = verified_by_signxml(world, receipt_of(world, world.pack()).octets)

    assert names == ["Messaging", "Body"]


def verified_by_signxml(world: World, body: bytes) -> list[str]:
    root = etree.fromstring(body)
    token = root.find(f".//{{{alg.DS}}}KeyInfo")
    assert token is not None
    token.getparent().remove(token)  # type: ignore[union-attr]
    certificate: x509.Certificate = world.uz.own.signer.certificate
    verified = XMLVerifier().verify(
        root,
        x509_cert=certificate,
        id_attribute="Id",
        expect_config=SignatureConfiguration(
            expect_references=2,
            require_x509=True,
            signature_methods=frozenset({SignatureMethod.ECDSA_SHA256}),
        ),
    )
    assert isinstance(verified, list)
    return [str(getattr(one.signed_xml, "tag", "")).rpartition("}")[2] for one in verified]
