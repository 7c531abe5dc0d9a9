"""What a partner sends that its own node would not have made."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from exchange_node.domain.alert import RiskAlert
from exchange_node.services.stations.alert_draft import alert_from
from exchange_node.store import outbox
from exchange_node.store.database import reading
from exchange_node.store.outgoing import Answer
from tests.exchange.crafting import alert_sent
from tests.exchange.test_crossing import draft_of, plate_in
from tests.world import DECLARATION, FACTS, LIAISON, NATIONAL, Pair

PLATE = "017ABC02"


def alert_of(pair: Pair, alert_id: str) -> RiskAlert:
    plain = draft_of(pair, "123ABC02")
    return alert_from(plain, issuer="customs.uz", alert_id=alert_id, at=pair.clock())


def answer_to(pair: Pair, message_id: str) -> Answer | None:
    with reading(pair.uz.engine) as conn:
        return outbox.get(conn, message_id).answer


def test_an_alert_of_a_moment_that_utc_has_no_name_for_is_answered(pair: Pair) -> None:
    end = datetime.fromisoformat("9999-12-31T23:59:59-10:00")
    alert = replace(alert_of(pair, "A-1"), valid_from=end - timedelta(days=9), valid_until=end)

    answer = answer_to(pair, alert_sent(pair, alert))

    assert answer is not None
    assert not answer.accepted


def test_another_text_under_a_version_that_is_held_is_not_accepted(pair: Pair) -> None:
    first = alert_of(pair, "A-1")
    alert_sent(pair, first)

    answer = answer_to(pair, alert_sent(pair, replace(first, summary="Another truck.")))

    assert answer is not None
    assert [one.code for one in answer.findings] == ["CAREC-F003"]
    assert pair.kz.enquiry.alert(LIAISON, "A-1")["summary"] == first.summary


def test_the_same_text_that_comes_under_a_new_message_id_is_accepted(pair: Pair) -> None:
    first = alert_of(pair, "A-1")
    alert_sent(pair, first)

    answer = answer_to(pair, alert_sent(pair, first))

    assert answer is not None
    assert answer.accepted


def test_an_alert_under_the_number_of_ours_is_not_accepted(pair: Pair) -> None:
    ours = str(pair.kz.alerting.draft(LIAISON, draft_of(pair, "017ABC02"))["alert_id"])

    answer = answer_to(pair, alert_sent(pair, alert_of(pair, ours)))

    assert answer is not None
    assert not answer.accepted
    assert pair.kz.enquiry.alert(LIAISON, ours)["issuer"] == "customs.kz"


def test_an_alert_of_a_clock_that_is_ahead_is_matched_when_it_arrives(pair: Pair) -> None:
    plate = plate_in(pair, pair.submit())
    ahead = pair.clock() + timedelta(hours=1)
    early = replace(alert_of(pair, "A-1"), issued_at=ahead)
    alert_sent(pair, replace(early, subjects=(replace(early.subjects[0], means_id=plate),)))

    (hit,) = pair.kz.enquiry.alert(LIAISON, "A-1")["hits"]

    assert hit["channel"] == "red"


def test_an_alert_that_begins_later_meets_what_comes_before_it_begins(pair: Pair) -> None:
    begins = pair.clock() + timedelta(days=2)
    alert = replace(alert_of(pair, "A-1"), valid_from=begins)
    alert_sent(pair, replace(alert, subjects=(replace(alert.subjects[0], means_id=PLATE),)))
    pair.submit()

    (hit,) = pair.kz.enquiry.alert(LIAISON, "A-1")["hits"]

    assert hit["channel"] == "red"


def submit_ahead(pair: Pair, **by: float) -> str:
    """Submit and send with a clock that is ahead; return the submission's id."""

    def ahead() -> datetime:
        return pair.clock() + timedelta(**by)

    dispatch = replace(pair.kz.dispatch, clock=ahead)
    facts = FACTS.read_text("utf-8")
    taken = dispatch.submit(NATIONAL, DECLARATION.read_bytes(), partner="customs.uz", facts=facts)
    replace(pair.kz.sending, clock=ahead).run()
    return taken.submission_id


def test_a_manifest_of_a_clock_that_is_an_hour_ahead_is_accepted(pair: Pair) -> None:
    submission = submit_ahead(pair, hours=1)
    pair.run()

    assert pair.state_of(submission) == "accepted"


def test_a_message_of_a_moment_far_ahead_is_refused(pair: Pair) -> None:
    submission = submit_ahead(pair, hours=3)

    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert seen["transmission"]["last_error"].startswith("EBMS:0003")


def test_a_conversation_id_without_end_is_refused(pair: Pair) -> None:
    message_id = alert_sent(pair, alert_of(pair, "A-1"), conversation_id="x" * 256)

    with reading(pair.uz.engine) as conn:
        sent = outbox.get(conn, message_id)

    assert sent.transmission.last_error.startswith("EBMS:0003")
