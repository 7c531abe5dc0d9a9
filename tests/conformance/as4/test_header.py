from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from lxml import etree

from exchange_node.ebms.message import Packed
from exchange_node.ebms.packaging import mime
from tests.conformance.as4.peer import Peer, Post
from tests.ebms.meddling import EB, Draft

NAMES = {"eb": EB}


def test_ta01_a_message_gets_a_signed_receipt_in_the_same_response(peer: Peer) -> None:
    packed = peer.pack(peer.message())

    answer = peer.post(packed)

    assert answer.status == 200
    assert answer.content_type.startswith("application/soap+xml")
    assert set(peer.receipt(packed).references) == set(packed.references)
    assert len(peer.delivered()) == 1


def test_ta03_each_side_is_named_by_one_party_id(legs: tuple[Post, ...]) -> None:
    for post in legs:
        for side in ("From", "To"):
            assert len(post.draft.root.findall(f".//eb:{side}/eb:PartyId", NAMES)) == 1


@pytest.mark.parametrize("side", ["From", "To"])
def test_ta03_a_second_party_id_is_refused(peer: Peer, side: str) -> None:
    def double(draft: Draft) -> None:
        party = draft.find(f"eb:{side}/eb:PartyId")
        party.addnext(deepcopy(party))

    error = peer.error(peer.altered(peer.message(), double))

    assert (error.ebms_code, error.severity) == ("EBMS:0003", "failure")


@pytest.mark.parametrize("href", ["https://uz.example/alert.xml", "http://uz.example/alert.xml"])
def test_ta08_a_payload_elsewhere_on_the_network_is_refused_at_once(peer: Peer, href: str) -> None:
    def point(draft: Draft) -> None:
        draft.find("eb:PartInfo").set("href", href)

    error = peer.error(peer.altered(peer.message(), point))

    assert (error.ebms_code, error.short) == ("EBMS:0011", "ExternalPayloadError")


def test_ta18_every_message_has_a_conversation_id(legs: tuple[Post, ...]) -> None:
    assert all(post.draft.find("eb:ConversationId").text for post in legs)


def test_ta18_an_empty_conversation_id_is_no_fault(peer: Peer) -> None:
    peer.receipt(peer.pack(peer.ping(conversation_id="")))

    assert peer.recorded("message.refused") == []


def test_ta19_an_answer_stays_in_the_conversation_of_its_request(legs: tuple[Post, ...]) -> None:
    request, answer = (post.draft.find("eb:ConversationId").text for post in legs)
    assert request == answer


def test_ta20_a_message_property_may_have_a_type(peer: Peer) -> None:
    message = peer.message()
    typed = {name: f"urn:{name}" for name in list(message.properties)[:2]}

    packed = peer.pack(peer.message(property_types=typed))

    properties = Draft.of(packed).root.findall(".//eb:MessageProperties/eb:Property", NAMES)
    assert {one.get("type") for one in properties} == {*typed.values(), None}
    peer.receipt(packed)
    assert len(peer.delivered()) == 1


def test_ta21_a_message_without_payload_may_come_as_a_multipart_of_one(peer: Peer) -> None:
    packed = peer.pack(peer.ping())
    root = mime.Part(content=packed.body, content_type=packed.content_type, content_id="r@uz")
    content_type, body = mime.join(root, (), boundary="B1")

    peer.receipt(Packed(content_type=content_type, body=body, references=packed.references))


def test_ta22_a_message_without_payload_may_come_as_a_bare_envelope(peer: Peer) -> None:
    packed = peer.pack(peer.ping())

    assert packed.content_type.startswith("application/soap+xml")
    peer.receipt(packed)


def test_ta43_a_part_property_may_have_a_type(peer: Peer) -> None:
    def describe(draft: Draft) -> None:
        properties = draft.find("eb:PartProperties")
        for name, kind in (("typed", "urn:kind"), ("bare", None)):
            one = etree.SubElement(properties, f"{{{EB}}}Property", name=name)
            one.text = "value"
            if kind:
                one.set("type", kind)

    peer.receipt(peer.altered(peer.message(), describe))

    assert len(peer.delivered()) == 1


def test_ta44_a_tracking_identifier_does_not_hinder(peer: Peer) -> None:
    message = peer.message()
    properties = {**message.properties, "trackingIdentifier": "T-1"}

    peer.receipt(peer.pack(replace(message, properties=properties)))

    assert peer.delivered() == [message.conversation_id]


def test_ta46_a_typed_agreement_is_named_and_receipted(peer: Peer) -> None:
    message = peer.message()
    packed = peer.pack(message)
    agreement = Draft.of(packed).find("eb:AgreementRef")
    assert (agreement.text, agreement.get("type")) == (
        message.agreement_ref,
        message.agreement_type,
    )

    receipt = peer.receipt(packed)

    assert receipt.ref_to_message_id == message.message_id
