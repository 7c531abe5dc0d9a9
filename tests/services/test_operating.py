from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from exchange_node.domain.errors import (
    NotNowError,
    RoleError,
    UnfitToResendError,
    UnknownRecordError,
)
from exchange_node.domain.transmission import Retry
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.message import PartnerKeys
from exchange_node.store import inbox, outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import State
from exchange_node.transport.line import Answer
from tests.world import NATIONAL, OPERATOR, POST, Pair


@pytest.fixture(name="queued")
def _queued(pair: Pair) -> str:
    return id_of(pair, pair.submit())


@pytest.fixture(name="lost")
def _lost(pair: Pair, queued: str) -> str:
    """The id of a message that was given up."""
    pair.exchange.cut.add("customs.uz")
    hasty = replace(pair.kz.sending.mode_of("customs.uz"), retry=Retry(max_retries=1))
    sending = replace(pair.kz.sending, modes={"customs.uz": hasty})
    for _ in range(3):
        sending.run()
        pair.clock.forward(hours=1)
    pair.exchange.cut.clear()
    assert state_of(pair, queued) == "missing-receipt"
    return queued


def id_of(pair: Pair, submission: str) -> str:
    return str(pair.kz.enquiry.submission(NATIONAL, submission)["message_id"])


def submission_state(pair: Pair) -> str:
    (one,) = pair.kz.enquiry.messages(OPERATOR)["messages"]
    shown = pair.kz.operating.show(OPERATOR, one["message_id"])
    return pair.state_of(shown["sent"]["submission"])


def state_of(pair: Pair, message_id: str) -> str:
    with reading(pair.kz.engine) as conn:
        return outbox.get(conn, message_id).transmission.state.value


def test_a_held_message_stays_until_it_is_released(pair: Pair, queued: str) -> None:
    pair.kz.operating.hold(OPERATOR, queued, why="asked by telephone")
    pair.clock.forward(hours=9)
    assert pair.kz.sending.run() == 0
    assert submission_state(pair) == "held"
    shown = pair.kz.operating.show(OPERATOR, queued)["sent"]
    assert shown["waits"] == "held by operator: asked by telephone"
    assert shown["may"] == ["release", "cancel"]

    pair.kz.operating.release(OPERATOR, queued)
    pair.run()

    assert submission_state(pair) == "accepted"


def test_a_post_under_way_does_not_undo_a_hold(pair: Pair, queued: str) -> None:
    def door(*_: object) -> Answer:
        pair.kz.operating.hold(OPERATOR, queued, why="at the last moment")
        return Answer(status=503, content_type="text/plain", body=b"")

    pair.exchange.doors["customs.uz"] = door
    pair.kz.sending.run()

    shown = pair.kz.operating.show(OPERATOR, queued)["sent"]
    assert (shown["state"], shown["tries"]) == ("held", 1)
    assert shown["held_by"] == "operator"


def test_a_receipt_ends_a_hold(pair: Pair, queued: str) -> None:
    answering = pair.exchange.doors["customs.uz"]

    def door(party: str, content_type: str, body: Content) -> Answer:
        pair.kz.operating.hold(OPERATOR, queued, why="at the last moment")
        return answering(party, content_type, body)

    pair.exchange.doors["customs.uz"] = door
    pair.kz.sending.run()

    shown = pair.kz.operating.show(OPERATOR, queued)["sent"]
    assert (shown["state"], shown["held_by"], shown["may"]) == ("receipted", "", [])


def test_what_is_cancelled_is_not_sent_and_its_submission_knows(pair: Pair, queued: str) -> None:
    pair.kz.operating.cancel(OPERATOR, queued, why="the trader withdrew it")
    pair.run()

    assert state_of(pair, queued) == "cancelled"
    assert submission_state(pair) == "cancelled"
    assert pair.exchange.posts == 0


def test_a_receipt_of_what_was_cancelled_is_recorded_and_told(pair: Pair, queued: str) -> None:
    answering = pair.exchange.doors["customs.uz"]

    def door(party: str, content_type: str, body: Content) -> Answer:
        pair.kz.operating.cancel(OPERATOR, queued, why="too late")
        return answering(party, content_type, body)

    pair.exchange.doors["customs.uz"] = door
    pair.kz.sending.run()
    pair.kz.telling.run()

    assert state_of(pair, queued) == "receipted-late"
    assert submission_state(pair) == "receipted"
    codes = [one.code for one in pair.told["kz"].told.values()]
    assert codes == ["transmission.receipted-late"]


def test_what_has_a_receipt_is_neither_held_nor_cancelled_nor_sent_again(
    pair: Pair, queued: str
) -> None:
    pair.kz.sending.run()

    with pytest.raises(NotNowError, match="is receipted: it cannot be held now"):
        pair.kz.operating.hold(OPERATOR, queued, why="x")
    with pytest.raises(NotNowError, match="cancelled"):
        pair.kz.operating.cancel(OPERATOR, queued, why="x")
    with pytest.raises(NotNowError, match="sent once more"):
        pair.kz.operating.resend(OPERATOR, queued)
    with pytest.raises(NotNowError, match="released"):
        pair.kz.operating.release(OPERATOR, queued)


def test_what_somebody_holds_is_not_held_again(pair: Pair, queued: str) -> None:
    pair.kz.operating.hold(OPERATOR, queued, why="x")

    with pytest.raises(NotNowError, match="held by operator"):
        pair.kz.operating.hold(OPERATOR, queued, why="y")


def test_what_was_given_up_goes_again_unchanged(pair: Pair, lost: str) -> None:
    assert submission_state(pair) == "failed"
    seen: list[bytes] = []
    answering = pair.exchange.doors["customs.uz"]

    def door(party: str, content_type: str, body: Content) -> Answer:
        seen.append(whole(body))
        return answering(party, content_type, body)

    pair.exchange.doors["customs.uz"] = door
    assert pair.kz.operating.show(OPERATOR, lost)["sent"]["may"] == ["resend"]

    pair.kz.operating.resend(OPERATOR, lost)
    pair.run()

    with reading(pair.kz.engine) as conn:
        one = outbox.get(conn, lost)
        assert seen == [payloads.fetch(conn, one.payload_id, pair.kz.sending.vault)]
    assert one.transmission.tries == 1
    assert submission_state(pair) == "accepted"


def test_what_the_usual_tries_gave_up_may_go_again_days_later(pair: Pair, queued: str) -> None:
    pair.exchange.cut.add("customs.uz")
    while state_of(pair, queued) != "missing-receipt":
        pair.kz.sending.run()
        pair.clock.forward(hours=1)
    pair.exchange.cut.clear()
    pair.clock.forward(days=4)

    pair.kz.operating.resend(OPERATOR, queued)
    pair.run()

    assert submission_state(pair) == "accepted"


def test_what_is_too_old_is_submitted_anew(pair: Pair, lost: str) -> None:
    pair.clock.forward(days=30)

    with pytest.raises(UnfitToResendError, match="partners take what is younger"):
        pair.kz.operating.resend(OPERATOR, lost)


def test_what_was_encrypted_for_a_replaced_certificate_is_submitted_anew(
    pair: Pair, lost: str
) -> None:
    operating = pair.kz.operating
    renewed = renewed_keys(pair)
    changed = replace(operating, partners={"customs.uz": renewed})

    with pytest.raises(UnfitToResendError, match=r"that customs[.]uz has replaced"):
        changed.resend(OPERATOR, lost)


def renewed_keys(pair: Pair) -> PartnerKeys:
    ours = pair.kz.sending.partners["customs.uz"]
    other = pair.uz.sending.partners["customs.kz"]
    return replace(ours, encryption=other.encryption)


def test_what_was_signed_with_a_former_certificate_is_submitted_anew(pair: Pair, lost: str) -> None:
    keys = replace(pair.uz.reception.taking.keys, party="customs.kz")

    with pytest.raises(UnfitToResendError, match=r"none that customs[.]kz is known by"):
        replace(pair.kz.operating, keys=keys).resend(OPERATOR, lost)


def test_what_was_disposed_of_is_submitted_anew(pair: Pair, lost: str) -> None:
    with transaction(pair.kz.engine) as conn:
        payloads.dispose(conn, outbox.get(conn, lost).payload_id, pair.clock())

    with pytest.raises(UnfitToResendError, match="disposed of"):
        pair.kz.operating.resend(OPERATOR, lost)


def test_a_message_tells_what_happened_to_it(pair: Pair, queued: str) -> None:
    pair.exchange.cut.add("customs.uz")
    pair.kz.sending.run()
    shown = pair.kz.operating.show(OPERATOR, queued)["sent"]
    assert shown["waits"].startswith("for the next try, at 2026-03-02T08:00:30")
    assert shown["may"] == ["hold", "cancel"]
    pair.exchange.cut.clear()
    pair.clock.forward(minutes=1)
    pair.run()

    shown = pair.kz.operating.show(OPERATOR, queued)

    happened = [one["what"] for one in shown["timeline"]]
    assert happened == ["submission.queued", "transmission.queued", "transmission.receipted"]
    assert shown["sent"]["receipt"]["verdict"].startswith("signed by the partner")
    assert shown["sent"]["answer"]["accepted"] is True
    assert shown["sent"]["waits"] == ""
    assert pair.uz.operating.show(OPERATOR, queued)["received"][0]["state"] == "filed"


def test_what_nobody_knows_is_not_found(pair: Pair) -> None:
    for act in (pair.kz.operating.show, pair.kz.operating.resend, pair.kz.operating.unpark):
        with pytest.raises(UnknownRecordError):
            act(OPERATOR, "x@customs.kz")


def test_an_operator_alone_does_it(pair: Pair, queued: str) -> None:
    operating = pair.kz.operating
    for act in (operating.show, operating.release, operating.resend, operating.unpark):
        with pytest.raises(RoleError):
            act(POST, queued)
    with pytest.raises(RoleError):
        operating.cancel(NATIONAL, queued, why="x")


def test_a_parked_message_goes_on(pair: Pair, queued: str) -> None:
    pair.kz.sending.run()
    with transaction(pair.uz.engine) as conn:
        conn.execute(text("UPDATE inbox SET attempts = 9"))
    pair.uz.filing.run()
    with reading(pair.uz.engine) as conn:
        (parked,) = inbox.search(conn, limit=9)
    assert parked.state is State.PARKED
    assert pair.uz.operating.show(OPERATOR, queued)["received"][0]["may"] == ["unpark"]

    pair.uz.operating.unpark(OPERATOR, queued)
    pair.run()

    assert submission_state(pair) == "accepted"
    with pytest.raises(NotNowError, match="filed"):
        pair.uz.operating.unpark(OPERATOR, queued)
