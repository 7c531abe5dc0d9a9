from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import Packed, UserMessage
from exchange_node.ebms.packaging.compression import deflate, inflate
from tests.conformance.as4.peer import Peer, Post
from tests.ebms.meddling import Draft, refusal
from tests.ebms.parties import CONTENT, World
from tests.world import LIAISON

IMAGE = bytes(range(256)) * 40


def several(world: World) -> UserMessage:
    """A leading document and others, XML and not."""
    leading, image, other = world.message(CONTENT, IMAGE, b"<other/>").payloads
    image = replace(image, mime_type="image/jpeg", character_set=None)
    return world.message(payloads=(leading, image, other))


def properties_of(draft: Draft) -> list[dict[str, str]]:
    """Return the part properties of each PartInfo, in order."""
    return [
        {str(one.get("name")): one.text or "" for one in info.iter("{*}Property")}
        for info in draft.root.iter("{*}PartInfo")
    ]


def uncompressed(world: World, content: bytes) -> Packed:
    """Return a signed message whose payload goes as it is, and says so."""
    draft = Draft.of(world.signed_only.pack(world.message(content)))
    draft.parts = [replace(draft.parts[0], content=content)]
    parent = draft.find("eb:PartProperties")
    parent.remove(draft.find("eb:Property[@name='CompressionType']"))
    return draft.sign(world.kz.own.signer).close()


def test_ta04_an_uncompressed_payload_is_taken(world: World) -> None:
    packed = uncompressed(world, CONTENT)

    received = world.signed_only.unpack(packed)

    assert [one.content for one in received.message.payloads] == [CONTENT]


def test_ta05_a_payload_is_a_part_of_its_own_and_the_body_is_empty(legs: tuple[Post, ...]) -> None:
    for post in legs:
        body = post.draft.find("env:Body")
        assert (len(body), body.text) == (0, None)
        assert len(post.draft.parts) == len(properties_of(post.draft)) == 1


def test_ta06_several_payloads_are_parts_and_the_leading_document_comes_first(
    world: World,
) -> None:
    draft = Draft.of(world.signed_only.pack(several(world)))

    body = draft.find("env:Body")
    assert (len(body), body.text) == (0, None)
    assert [inflate(one.content, max_bytes=99_999, max_ratio=200) for one in draft.parts] == [
        CONTENT,
        IMAGE,
        b"<other/>",
    ]
    assert [one["MimeType"] for one in properties_of(draft)] == [
        "application/xml",
        "image/jpeg",
        "application/xml",
    ]


def test_ta07_several_payloads_all_arrive(world: World) -> None:
    received = world.unpack(world.pack(several(world)))

    assert [one.content for one in received.message.payloads] == [CONTENT, IMAGE, b"<other/>"]


def test_ta23_a_payload_leaves_as_gzip(world: World) -> None:
    draft = Draft.of(world.signed_only.pack(world.message(CONTENT)))

    (part,) = draft.parts
    assert part.content_type == "application/gzip"
    assert gzip.decompress(whole(part.content)) == CONTENT


def test_ta24_the_compression_is_named_in_the_header(legs: tuple[Post, ...]) -> None:
    for post in legs:
        (properties,) = properties_of(post.draft)
        assert properties["CompressionType"] == "application/gzip"


@pytest.mark.parametrize("kind", ["application/xml", "text/csv", "image/jpeg"])
def test_ta25_the_producers_type_is_named_in_the_header(world: World, kind: str) -> None:
    payload = replace(world.message(CONTENT).payloads[0], mime_type=kind)

    draft = Draft.of(world.pack(world.message(payloads=(payload,))))

    assert properties_of(draft)[0]["MimeType"] == kind


def test_ta26_a_compressed_payload_without_its_type_is_refused(peer: Peer) -> None:
    def drop(draft: Draft) -> None:
        parent = draft.find("eb:PartProperties")
        parent.remove(draft.find("eb:Property[@name='MimeType']"))

    error = peer.error(peer.altered(peer.message(), drop))

    assert (error.ebms_code, error.severity) == ("EBMS:0303", "failure")


def test_ta27_the_character_set_utf_16_is_named_and_arrives(world: World) -> None:
    named_and_kept(world, "UTF-16")


def test_ta28_the_character_set_utf_8_is_named_and_arrives(world: World) -> None:
    named_and_kept(world, "UTF-8")


def named_and_kept(world: World, name: str) -> None:
    payload = replace(world.message("<д/>".encode(name)).payloads[0], character_set=name)
    packed = world.pack(world.message(payloads=(payload,)))

    assert properties_of(Draft.of(packed))[0]["CharacterSet"] == name
    assert world.unpack(packed).message.payloads[0] == payload


@pytest.mark.parametrize("name", ["!utf*", "8bit", "UTF 8", "-", "Кои8"])
def test_ta29_a_character_set_that_xml_has_no_name_for_is_refused(peer: Peer, name: str) -> None:
    def rename(draft: Draft) -> None:
        draft.find("eb:Property[@name='CharacterSet']").text = name

    error = peer.error(peer.altered(peer.message(), rename))

    assert (error.ebms_code, error.short) == ("EBMS:0003", "ValueInconsistent")


@pytest.mark.parametrize(
    "content",
    [b"no gzip at all", deflate(CONTENT)[:-9], deflate(CONTENT)[:-8] + bytes(8), b""],
    ids=["no gzip", "cut off", "wrong checksum", "empty"],
)
def test_ta30_a_damaged_payload_is_a_decompression_failure(world: World, content: bytes) -> None:
    draft = Draft.of(world.signed_only.pack(world.message(CONTENT)))
    draft.parts = [replace(draft.parts[0], content=content)]

    error = refusal(world.signed_only, draft.sign(world.kz.own.signer).close())

    assert error.ebms_code == "EBMS:0303"


def test_ta31_a_decompression_failure_is_answered_at_once_and_recorded(peer: Peer) -> None:
    def drop(draft: Draft) -> None:
        draft.find("eb:Property[@name='CompressionType']").text = "application/zip"

    answer = peer.post(peer.altered(peer.message(), drop))

    error = Draft.of(
        Packed(content_type=answer.content_type, body=answer.body, references=())
    ).find("eb:Error")
    told = ("errorCode", "shortDescription", "severity", "category")
    assert [error.get(name) for name in told] == [
        "EBMS:0303",
        "DecompressionFailure",
        "failure",
        "Communication",
    ]
    (record,) = peer.recorded("message.refused")
    assert "ebms.decompression-failure" in str(record)


def test_ta32_a_compressed_payload_is_delivered_decompressed(peer: Peer) -> None:
    peer.receipt(peer.pack(peer.message()))

    (delivered,) = peer.delivered()
    alert = peer.pair.kz.enquiry.alert(LIAISON, delivered, issuer="customs.uz")
    assert alert["summary"] == "Goods in transit may leave the corridor."


def test_ta33_several_compressed_payloads_are_delivered_decompressed(world: World) -> None:
    received = world.unpack(world.pack(several(world)))

    assert [(one.content, one.mime_type) for one in received.message.payloads] == [
        (CONTENT, "application/xml"),
        (IMAGE, "image/jpeg"),
        (b"<other/>", "application/xml"),
    ]


def test_ta45_payloads_are_delivered_in_the_order_of_the_header(world: World) -> None:
    draft = Draft.of(world.pack(several(world)))
    draft.parts.reverse()

    received = world.unpack(draft.close())

    assert [one.content for one in received.message.payloads] == [CONTENT, IMAGE, b"<other/>"]


def test_what_is_the_message_services_own_is_no_property_of_the_payload(world: World) -> None:
    received = world.unpack(world.pack(several(world)))

    assert [dict(one.properties) for one in received.message.payloads] == [{}, {}, {}]
