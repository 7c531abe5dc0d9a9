"""Message by message: phase4 reads what our pack writes, our unpack what phase4 writes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange_node.domain.errors import InvalidReceiptError
from exchange_node.ebms.message import ErrorSignal, Payload, Receipt
from exchange_node.ebms.pmodes.names import TEST_ACTION, TEST_SERVICE
from exchange_node.ebms.signals import check_receipt
from exchange_node.security.suites import Token
from tests.interop.conftest import Two
from tests.interop.ours import PROPERTIES, answered_to
from tests.interop.peer import Json

XML = "<?xml version='1.0' encoding='UTF-8'?>\r\n<Declaration>Қазақстан</Declaration>\n".encode()
PICTURE = bytes(range(256)) * 400
TEXT = b"line one\nline two\r\n--boundary\r\n"


def payloads() -> tuple[Payload, ...]:
    return (
        Payload(content=XML, content_id="document@kz.example"),
        Payload(
            content=PICTURE,
            content_id="picture-1.2_3@kz.example",
            mime_type="image/jpeg",
            character_set=None,
            properties={"seal": "front"},
        ),
        Payload(content=TEXT, content_id="note@kz.example", mime_type="text/plain"),
    )


def of_peer(two: Two, *contents: Json, **changes: object) -> Json:
    """A message of the peer's with these payloads."""
    plain: Json = {
        "service": "urn:carec:service:transit",
        "action": "TM-010",
        "conversation": "UZ/1",
        "properties": [
            *({"name": name, "value": value} for name, value in PROPERTIES.items()),
            {"name": "originalSender", "value": "UZ", "type": "urn:carec:country"},
        ],
        "payloads": list(contents),
    }
    return {**plain, **changes}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_phase4_delivers_what_we_send_and_we_verify_its_receipt(two: Two, count: int) -> None:
    message = two.ours.message(*payloads()[:count])

    answer = two.ours.send(message)

    assert isinstance(answer, Receipt), (answer, two.peer.log())
    (delivered,) = two.peer.delivered(message.message_id)
    assert delivered.payloads == tuple(one.content for one in message.payloads)
    assert [one["mime_type"] for one in delivered.header["payloads"]] == [
        one.mime_type for one in message.payloads
    ]
    assert delivered.header["properties"] == message.properties
    assert delivered.header["conversation"] == message.conversation_id


@pytest.mark.parametrize("count", [0, 1, 3])
def test_we_open_what_phase4_sends_and_it_verifies_our_receipt(two: Two, count: int) -> None:
    odd = {"content_id": "picture+1/2@uz.example", "properties": {"seal": "front"}}
    contents = [
        two.peer.payload("one.xml", XML, charset="UTF-8"),
        two.peer.payload("two.jpg", PICTURE, mime_type="image/jpeg", **odd),
        two.peer.payload("three.txt", TEXT, mime_type="text/plain"),
    ][:count]

    report = two.peer.send(two.ours.url, of_peer(two, *contents))

    assert report["outcome"] == "receipt", (answered_to(report), two.ours.refused)
    assert (report["signed"], report["nrr"]) == (True, "equal")
    message = two.ours.last(report["message_id"]).message
    assert [one.content for one in message.payloads] == [XML, PICTURE, TEXT][:count]
    if count == 3:
        assert message.payloads[1].content_id == odd["content_id"]
        assert message.payloads[1].properties == odd["properties"]
    assert message.properties == {**PROPERTIES, "originalSender": "UZ"}
    assert message.property_types == {"originalSender": "urn:carec:country"}


@pytest.mark.parametrize("mime_type", ["application/octet-stream", "application/xml", "text/plain"])
def test_we_open_what_phase4_leaves_uncompressed(two: Two, mime_type: str) -> None:
    content = two.peer.payload("plain", XML, mime_type=mime_type, compress=False)

    report = two.peer.send(two.ours.url, of_peer(two, content))

    assert report["outcome"] == "receipt", (answered_to(report), two.ours.refused)
    assert report["nrr"] == "equal"
    assert two.ours.last(report["message_id"]).message.payloads[0].content == XML


@pytest.mark.parametrize("token", Token)
def test_phase4_finds_our_certificate_however_we_name_it(two: Two, token: Token) -> None:
    ours = replace(two.ours, partner=replace(two.ours.partner, token=token))

    answer = ours.send(ours.message(payloads()[0]))

    assert isinstance(answer, Receipt), (answer, two.peer.log())


def test_a_path_of_certificates_is_followed_both_ways(two: Two) -> None:
    ours = replace(two.ours, partner=replace(two.ours.partner, token=Token.PATH))
    chain = [two.ours.own.signers[0].certificate, *two.ours.own.signers[0].chain]
    message = ours.message(payloads()[0])

    answer = ours.send(message)
    report = two.peer.send(
        two.ours.url,
        of_peer(two, two.peer.payload("path.xml", XML), signer_by="bst", path=True),
    )

    assert isinstance(answer, Receipt), (answer, two.peer.log())
    assert (report["outcome"], report["nrr"]) == ("receipt", "equal"), two.ours.refused
    of_suite = 2 if two.suite == "sign-only" else 1
    assert len(chain) == of_suite
    assert len(two.ours.last(report["message_id"]).above) == of_suite - 1


@pytest.mark.parametrize(
    ("signer", "recipient", "path"),
    [
        ("bst", "ski-key-id", False),
        ("bst", "ski-key-id", True),
        ("ski-key-id", "bst", False),
        ("issuer-serial", "issuer-serial", False),
        ("thumbprint-id", "thumbprint-id", False),
    ],
)
def test_we_find_phase4s_certificate_however_it_names_it(
    two: Two, signer: str, recipient: str, *, path: bool
) -> None:
    message = of_peer(
        two,
        two.peer.payload("named.xml", XML),
        signer_by=signer,
        path=path,
        recipient_by=recipient,
    )

    report = two.peer.send(two.ours.url, message)

    assert (report["outcome"], report["nrr"]) == ("receipt", "equal"), (
        answered_to(report),
        two.ours.refused,
    )


def test_phase4_receipts_our_repeat_and_delivers_once(two: Two) -> None:
    message = two.ours.message(payloads()[0])
    packed = two.ours.pack(message)

    answers = [two.ours.post(packed), two.ours.post(packed)]

    for answer in answers:
        assert isinstance(answer, Receipt)
        check_receipt(answer, message_id=message.message_id, references=packed.references)
    assert len(two.peer.delivered(message.message_id)) == 1


def test_a_repeat_of_phase4s_is_the_same_message_to_us(two: Two) -> None:
    content = two.peer.payload("repeated.xml", XML)
    first = two.peer.send(two.ours.url, of_peer(two, content))

    second = two.peer.ask("repeat", url=two.ours.url, message_id=first["message_id"])

    assert [first["outcome"], second["outcome"]] == ["receipt", "receipt"]
    assert [first["nrr"], second["nrr"]] == ["equal", "equal"]
    mine = [one for one in two.ours.received if one.message.message_id == first["message_id"]]
    assert len({one.digest for one in mine}) == 1


def test_we_read_the_error_that_phase4_answers(two: Two) -> None:
    message = two.ours.message(payloads()[0], action="TM-999")

    answer = two.ours.send(message)

    assert isinstance(answer, ErrorSignal)
    assert (answer.ebms_code, answer.is_failure, answer.ref) == (
        "EBMS:0010",
        True,
        message.message_id,
    )


def test_we_know_whether_it_is_phase4_that_refuses(two: Two) -> None:
    two.peer.ask("fault", refuse={"TM-010": "EBMS:0004"})

    answer = two.ours.send(two.ours.message(payloads()[0]))

    assert isinstance(answer, ErrorSignal)
    assert (answer.ebms_code, answer.is_authenticated) == ("EBMS:0004", True)


def test_phase4_reads_the_error_that_we_answer(two: Two) -> None:
    stranger = {"id": "customs.tj", "type": "urn:x", "role": "urn:y"}

    report = two.peer.send(
        two.ours.url, of_peer(two, two.peer.payload("refused.xml", XML), **{"from": stranger})
    )

    assert (report["outcome"], report["signed"]) == ("error", True), answered_to(report)
    (error,) = report["errors"]
    assert (error["code"], error["severity"], error["ref"]) == (
        "EBMS:0001",
        "failure",
        report["message_id"],
    )


def test_the_test_service_is_receipted_and_not_delivered(two: Two) -> None:
    ping = two.ours.message(service=TEST_SERVICE, action=TEST_ACTION)

    answer = two.ours.send(ping)
    report = two.peer.send(two.ours.url, of_peer(two, service=TEST_SERVICE, action=TEST_ACTION))

    assert isinstance(answer, Receipt), (answer, two.peer.log())
    assert two.peer.delivered(ping.message_id) == []
    assert (report["outcome"], report["nrr"]) == ("receipt", "equal"), answered_to(report)
    assert two.ours.last(report["message_id"]).message.is_test


def test_a_receipt_for_another_message_proves_nothing(two: Two) -> None:
    one, other = (two.ours.pack(two.ours.message(it)) for it in payloads()[:2])
    receipt = two.ours.post(one)
    assert isinstance(receipt, Receipt)

    with pytest.raises(InvalidReceiptError):
        check_receipt(receipt, message_id=receipt.ref_to_message_id, references=other.references)
