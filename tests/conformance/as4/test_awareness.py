from __future__ import annotations

from tests.conformance.as4.peer import Peer, listen
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
    assert peer.delivered() == ["A-1"]


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


def test_a_receipt_that_nobody_waits_for_changes_nothing(pair: Pair) -> None:
    heard = listen(pair)
    first = pair.submit()
    pair.run()
    door = pair.exchange.doors["customs.uz"]
    strange = next(post.answer for post in heard if post.caller == "customs.kz")
    assert strange is not None
    pair.exchange.doors["customs.uz"] = lambda *_: strange
    second = pair.submit()
    pair.kz.sending.run()

    seen = pair.kz.enquiry.submission(NATIONAL, second)
    assert "EBMS:0302" in seen["transmission"]["last_error"]
    assert pair.state_of(first) == "accepted"
    pair.exchange.doors["customs.uz"] = door
