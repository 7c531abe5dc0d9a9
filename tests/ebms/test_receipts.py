from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from exchange_node.domain.errors import (
    InvalidHeaderError,
    InvalidReceiptError,
)
from exchange_node.ebms.packaging import mime
from exchange_node.ebms.signals import check_receipt
from exchange_node.security import algorithms as alg
from exchange_node.security.signature import reference_to
from tests.ebms.answers import SENT, answer, receipt, receipt_of
from tests.ebms.meddling import EB, Draft
from tests.ebms.parties import AT, CONTENT, World


@pytest.mark.parametrize("contents", [(), (CONTENT,), (b"1", b"2", b"3")])
def test_a_receipt_proves_what_was_sent(world: World, contents: tuple[bytes, ...]) -> None:
    packed = world.pack(world.message(*contents))

    found = receipt(world, receipt_of(world, packed))

    check_receipt(found, message_id=SENT, references=packed.references)
    assert found.ref_to_message_id == SENT
    assert found.message_id == "r-1@uz.example"
    assert found.timestamp == AT
    assert found.signer == world.uz.own.signer.certificate
    assert len(found.references) == 2 + len(contents)


def test_a_receipt_may_come_in_a_multipart_of_one(world: World) -> None:
    packed = world.pack()
    answered = receipt_of(world, packed)
    root = mime.Part(
        content=answered.body, content_type=answered.content_type, content_id="r@uz.example"
    )
    content_type, body = mime.join(root, (), boundary="B1")
    found = receipt(world, replace(answered, content_type=content_type, body=body))

    check_receipt(found, message_id=SENT, references=packed.references)
    more = mime.join(root, (mime.Part(content=b"", content_id="p@uz.example"),), boundary="B1")
    with pytest.raises(InvalidHeaderError, match="no payloads"):
        answer(world, replace(answered, content_type=more[0], body=more[1]))


def test_another_implementation_verifies_our_signature(world: World) -> None:
    body = receipt_of(world, world.pack()).octets
    root = etree.fromstring(body)
    token = root.find(f".//{{{alg.DS}}}KeyInfo")
    assert token is not None
    token.getparent().remove(token)  # type: ignore[union-attr]

    verified = XMLVerifier().verify(
        root,
        x509_cert=world.uz.own.signer.certificate,
        id_attribute="Id",
        expect_config=SignatureConfiguration(expect_references=2, require_x509=True),
    )

    assert isinstance(verified, list)
    names = [str(getattr(one.signed_xml, "tag", "")).rpartition("}")[2] for one in verified]
    assert names == ["Messaging", "Body"]


def test_references_are_compared_by_value_and_in_any_order(world: World) -> None:
    packed = world.pack(world.message(b"1", b"2"))
    draft = Draft.of(receipt_of(world, packed))
    proof = draft.find("eb:Receipt")[0]
    proof[:] = list(reversed(proof))
    for one in proof.iter(f"{{{alg.DS}}}Reference"):
        one.set("URI", one.get("URI", "").replace("@", "%40"))
    text = etree.tostring(draft.root, encoding="unicode")
    draft.root = etree.fromstring(
        text.replace("<ds:", "<d:").replace("</ds:", "</d:").replace("xmlns:ds", "xmlns:d")
    )

    found = receipt(world, draft.sign(world.uz.own.signer).close())

    check_receipt(found, message_id=SENT, references=packed.references)


def test_a_receipt_echoes_the_prefix_lists_of_a_partner(world: World) -> None:
    draft = Draft.of(world.signed_only.pack())
    references = draft.references()
    for at, path in enumerate(("eb:Messaging", "env:Body")):
        references[at] = reference_to(
            references[at].uri, draft.find(path), prefixes=("wsse", "env")
        )
    packed = draft.sign(world.kz.own.signer, references).close()

    found = receipt(world, receipt_of(world.signed_only, packed))

    check_receipt(found, message_id=SENT, references=references)
    assert found.references[0].transforms == ((alg.EXCLUSIVE_C14N, ("wsse", "env")),)


@pytest.mark.parametrize("at", [0, 1])
def test_a_receipt_may_say_more_than_it_proves(world: World, at: int) -> None:
    packed = world.pack()
    draft = Draft.of(receipt_of(world, packed))
    more = etree.Element("{urn:fdc:com.helger.phase4:ns:info}phase4")
    etree.SubElement(more, "{urn:fdc:com.helger.phase4:ns:info}version").text = "4"
    draft.find("eb:Receipt").insert(at, more)

    found = receipt(world, draft.sign(world.uz.own.signer).close())

    check_receipt(found, message_id=SENT, references=packed.references)


def test_a_receipt_with_two_proofs_proves_nothing(world: World) -> None:
    draft = Draft.of(receipt_of(world, world.pack()))
    element = draft.find("eb:Receipt")
    element.append(copy.deepcopy(element[0]))

    with pytest.raises(InvalidReceiptError, match="2 proofs"):
        receipt(world, draft.sign(world.uz.own.signer).close())


def test_a_receipt_for_another_message_proves_nothing(world: World) -> None:
    packed = world.pack()
    found = receipt(world, receipt_of(world, packed))

    with pytest.raises(InvalidReceiptError, match=SENT) as caught:
        check_receipt(found, message_id="other@kz.example", references=packed.references)
    assert caught.value.ebms_code == "EBMS:0302"


def test_a_receipt_with_other_digests_proves_nothing(world: World) -> None:
    packed = world.pack()
    other = world.pack(world.message(b"other"))

    found = receipt(world, receipt_of(world, other))

    with pytest.raises(InvalidReceiptError, match="does not prove #body-"):
        check_receipt(found, message_id=SENT, references=packed.references)


def test_a_receipt_that_lacks_or_adds_a_reference_proves_nothing(world: World) -> None:
    packed = world.pack()
    found = receipt(world, receipt_of(world, packed))
    less = replace(found, references=found.references[:-1])
    more = replace(found.references[0], uri="#more")

    with pytest.raises(InvalidReceiptError, match="does not prove cid:payload-1@kz"):
        check_receipt(less, message_id=SENT, references=packed.references)
    with pytest.raises(InvalidReceiptError, match="was not sent"):
        check_receipt(
            replace(found, references=(*found.references, more)),
            message_id=SENT,
            references=packed.references,
        )


@pytest.mark.parametrize(
    "change",
    [
        {"digest_value": bytes(32)},
        {"digest_algorithm": alg.SHA512},
        {"transforms": ((alg.EXCLUSIVE_C14N, ("eb",)),)},
    ],
)
def test_a_receipt_in_which_one_value_differs_proves_nothing(
    world: World, change: dict[str, Any]
) -> None:
    packed = world.pack()
    found = receipt(world, receipt_of(world, packed))
    changed = (replace(found.references[0], **change), *found.references[1:])

    with pytest.raises(InvalidReceiptError):
        check_receipt(
            replace(found, references=changed), message_id=SENT, references=packed.references
        )


def unsigned(draft: Draft, _: World) -> None:
    draft.find("env:Header").remove(draft.security)


def signed_by_another(draft: Draft, world: World) -> None:
    draft.sign(world.tj.own.signer)


def altered_proof(draft: Draft, _: World) -> None:
    draft.find("eb:Receipt//ds:DigestValue").text = alg.encode64(bytes(32))


def body_unsigned(draft: Draft, world: World) -> None:
    draft.sign(world.uz.own.signer, draft.references()[:1])


def about_nothing(draft: Draft, world: World) -> None:
    info = draft.find("eb:MessageInfo")
    info.remove(draft.find("eb:RefToMessageId"))
    draft.sign(world.uz.own.signer)


def copy_of_the_header(draft: Draft, world: World) -> None:
    draft.find("eb:Receipt")[:] = [etree.Element(f"{{{EB}}}UserMessage")]
    draft.sign(world.uz.own.signer)


def broken_reference(draft: Draft, world: World) -> None:
    reference = draft.find("eb:Receipt//ds:Reference")
    reference.remove(reference[0])
    draft.sign(world.uz.own.signer)


@pytest.mark.parametrize(
    "meddle",
    [
        unsigned,
        signed_by_another,
        altered_proof,
        body_unsigned,
        about_nothing,
        copy_of_the_header,
        broken_reference,
    ],
)
def test_a_receipt_that_the_partner_did_not_sign_so_is_none(
    world: World, meddle: Callable[[Draft, World], None]
) -> None:
    draft = Draft.of(receipt_of(world, world.pack()))
    meddle(draft, world)

    with pytest.raises(InvalidReceiptError):
        answer(world, draft.close())


def test_a_receipt_by_an_expired_certificate_is_none(world: World) -> None:
    packed = receipt_of(world, world.pack())

    with pytest.raises(InvalidReceiptError, match="ended on"):
        answer(world, packed, at=AT + timedelta(days=400))
