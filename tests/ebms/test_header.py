from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from exchange_node.domain.errors import (
    DecompressionError,
    ExternalPayloadError,
    InvalidHeaderError,
    MimeInconsistencyError,
    ProtocolError,
    ValueInconsistentError,
)
from exchange_node.ebms.packaging import mime
from tests.ebms.meddling import Draft
from tests.ebms.parties import World


def refused_header(world: World, change: str) -> ProtocolError:
    """Return how a header is refused in which the first text of `change` became the second."""
    old, new = change.split(" => ")
    draft = Draft.of(world.signed_only.pack())
    text = etree.tostring(draft.root, encoding="unicode")
    assert old in text, old
    draft.root = etree.fromstring(text.replace(old, new))
    draft.sign(world.kz.own.signer)
    with pytest.raises(ProtocolError) as caught:
        world.signed_only.unpack(draft.close())
    return caught.value


INFO = "<eb:MessageInfo>"
TIME = "2026-03-01T08:15:00.123Z"


@pytest.mark.parametrize(
    "change",
    [
        f"{TIME} => 2026-13-01T08:15:00Z",
        f"{TIME} => yesterday",
        f"{TIME} => 0001-01-01T00:00:00+14:00",
        f"{TIME} => {TIME}<x/>",
        "7d0c-1@kz.example</eb:MessageId> => </eb:MessageId>",
        "</eb:MessageInfo> => </eb:MessageInfo>text",
        f"{INFO} => {INFO}<eb:Other/>",
        "<eb:Action>TM-010</eb:Action> => ",
        "<eb:Action>TM-010</eb:Action> => <eb:Action/>",
        "<eb:ConversationId>KZ/mrn/26KZ0000000000001</eb:ConversationId> => ",
        "<eb:PartyInfo> => <eb:PartyInfo><eb:To/>",
        "<eb:UserMessage> => <eb:UserMessage other='1'>",
        "<eb:UserMessage> => <eb:UserMessage><eb:PartyInfo/>",
        "<eb:MessageProperties> => <eb:MessageProperties><eb:Property/>",
        (
            '<eb:Property name="test">true</eb:Property></eb:MessageProperties> => '
            "</eb:MessageProperties><eb:MessageProperties/>"
        ),
        "<eb:PartProperties> => <eb:Schema/><eb:PartProperties>",
        "<eb:PartProperties> => <eb:Description/><eb:PartProperties>",
        "<eb:PayloadInfo> => <eb:PayloadInfo x='1'><eb:PartInf/>",
        "</eb:UserMessage> => </eb:UserMessage><eb:Unknown/>",
        'env:mustUnderstand="true" wsu => wsu',
        "<eb:Messaging => <eb:Messaging env:role='urn:other'",
        "<env:Header> => <env:Header><x xmlns='urn:x' env:mustUnderstand='1'/>",
        "<env:Header> => <env:Header/><env:Header>",
    ],
)
def test_a_header_that_the_schema_does_not_allow_is_refused(world: World, change: str) -> None:
    assert isinstance(refused_header(world, change), InvalidHeaderError)


@pytest.mark.parametrize(
    "change",
    [
        "7d0c-1@kz.example</eb:MessageId> => 7d0c-1</eb:MessageId>",
        "7d0c-1@kz.example</eb:MessageId> => &lt;7d0c-1@kz.example&gt;</eb:MessageId>",
        f"7d0c-1@kz.example</eb:MessageId> => {'x' * 255}@kz</eb:MessageId>",
        "</eb:MessageId> => </eb:MessageId><eb:RefToMessageId>x</eb:RefToMessageId>",
        "<eb:From> => <eb:From><eb:PartyId>urn:x</eb:PartyId>",
        'type="urn:carec:agreement" => ',
        ">urn:carec:service:transit< => >transit<",
        '<eb:Property name="test"> => <eb:Property name="agreementVersion">',
    ],
)
def test_a_header_value_that_breaks_a_rule_of_the_standard_is_inconsistent(
    world: World, change: str
) -> None:
    assert isinstance(refused_header(world, change), ValueInconsistentError)


def test_a_payload_elsewhere_on_the_network_is_an_external_payload(world: World) -> None:
    error = refused_header(world, 'href="cid:payload-1@kz.example" => href="https://x.example/1"')

    assert isinstance(error, ExternalPayloadError)
    assert error.ebms_code == "EBMS:0011"


@pytest.mark.parametrize(
    "change",
    [
        'href="cid:payload-1@kz.example" => ',
        'href="cid:payload-1@kz.example" => href="#body"',
        "<eb:PayloadInfo> => <eb:PayloadInfo><eb:PartInfo href='cid:payload-1@kz.example'/>",
        "<eb:PayloadInfo> => <eb:PayloadInfo><eb:PartInfo href='cid:other@kz.example'/>",
        "cid:payload-1@kz.example => cid:other@kz.example",
    ],
)
def test_a_part_info_that_names_no_part_of_its_own_is_a_mime_inconsistency(
    world: World, change: str
) -> None:
    assert isinstance(refused_header(world, change), MimeInconsistencyError)


def test_a_signed_part_that_no_part_info_names_is_a_mime_inconsistency(world: World) -> None:
    draft = Draft.of(world.signed_only.pack())
    draft.parts.append(mime.Part(content=b"more", content_id="more@kz.example"))

    with pytest.raises(MimeInconsistencyError, match="no PartInfo names part"):
        world.signed_only.unpack(draft.sign(world.kz.own.signer).close())


def test_a_part_without_content_id_is_a_mime_inconsistency(world: World) -> None:
    packed = world.pack(world.message(b"1", b"2"))
    body = packed.octets.replace(b"Content-ID: <payload-2@kz.example>\r\n", b"")

    with pytest.raises(MimeInconsistencyError, match="no Content-ID"):
        world.unpack(replace(packed, body=body))


def test_a_missing_part_is_a_mime_inconsistency(world: World) -> None:
    draft = Draft.of(world.pack(world.message(b"1", b"2")))
    draft.parts.pop()

    with pytest.raises(MimeInconsistencyError, match="payload-2"):
        world.unpack(draft.close())


@pytest.mark.parametrize(
    "change",
    [
        '<eb:Property name="MimeType">application/xml</eb:Property> => ',
        "application/gzip</eb:Property> => application/zip</eb:Property>",
    ],
)
def test_a_compressed_payload_needs_its_properties(world: World, change: str) -> None:
    assert isinstance(refused_header(world, change), DecompressionError)
