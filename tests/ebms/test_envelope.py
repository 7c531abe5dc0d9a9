from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from lxml import etree

from exchange_node.domain.errors import (
    AuthenticationError,
    InvalidHeaderError,
    ProtocolError,
    SecurityPolicyError,
)
from exchange_node.ebms.message import Packed
from tests.ebms.meddling import EB, ENV, WSU_ID, Draft, Meddling, meddled, own_fault
from tests.ebms.parties import CONTENT, World


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/xml", b"<x/>"),
        ("application/soap+xml; charset=koi8-r", b"<x/>"),
        ("application/soap+xml", b"no xml"),
        ("application/soap+xml", b""),
        ("application/soap+xml", b"<!DOCTYPE x><x/>"),
        ("application/soap+xml", b'<x xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>'),
        (
            "application/soap+xml",
            b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>',
        ),
        ("application/soap+xml", f'<Envelope xmlns="{ENV}"><Body/></Envelope>'.encode()),
        ("application/soap+xml", f'<Envelope xmlns="{ENV}"><Header/><Body/></Envelope>'.encode()),
    ],
)
def test_what_is_no_soap_1_2_message_is_refused(
    world: World, content_type: str, body: bytes
) -> None:
    with pytest.raises(InvalidHeaderError):
        world.unpack(Packed(content_type=content_type, body=body, references=()))


def test_content_in_the_body_is_refused(world: World) -> None:
    draft = Draft.of(world.signed_only.pack())
    draft.find("env:Body").append(etree.Element("payload"))

    with pytest.raises(InvalidHeaderError, match="Body must be empty"):
        world.signed_only.unpack(draft.sign(world.kz.own.signer).close())


def second(path: str) -> Meddling:
    def meddle(draft: Draft, _: World) -> None:
        original = draft.find(path)
        copy = deepcopy(original)
        for element in copy.iter():
            for name in (WSU_ID, "Id"):
                element.attrib.pop(name, None)
        original.addnext(copy)

    return meddle


def move_messaging(draft: Draft, _: World) -> None:
    """The signed Messaging goes where nobody looks, another takes its place."""
    original = draft.find("eb:Messaging")
    forged = deepcopy(original)
    forged.set(WSU_ID, "forged")
    original.getparent().replace(original, forged)  # type: ignore[union-attr]
    wrapper = etree.SubElement(draft.find("env:Header"), "wrapper")
    wrapper.append(original)


def nest_body(draft: Draft, _: World) -> None:
    original = draft.find("env:Body")
    forged = etree.Element(f"{{{ENV}}}Body")
    forged.set(WSU_ID, "forged")
    draft.root.replace(original, forged)
    etree.SubElement(draft.security, "wrapper").append(original)


def double_id(draft: Draft, _: World) -> None:
    other = etree.SubElement(draft.find("env:Header"), "other")
    other.set("Id", draft.find("eb:Messaging").get(WSU_ID, ""))


def rename_payloads(draft: Draft, _: World) -> None:
    """The signed payload stays under its name, the header names another."""
    draft.find("eb:PartInfo").set("href", "cid:forged@kz.example")
    draft.parts.append(replace(draft.parts[0], content_id="forged@kz.example"))


def other_role(draft: Draft, _: World) -> None:
    draft.security.set(f"{{{ENV}}}role", "urn:other")


@pytest.mark.parametrize(
    ("meddle", "expected"),
    [
        (second("eb:Messaging"), InvalidHeaderError),
        (second("env:Body"), InvalidHeaderError),
        (second("env:Header"), InvalidHeaderError),
        (second("wsse:Security"), SecurityPolicyError),
        (move_messaging, InvalidHeaderError),
        (nest_body, InvalidHeaderError),
        (double_id, AuthenticationError),
        (rename_payloads, SecurityPolicyError),
        (other_role, SecurityPolicyError),
    ],
)
def test_nothing_that_is_signed_can_be_moved_about(
    world: World, meddle: Meddling, expected: type[ProtocolError]
) -> None:
    assert isinstance(own_fault(world, meddle), expected)
    assert isinstance(meddled(world, meddle), expected)


def test_a_header_under_the_signed_ones_id_is_not_the_signed_one(world: World) -> None:
    def meddle(draft: Draft, _: World) -> None:
        messaging = draft.find("eb:Messaging")
        signed_id = messaging.get(WSU_ID, "")
        messaging.set(WSU_ID, "forged")
        block = etree.SubElement(draft.find("env:Header"), f"{{{EB}}}Copy")
        block.set(WSU_ID, signed_id)

    error = own_fault(world, meddle)

    assert isinstance(error, SecurityPolicyError)
    assert "Messaging is not signed" in str(error)


def test_prefixes_and_a_second_id_are_the_partners_own_choice(world: World) -> None:
    draft = Draft.of(world.signed_only.pack())
    text = etree.tostring(draft.root, encoding="unicode")
    theirs = {"eb": "eb3", "env": "S12", "wsu": "u", "wsse": "s", "ds": "dsig"}
    for ours, other in theirs.items():
        for around in ("<{}:", "</{}:", " {}:", "xmlns:{}="):
            text = text.replace(around.format(ours), around.format(other))
    draft.root = etree.fromstring(text)
    draft.find("eb:Messaging").set("id", "another")
    draft.sign(world.kz.own.signer)

    assert world.signed_only.unpack(draft.close()).message == world.message(CONTENT)


def test_a_byte_order_mark_and_an_action_do_no_harm(world: World) -> None:
    packed = world.pack(world.message())
    content_type = f'{packed.content_type}; action="urn:x"'

    marked = replace(packed, content_type=content_type, body=b"\xef\xbb\xbf" + packed.octets)

    assert world.unpack(marked).message == world.message()
