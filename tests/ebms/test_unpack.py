from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from exchange_node.domain.errors import (
    DecompressionError,
    MimeInconsistencyError,
    ProcessingModeMismatchError,
    ProtocolError,
    ValueNotRecognizedError,
)
from exchange_node.ebms.message import Limits, Packed, UserMessage
from exchange_node.ebms.packaging import mime
from exchange_node.ebms.packaging.compression import deflate
from exchange_node.ebms.payloads import open_payloads
from exchange_node.ebms.pmodes.names import TEST_ACTION, TEST_SERVICE
from exchange_node.ebms.unpack import authenticate, peek
from exchange_node.security.signature import Reference
from tests.ebms.meddling import EB, Draft
from tests.ebms.parties import AT, CONTENT, KZ, World, agreed_as


def test_a_message_arrives_as_it_was_sent(world: World) -> None:
    message = world.message(CONTENT)

    received = world.unpack(world.pack(message))

    assert received.message == message
    assert received.sender == KZ
    assert received.signer == world.kz.own.signer.certificate


def test_several_payloads_arrive_each_with_its_own_bytes_in_order(world: World) -> None:
    message = world.message(b"first", b"second" * 1000, b"", CONTENT)

    received = world.unpack(world.pack(message))

    assert [one.content for one in received.message.payloads] == [
        b"first",
        b"second" * 1000,
        b"",
        CONTENT,
    ]
    assert received.message == message


def test_a_message_without_payload_arrives(world: World) -> None:
    message = world.message()
    packed = world.pack(message)

    assert packed.content_type == "application/soap+xml; charset=UTF-8"
    assert world.unpack(packed).message == message


def test_a_multipart_with_only_the_root_arrives(world: World) -> None:
    packed = world.pack(world.message())
    root = mime.Part(
        content=packed.body, content_type=packed.content_type, content_id="root@kz.example"
    )
    content_type, body = mime.join(root, (), boundary="B1")

    received = world.unpack(replace(packed, content_type=content_type, body=body))

    assert received.message == world.message()


def test_the_test_service_is_a_message_like_any_other(world: World) -> None:
    message = world.message(service=TEST_SERVICE, action=TEST_ACTION)

    received = world.unpack(world.pack(message))

    assert received.message.is_test
    assert not world.unpack(world.pack()).message.is_test


def test_every_header_value_arrives(world: World) -> None:
    payload = replace(
        world.message(CONTENT).payloads[0],
        mime_type="text/plain",
        character_set=None,
        properties={"name": " manifest  ü\t", "empty": ""},
        property_types={"name": "urn:t"},
    )
    message = world.message(
        payloads=(payload,),
        conversation_id="",
        agreement_ref="",
        service="transit",
        service_type="urn:services",
        ref_to_message_id="before@uz.example",
        properties={"originalSender": "C1", "finalRecipient": "C4"},
        property_types={"originalSender": "urn:corner"},
        mpc="urn:carec:mpc:uz",
    )

    received = replace(world, pmodes=agreed_as(message)).unpack(world.pack(message))

    assert received.message == message


def test_two_transmissions_have_one_digest_and_other_content_has_another(world: World) -> None:
    packed = world.pack()
    packed_anew = world.pack()
    digests = {world.unpack(one).digest for one in (packed, packed, packed_anew)}

    assert packed.references != packed_anew.references
    assert len(digests) == 1
    assert world.unpack(world.pack(world.message(CONTENT + b" "))).digest not in digests
    assert world.unpack(world.pack(world.message(CONTENT, action="TM-011"))).digest not in digests
    assert world.unpack(world.pack(world.message(CONTENT, b""))).digest not in digests


def test_parts_may_travel_in_another_order_than_the_header_names_them(world: World) -> None:
    draft = Draft.of(world.pack(world.message(b"first", b"second")))
    draft.parts.reverse()

    received = world.unpack(draft.close())

    assert [one.content for one in received.message.payloads] == [b"first", b"second"]


def test_the_security_header_may_come_first(world: World) -> None:
    draft = Draft.of(world.pack())
    header = draft.find("env:Header")
    header.insert(0, draft.security)

    assert world.unpack(draft.close()).message == world.message(CONTENT)


def test_a_payload_may_come_uncompressed(world: World) -> None:
    received = world.signed_only.unpack(uncompressed(world, CONTENT, "application/octet-stream"))

    assert received.message.payloads[0].content == CONTENT
    assert received.message.payloads[0].mime_type == "application/xml"


def test_without_mime_type_an_uncompressed_payload_has_the_type_of_its_part(world: World) -> None:
    draft = Draft.of(uncompressed(world, b"%PDF", "application/pdf; x=y"))
    draft.find("eb:PartProperties").remove(draft.find("eb:Property[@name='MimeType']"))
    draft.sign(world.kz.own.signer)

    received = world.signed_only.unpack(draft.close())

    assert received.message.payloads[0].mime_type == "application/pdf"


def uncompressed(world: World, content: bytes, content_type: str) -> Packed:
    draft = Draft.of(world.signed_only.pack())
    draft.parts = [replace(draft.parts[0], content=content, content_type=content_type)]
    draft.find("eb:PartProperties").remove(draft.find("eb:Property[@name='CompressionType']"))
    return draft.sign(world.kz.own.signer).close()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("from_party", "customs.tm"),
        ("from_type", "urn:other"),
        ("from_role", "urn:other"),
        ("to_party", "customs.tm"),
        ("to_type", "urn:other"),
        ("to_role", "urn:other"),
    ],
)
def test_a_message_between_others_than_was_agreed_is_no_agreed_exchange(
    world: World, field: str, value: str
) -> None:
    paths = {
        "from_party": ("eb:From/eb:PartyId", None),
        "from_type": ("eb:From/eb:PartyId", "type"),
        "from_role": ("eb:From/eb:Role", None),
        "to_party": ("eb:To/eb:PartyId", None),
        "to_type": ("eb:To/eb:PartyId", "type"),
        "to_role": ("eb:To/eb:Role", None),
    }
    path, attribute = paths[field]
    draft = Draft.of(world.pack())
    if attribute:
        draft.find(path).set(attribute, value)
    else:
        draft.find(path).text = value

    expected = ProcessingModeMismatchError if value == "urn:other" else ValueNotRecognizedError
    with pytest.raises(expected, match=value):
        world.unpack(draft.close())


@pytest.mark.parametrize("content", [b"no gzip", deflate(bytes(30_000_000)), deflate(b"x") + b"y"])
def test_a_payload_that_does_not_inflate_is_refused(world: World, content: bytes) -> None:
    draft = Draft.of(world.signed_only.pack())
    draft.parts = [replace(draft.parts[0], content=content)]

    with pytest.raises(DecompressionError) as caught:
        world.signed_only.unpack(draft.sign(world.kz.own.signer).close())
    assert caught.value.ebms_code == "EBMS:0303"


def test_payloads_are_bounded_one_by_one_and_together(world: World) -> None:
    packed = world.pack(world.message(bytes(600), bytes(600)))
    authenticated = authenticate(
        packed.content_type,
        packed.body,
        own=world.uz.own,
        partners={KZ: world.partner(world.kz)},
        pmodes=world.pmodes,
        at=AT,
    )

    received = open_payloads(authenticated, Limits(max_document_bytes=600))

    assert len(received.message.payloads) == 2
    with pytest.raises(DecompressionError, match="beyond 599"):
        open_payloads(authenticated, Limits(max_document_bytes=599))
    with pytest.raises(DecompressionError, match="beyond 599"):
        open_payloads(authenticated, Limits(max_total_bytes=1199))


def test_an_uncompressed_payload_is_bounded_too(world: World) -> None:
    packed = uncompressed(world, bytes(11), "application/octet-stream")
    authenticated = authenticate(
        packed.content_type,
        packed.body,
        own=world.uz.own,
        partners={KZ: world.signed_only.partner(world.kz)},
        pmodes=world.pmodes,
        at=AT,
    )

    with pytest.raises(MimeInconsistencyError, match="11 bytes, at most 10"):
        open_payloads(authenticated, Limits(max_document_bytes=10))


@pytest.mark.parametrize("name", ["SignalMessage", "UserMessage"])
def test_more_or_other_than_one_user_message_is_no_agreed_exchange(world: World, name: str) -> None:
    draft = Draft.of(world.pack())
    draft.find("eb:Messaging").insert(0, etree.Element(f"{{{EB}}}{name}"))

    with pytest.raises(ProcessingModeMismatchError, match="one user message"):
        world.unpack(draft.close())


def test_a_timestamp_in_any_zone_is_a_moment(world: World) -> None:
    for text in ("2026-03-01T13:15:00.123+05:00", "2026-03-01T08:15:00.1230000"):
        draft = Draft.of(world.pack())
        draft.find("eb:Timestamp").text = text
        draft.sign(world.kz.own.signer, signed_as(world, draft))

        assert world.unpack(draft.close()).message.timestamp == AT


def signed_as(world: World, draft: Draft) -> list[Reference]:
    """Return the references over the plain payload of an encrypted draft."""
    plain = replace(draft, parts=Draft.of(world.signed_only.pack()).parts)
    return plain.references()


def test_the_message_id_can_be_peeked_at_where_nothing_else_holds(world: World) -> None:
    draft = Draft.of(world.pack())
    draft.root.remove(draft.find("env:Body"))
    broken = draft.close()

    assert peek(broken.content_type, broken.body) == "7d0c-1@kz.example"
    with pytest.raises(ProtocolError):
        world.unpack(broken)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", b""),
        ("application/soap+xml", b"junk"),
        ("multipart/related; boundary=B1", b"junk"),
        ("application/soap+xml", f'<x xmlns:e="{EB}"><e:MessageId>a@b</e:MessageId></x>'.encode()),
        (
            "application/soap+xml",
            f'<MessageInfo xmlns="{EB}"><MessageId>a b</MessageId></MessageInfo>'.encode(),
        ),
    ],
)
def test_what_has_no_readable_message_id_gives_none(content_type: str, body: bytes) -> None:
    assert peek(content_type, body) is None


def test_a_message_made_long_ago_is_still_read_while_the_certificate_holds(world: World) -> None:
    message: UserMessage = world.message(CONTENT, timestamp=AT - timedelta(days=900))

    assert world.unpack(world.pack(message)).message.timestamp == AT - timedelta(days=900)
