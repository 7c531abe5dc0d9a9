from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange_node.domain.errors import NodeError, ProtocolError
from exchange_node.ebms.message import Packed, Payload
from exchange_node.ebms.signals import check_receipt, read_answer, receipt_for
from exchange_node.ebms.unpack import peek
from tests.ebms.parties import AT, CONTENT, World, agreed_as

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")),
    min_size=1,
    max_size=40,
).filter(lambda text: text.isprintable() and "\ufffe" not in text and "\uffff" not in text)
PROPERTIES = st.dictionaries(TEXTS, st.just("") | TEXTS, max_size=4)
CONTENTS = st.lists(st.binary(max_size=3000), max_size=4)


@pytest.fixture(name="packed", scope="module")
def _packed(world: World) -> Packed:
    return world.pack(world.message(CONTENT, b"second"))


@settings(max_examples=40)
@given(CONTENTS, PROPERTIES, TEXTS, PROPERTIES)
def test_laws_of_the_way_there_and_back(
    world: World,
    contents: list[bytes],
    properties: dict[str, str],
    text: str,
    part_properties: dict[str, str],
) -> None:
    payloads = tuple(
        Payload(content=content, content_id=f"{number}{number}@kz", properties=part_properties)
        for number, content in enumerate(contents)
    )
    message = world.message(
        payloads=payloads,
        properties=properties,
        property_types=dict.fromkeys(properties, text),
        conversation_id=text,
        action=text,
    )
    packed = world.pack(message)

    received = replace(world, pmodes=agreed_as(message)).unpack(packed)

    assert received.message == message
    answer = receipt_for(
        received,
        message_id="r@uz",
        at=AT,
        keys=world.uz.own,
        random_bytes=world.random_bytes,
    )
    receipt = read_answer(
        answer.content_type, answer.octets, partner=world.partner(world.uz), at=AT
    )
    check_receipt(receipt, message_id=message.message_id, references=packed.references)  # type: ignore[arg-type]


@settings(max_examples=300)
@given(st.data())
def test_laws_of_a_flipped_bit(world: World, packed: Packed, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(packed.octets) - 1))
    body = bytearray(packed.octets)
    body[at] ^= 1 << data.draw(st.integers(0, 7))

    try:
        received = world.unpack(replace(packed, body=bytes(body)))
    except ProtocolError:
        return
    assert received == world.unpack(packed)


@settings(max_examples=150)
@given(st.data())
def test_laws_of_a_message_cut_short_or_patched(
    world: World, packed: Packed, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(packed.octets)))
    end = data.draw(st.integers(start, len(packed.octets)))
    body = packed.octets[:start] + data.draw(st.binary(max_size=20)) + packed.octets[end:]

    try:
        received = world.unpack(replace(packed, body=body))
    except ProtocolError:
        return
    assert received == world.unpack(packed)


@settings(max_examples=150)
@given(st.data())
def test_laws_of_a_meddled_with_receipt(world: World, packed: Packed, data: st.DataObject) -> None:
    answer = receipt_for(
        world.unpack(packed), message_id="r@uz", at=AT, keys=world.uz.own, random_bytes=bytes
    )
    body = bytearray(answer.octets)
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    partner = world.partner(world.uz)

    try:
        found = read_answer(answer.content_type, bytes(body), partner=partner, at=AT)
    except ProtocolError:
        return
    assert found == read_answer(answer.content_type, answer.octets, partner=partner, at=AT)


TYPES = st.sampled_from(
    ["application/soap+xml", "multipart/related; boundary=B1", "text/html", "", "a/b; c"]
)
JUNK = st.binary(max_size=300) | st.text(max_size=100).map(
    lambda text: f"--B1\r\n\r\n<a>{text}</a>\r\n--B1--".encode("utf-8", "surrogatepass")
)


@given(st.text(max_size=40) | TYPES, JUNK)
def test_laws_of_junk(world: World, content_type: str, body: bytes) -> None:
    packed = Packed(content_type=content_type, body=body, references=())

    with pytest.raises(ProtocolError):
        world.unpack(packed)
    try:
        answer = read_answer(content_type, body, partner=world.partner(world.uz), at=AT)
    except NodeError:
        return
    assert answer is None
    assert peek(content_type, body) is None
