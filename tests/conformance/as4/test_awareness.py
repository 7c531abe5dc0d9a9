from __future__ import annotations

from collections.abc import Callable

import pytest

from exchange_node.domain.transmission.content import Content
from exchange_node.ebms.message import Packed
from exchange_node.security import algorithms as alg
from exchange_node.transport.line import Answer
from tests.conformance.as4.peer import Peer, listen
from tests.ebms.meddling import Draft
from tests.world import NATIONAL, POST, Pair


def test_ta09_a_message_without_receipt_is_sent_again(pair: Pair) -> None:
    heard = listen(pair)
    pair.exchange.lose_answers = True
    pair.submit()
    pair.kz.sending.run()
    pair.clock.forward(minutes=2)
    pair.kz.sending.run()

    first, second = heard
    assert first.body == second.body
    assert first.content_type == second.content_type


def test_ta10_a_duplicate_is_receipted_and_delivered_once_and_the_sender_stops(
    pair: Pair,
) -> None:
    heard = listen(pair)
    pair.exchange.lose_answers = True
    submission = pair.submit()
    pair.kz.sending.run()
    pair.exchange.lose_answers = False
    pair.clock.forward(minutes=2)
    pair.kz.sending.run()
    first, second = heard
    assert first.answer == second.answer
    for _ in range(10):
        pair.clock.forward(hours=1)
        pair.run()

    to_uz = [post for post in heard if post.caller == "customs.kz"]
    assert len(to_uz) == 2
    assert len(pair.uz.enquiry.prearrival(POST)["arrivals"]) == 1
    assert pair.state_of(submission) == "accepted"


def test_ta10_a_receipt_for_a_duplicate_proves_the_same_references(peer: Peer) -> None:
    packed = peer.pack(peer.message())

    first, again = peer.receipt(packed), peer.receipt(packed)

    assert first == again
    assert len(peer.delivered()) == 1


def test_ta15_a_missing_receipt_is_reported_to_the_producer(pair: Pair) -> None:
    pair.exchange.cut.add("customs.uz")
    submission = pair.submit()
    for _ in range(40):
        pair.clock.forward(hours=1)
        pair.kz.sending.run()
    pair.run()

    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert seen["state"] == "failed"
    assert "EBMS:0301" in seen["transmission"]["last_error"]
    told = {one.code for one in pair.told["kz"].told.values()}
    assert "transmission.missing-receipt" in told


def sent_back(pair: Pair, change: Callable[[Draft], None]) -> dict[str, object]:
    """Let Uzbekistan answer a changed receipt that it signs; return how the message stands."""
    door = pair.exchange.doors["customs.uz"]

    def changing(party: str, content_type: str, body: Content) -> Answer:
        answer = door(party, content_type, body)
        packed = Packed(content_type=answer.content_type, body=answer.body, references=())
        draft = Draft.of(packed)
        change(draft)
        body = draft.sign(pair.uz.alerting.packing.keys.signer).close().body
        return Answer(status=200, content_type=answer.content_type, body=body)

    pair.exchange.doors["customs.uz"] = changing
    submission = pair.submit()
    pair.kz.sending.run()
    pair.exchange.doors["customs.uz"] = door
    pair.kz.telling.run()
    seen = pair.kz.enquiry.submission(NATIONAL, submission)["transmission"]
    assert isinstance(seen, dict)
    return seen


def change_digest(draft: Draft) -> None:
    draft.find("eb:Receipt//ds:DigestValue").text = alg.encode64(bytes(32))


def drop_reference(draft: Draft) -> None:
    proof = draft.find("eb:Receipt")[0]
    proof.remove(proof[-1])


def name_another(draft: Draft) -> None:
    draft.find("eb:RefToMessageId").text = "unknown@kz.example"


@pytest.mark.parametrize("change", [change_digest, drop_reference, name_another])
def test_ds_ta03_a_receipt_that_does_not_verify_is_reported_to_the_producer(
    pair: Pair, change: Callable[[Draft], None]
) -> None:
    seen = sent_back(pair, change)

    assert "EBMS:0302" in str(seen["last_error"])
    assert seen["receipt_verified"] is False
    told = {one.code for one in pair.told["kz"].told.values()}
    assert "transmission.invalid-receipt" in told


def test_a_receipt_that_is_sound_is_none_of_these(pair: Pair) -> None:
    seen = sent_back(pair, lambda _: None)

    assert seen["receipt_verified"] is True
