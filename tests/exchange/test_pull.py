from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node.domain.transmission.content import Content, whole
from exchange_node.node import pair_agreement
from exchange_node.store import duties, inbox, outbox
from exchange_node.store.channels import lines
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.transport.line import Answer
from tests.world import FACTS, NATIONAL, OPERATOR, PULLS, Pair, pair_of_nodes

MPC = "urn:carec:mpc:customs.uz"
MRN = "26KZ55010100041703"
HALF_AN_HOUR = 30


@pytest.fixture(name="pair")
def _pair(tmp_path: Path) -> Iterator[Pair]:
    """Uzbekistan pulls what Kazakhstan has for it, and pushes its own."""
    with pair_of_nodes(tmp_path, PULLS) as pair:
        yield pair


def sent(pair: Pair) -> list[Outgoing]:
    with reading(pair.kz.engine) as conn:
        return list(reversed(outbox.search(conn, limit=9)))


def states(pair: Pair) -> list[str]:
    return [one.transmission.state.value for one in sent(pair)]


def another(number: int) -> str:
    return FACTS.read_text("utf-8").replace(MRN, f"KZ/national/{number}")


def owed(pair: Pair) -> list[duties.Duty]:
    with reading(pair.uz.engine) as conn:
        return duties.waiting(conn, "receipt")


def waits(pair: Pair, one: Outgoing) -> str:
    shown = pair.kz.operating.show(OPERATOR, one.transmission.message_id)["sent"]
    assert isinstance(shown, dict)
    return str(shown["waits"])


def loses_replies(pair: Pair) -> None:
    """Let Uzbekistan's pulls through, and lose whatever it posts for what it pulled."""
    door = pair.exchange.doors["customs.kz"]

    def losing(party: str, content_type: str, body: Content) -> Answer:
        if b"PullRequest" not in whole(body):
            pair.exchange.cut.add("customs.kz")
            return Answer(status=503, content_type="text/plain", body=b"")
        return door(party, content_type, body)

    pair.exchange.doors["customs.kz"] = losing


def heals(pair: Pair) -> None:
    pair.exchange.cut.clear()
    pair.restart("kz")


def test_what_a_partner_pulls_is_never_posted(pair: Pair) -> None:
    pair.submit()

    pair.kz.sending.run()

    assert pair.exchange.posts == 0
    assert (sent(pair)[0].binding, sent(pair)[0].mpc) == ("pull", MPC)


def test_a_declaration_crosses_by_pull_and_is_answered_by_push(pair: Pair) -> None:
    submission = pair.submit()

    pair.run()

    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert seen["state"] == "accepted"
    assert seen["transmission"]["receipt_verified"] is True
    assert sent(pair)[0].transmission.tries == 1
    assert owed(pair) == []


def test_an_empty_channel_is_asked_again_after_the_interval(pair: Pair) -> None:
    pair.uz.pulling.run()
    pair.uz.pulling.run()
    assert pair.exchange.posts == 1

    pair.clock.forward(seconds=30)
    pair.uz.pulling.run()

    assert pair.exchange.posts == 2


def test_a_channel_is_pulled_from_until_it_is_empty(pair: Pair) -> None:
    pair.submit()
    pair.submit(facts=another(1))

    assert pair.uz.pulling.run() == 2
    assert states(pair) == ["receipted", "receipted"]


def test_a_channel_that_fails_is_asked_later_each_time(pair: Pair) -> None:
    pair.exchange.cut.add("customs.kz")
    waits, errors = [], set()
    for _ in range(5):
        pair.uz.pulling.run()
        with reading(pair.uz.engine) as conn:
            (line,) = lines.known(conn)
        waits.append((line.due_at - pair.clock()).total_seconds())
        errors.add(line.last_error.partition(":")[0])
        pair.clock.now = line.due_at

    pair.uz.telling.run()

    assert waits == [60, 120, 240, 480, 960]
    assert errors == {"transport.unreachable"}
    assert "pull.failing" in {one.code for one in pair.told["uz"].told.values()}


def test_a_lost_answer_brings_the_same_message_again_after_its_interval(pair: Pair) -> None:
    submission = pair.submit()
    pair.exchange.lose_answers = True
    pair.uz.pulling.run()
    pair.exchange.lose_answers = False
    assert states(pair) == ["awaiting-receipt"]

    pair.clock.forward(minutes=11)
    pair.run()

    assert pair.state_of(submission) == "accepted"
    assert sent(pair)[0].transmission.tries == 2


def test_within_its_interval_a_message_is_not_handed_out_again(pair: Pair) -> None:
    pair.submit()
    loses_replies(pair)
    pair.uz.pulling.run()
    heals(pair)
    pair.clock.forward(seconds=30)

    pair.uz.pulling.run()

    assert sent(pair)[0].transmission.tries == 1


def test_a_crash_between_keep_and_receipt_loses_no_receipt(pair: Pair) -> None:
    pair.submit()
    loses_replies(pair)
    pair.uz.pulling.run()
    pair.restart("uz")
    heals(pair)
    assert len(owed(pair)) == 1

    pair.clock.forward(minutes=1)
    pair.uz.pulling.receipts.run()

    assert states(pair) == ["receipted"]
    assert owed(pair) == []


def test_a_message_pulled_again_has_its_first_receipt_posted_again(pair: Pair) -> None:
    pair.submit()
    loses_replies(pair)
    pair.uz.pulling.run()
    heals(pair)
    with reading(pair.uz.engine) as conn:
        (kept,) = inbox.search(conn, limit=2)
        seen = inbox.seen(conn, kept.sender, kept.message_id, pair.uz.pulling.receipts.vault)
    with transaction(pair.uz.engine) as conn:
        duties.drop(conn, "receipt", owed(pair)[0].ref)
    pair.clock.forward(minutes=11)
    posted: list[bytes] = []

    def noting(body: bytes) -> bytes:
        posted.append(body)
        return body

    pair.exchange.meddler = noting
    pair.uz.pulling.run()

    assert seen is not None
    assert posted.count(seen.reply.content) == 1
    assert states(pair) == ["receipted"]


def test_a_message_that_nobody_answers_for_is_given_up(pair: Pair) -> None:
    submission = pair.submit()
    loses_replies(pair)
    for _ in range(4):
        pair.exchange.cut.clear()
        pair.uz.pulling.run()
        pair.clock.forward(minutes=11)

    pair.kz.reception.handing_out.run()
    pair.kz.telling.run()

    assert states(pair) == ["missing-receipt"]
    assert pair.state_of(submission) == "failed"
    assert "transmission.missing-receipt" in {one.code for one in pair.told["kz"].told.values()}


def test_a_message_that_nobody_pulls_is_given_up(pair: Pair) -> None:
    pair.submit()
    pair.kz.reception.handing_out.run()
    assert states(pair) == ["queued"]

    pair.clock.forward(minutes=HALF_AN_HOUR)
    pair.kz.reception.handing_out.run()

    assert states(pair) == ["missing-receipt"]


def test_a_message_that_an_operator_resends_can_be_pulled_again(pair: Pair) -> None:
    pair.submit()
    pair.clock.forward(minutes=HALF_AN_HOUR)
    pair.kz.reception.handing_out.run()
    (one,) = sent(pair)
    assert states(pair) == ["missing-receipt"]

    pair.kz.operating.resend(OPERATOR, one.transmission.message_id)
    pair.kz.reception.handing_out.run()
    assert states(pair) == ["queued"]
    pair.uz.pulling.run()

    assert states(pair) == ["receipted"]


def test_an_operator_sees_for_what_a_message_waits(pair: Pair) -> None:
    pair.submit()
    (one,) = sent(pair)
    assert f"to pull it from {MPC}" in waits(pair, one)

    loses_replies(pair)
    pair.uz.pulling.run()

    assert "for its receipt; handed out again from" in waits(pair, one)


def test_a_receipt_after_the_last_try_is_recorded_and_told(pair: Pair) -> None:
    submission = pair.submit()
    loses_replies(pair)
    pair.uz.pulling.run()
    pair.clock.forward(minutes=10 + HALF_AN_HOUR)
    pair.kz.reception.handing_out.run()
    assert states(pair) == ["missing-receipt"]

    heals(pair)
    pair.uz.pulling.receipts.run()
    pair.kz.telling.run()

    assert states(pair) == ["receipted-late"]
    assert pair.state_of(submission) == "receipted"
    assert "transmission.receipted-late" in {one.code for one in pair.told["kz"].told.values()}


def test_what_may_not_leave_is_not_handed_out_until_it_may(pair: Pair) -> None:
    pair.submit()
    (one,) = sent(pair)
    commissioning = pair.kz.commissioning
    pair.kz.agreeing.suspend(
        OPERATOR, one.exchange.agreement_id, one.exchange.agreement_version, why="talks"
    )
    pair.uz.pulling.run()
    assert states(pair) == ["held"]
    commissioning.add_agreement(pair_agreement("KZ", "UZ", on=pair.clock().date()), actor="test")

    pair.clock.forward(minutes=5)
    pair.kz.reception.handing_out.run()
    pair.uz.pulling.run()

    assert states(pair) == ["receipted"]
