from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from exchange_node.domain.errors import MimeInconsistencyError, ValueInconsistentError
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import Payload
from exchange_node.ebms.pack import MAX_PAYLOADS, pack
from exchange_node.ebms.packaging import mime
from tests.ebms.meddling import EB, Draft
from tests.ebms.parties import AT, CONTENT, World


def test_the_header_is_in_the_order_of_the_schema(world: World) -> None:
    message = world.message(CONTENT, ref_to_message_id="before@uz.example")
    draft = Draft.of(world.pack(message))

    names = [etree.QName(one).localname for one in draft.find("eb:UserMessage").iter()]

    assert names == [
        "UserMessage",
        *("MessageInfo", "Timestamp", "MessageId", "RefToMessageId"),
        *("PartyInfo", "From", "PartyId", "Role", "To", "PartyId", "Role"),
        *("CollaborationInfo", "AgreementRef", "Service", "Action", "ConversationId"),
        *("MessageProperties", "Property", "Property"),
        *("PayloadInfo", "PartInfo", "PartProperties", "Property", "Property", "Property"),
    ]


def test_the_security_header_has_what_was_applied_last_first(world: World) -> None:
    security = Draft.of(world.pack(world.message(b"1", b"2"))).security

    names = [etree.QName(one).localname for one in security]

    assert names == [
        *("EncryptedKey", "EncryptedData", "EncryptedData"),
        *("BinarySecurityToken", "Signature"),
    ]


def test_the_timestamp_is_utc_to_the_millisecond(world: World) -> None:
    draft = Draft.of(world.pack())

    assert draft.find("eb:Timestamp").text == "2026-03-01T08:15:00.123Z"


def test_what_is_signed_is_the_compressed_payload(world: World) -> None:
    (part,) = Draft.of(world.signed_only.pack()).parts

    assert gzip.decompress(whole(part.content)) == CONTENT
    assert part.content_type == "application/gzip"


def test_the_same_draw_gives_the_same_signature(world: World) -> None:
    packed = [
        pack(
            world.message(CONTENT),
            keys=world.kz.own,
            partner=world.signed_only.partner(world.uz),
            random_bytes=lambda length: b"\x01" * length,
        )
        for _ in range(2)
    ]

    assert packed[0] == packed[1]


def test_the_default_channel_is_not_written_and_another_is(world: World) -> None:
    user_message = f"{{{EB}}}UserMessage"
    plain = Draft.of(world.pack()).root.iter(user_message)
    named = Draft.of(world.pack(world.message(mpc="urn:mpc"))).root.iter(user_message)

    assert next(plain).get("mpc") is None
    assert next(named).get("mpc") == "urn:mpc"


@pytest.mark.parametrize(
    "change",
    [
        {"from_party": "customs.tm"},
        {"to_party": "customs.tm"},
        {"message_id": "no id"},
        {"message_id": "<a@b>"},
        {"message_id": "a@" + "b" * 254},
        {"message_id": "ä@b"},
        {"ref_to_message_id": ""},
        {"timestamp": AT.replace(tzinfo=None)},
        {"from_role": ""},
        {"action": " "},
        {"service": "transit"},
        {"agreement_type": ""},
        {"conversation_id": "a\x00b"},
        {"properties": {"": "x"}},
        {"properties": {"x": "\ud800"}},
        {"property_types": {"test": "\x01"}},
    ],
)
def test_a_value_that_cannot_stand_in_a_header_is_not_sent(
    world: World, change: dict[str, Any]
) -> None:
    with pytest.raises(ValueInconsistentError):
        world.pack(world.message(CONTENT, **change))


@pytest.mark.parametrize(
    "payload",
    [
        Payload(content=b"", content_id="no id\r\n"),
        Payload(content=b"", content_id=""),
        Payload(content=b"", content_id="a@b", mime_type=""),
        Payload(content=b"", content_id="a@b", properties={"CompressionType": "none"}),
        Payload(content=b"", content_id="a@b", properties={"MimeType": "text/xml"}),
    ],
)
def test_a_payload_that_cannot_be_described_is_not_sent(world: World, payload: Payload) -> None:
    with pytest.raises(ValueInconsistentError):
        world.pack(world.message(payloads=(payload,)))


def test_two_payloads_of_one_content_id_are_not_sent(world: World) -> None:
    payloads = (Payload(content=b"1", content_id="a@b"), Payload(content=b"2", content_id="a%40b"))

    with pytest.raises(ValueInconsistentError, match="there twice"):
        world.pack(world.message(payloads=payloads))


def test_as_many_payloads_go_as_a_receiver_lets_in(world: World) -> None:
    contents = [b"%d" % number for number in range(MAX_PAYLOADS)]

    received = world.unpack(world.pack(world.message(*contents)))

    assert [one.content for one in received.message.payloads] == contents
    with pytest.raises(ValueInconsistentError, match="at most 30"):
        world.pack(world.message(*contents, b"one more"))


def test_a_boundary_that_occurs_in_a_payload_is_not_used(world: World) -> None:
    with pytest.raises(MimeInconsistencyError, match="boundary occurs"):
        pack(
            world.message(b"--part-" + b"01" * 16),
            keys=world.kz.own,
            partner=world.signed_only.partner(world.uz),
            random_bytes=lambda length: b"\x01" * length,
            compresses=False,
        )


def test_a_moment_in_another_zone_is_written_in_utc(world: World) -> None:
    moment = datetime.fromisoformat("2026-03-01T13:15:00.123999+05:00")
    draft = Draft.of(world.pack(world.message(CONTENT, timestamp=moment)))

    assert draft.find("eb:Timestamp").text == "2026-03-01T08:15:00.123Z"


def test_the_root_is_named_by_start(world: World) -> None:
    packed = world.pack()
    media = mime.read_media_type(packed.content_type)
    start = replace(Draft.of(packed).start)

    assert media.parameters["type"] == "application/soap+xml"
    assert media.parameters["start"] == f"<{start.content_id}>"
    assert start.content_id.endswith("@kz.example")
