from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from exchange_node.domain.alert import RejectionReason, Stage
from exchange_node.domain.errors import InvalidAlertError
from exchange_node.services.alerting import reminding
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.exchange.losing import let_go, refuse
from tests.exchange.releasing import Change, of_alerts
from tests.exchange.test_alert_feedback import NIL, UNCHECKED, report, say
from tests.exchange.test_pull import another
from tests.exchange.test_withdrawn_alerts import PLATE, shown, withdraw
from tests.world import LIAISON, Pair

DUE, OVERDUE = "alert.feedback-due", "alert.feedback-overdue"
LASTING = timedelta(days=14)  # the agreement itself lasts thirty


def alerted(pair: Pair, *, asks: bool = True, plate: str = PLATE, **more: object) -> str:
    drafted = pair.uz.alerting.draft(
        LIAISON,
        {
            "valid_until": (pair.clock() + LASTING).isoformat(),
            "marking": "AMBER",
            "permitted_action": "documents",
            "urgency": "routine",
            "category": "TRD",
            "severity": 1,
            "summary": "Goods in transit may leave the corridor.",
            "contact_office": "UZ270101",
            "subjects": [{"means_id": plate}],
            "feedback_requested": asks,
            **more,
        },
    )
    alert_id = str(drafted["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    return alert_id


def told(pair: Pair, name: str) -> list[tuple[str, str]]:
    found = pair.told[name].told.values()
    return [(one.code, one.facts["owed_by"]) for one in found if one.code in {DUE, OVERDUE}]


def ended(pair: Pair, name: str) -> list[str]:
    """Return what ended clocks at a node, as its audit has it."""
    with reading(getattr(pair, name).engine) as conn:
        lines = audit.search(conn, limit=200)
    return [one.facts["by"] for one in lines if one.action == "alert.feedback-clock-ended"]


def due(pair: Pair, name: str, alert_id: str) -> dict[str, Any]:
    stands = shown(pair, name, alert_id)["feedback_due"]
    return dict(stands["here" if name == "kz" else "customs.kz"])


def obliged(days: int) -> Change:
    """Return what makes the grants of alerts ask for feedback within so many working days."""

    def change(text: str) -> str:
        marker = "[grants.acknowledge_within_minutes]"
        table = f"[grants.feedback]\nrequired = true\ndue_days = {days}\n\n"
        assert marker in text
        return text.replace(marker, table + marker)

    return change


def forward(pair: Pair, **time: int) -> None:
    pair.clock.forward(**time)
    pair.run()


def test_a_hit_that_no_feedback_follows_reminds_the_desk_and_then_goes_up_once(pair: Pair) -> None:
    pair.submit()
    pair.run()
    (mine,) = pair.uz.enquiry.prearrival(LIAISON)["arrivals"]
    alert_id = alerted(pair, plate=str(mine["means"]))
    stands = due(pair, "kz", alert_id)
    assert (stands["state"], stands["since"]) == ("due", pair.clock().isoformat())
    forward(pair, days=2)
    assert told(pair, "kz") == []

    forward(pair, days=6)
    pair.restart("kz")
    pair.run()
    pair.run()

    assert told(pair, "kz") == [(DUE, "customs.kz"), (OVERDUE, "customs.kz")]
    assert due(pair, "kz", alert_id)["state"] == "overdue"
    assert told(pair, "uz") == []  # of a hit the issuer knows nothing until it is told
    assert due(pair, "uz", alert_id)["state"] == "not yet due"


def test_what_hit_nothing_is_due_after_its_end_and_the_issuer_sees_who_owes_it(pair: Pair) -> None:
    alert_id = alerted(pair)
    forward(pair, days=13)
    assert told(pair, "kz") == told(pair, "uz") == []

    forward(pair, days=9)
    pair.run()

    assert told(pair, "kz") == [(DUE, "customs.kz"), (OVERDUE, "customs.kz")]
    assert told(pair, "uz") == [(OVERDUE, "customs.kz")]
    assert due(pair, "uz", alert_id)["state"] == due(pair, "kz", alert_id)["state"] == "overdue"

    report(pair, alert_id, UNCHECKED)
    pair.run()
    assert due(pair, "uz", alert_id)["state"] == due(pair, "kz", alert_id)["state"] == "given"


def test_nobody_is_reminded_of_feedback_that_nobody_asked_for(pair: Pair) -> None:
    alert_id = alerted(pair, asks=False)
    forward(pair, days=28)

    assert told(pair, "kz") == told(pair, "uz") == []
    assert shown(pair, "kz", alert_id)["feedback_due"] == {}
    assert shown(pair, "uz", alert_id)["feedback_due"] == {}


def test_a_grant_that_obliges_asks_in_its_own_time_though_the_alert_does_not(pair: Pair) -> None:
    pair.agree_anew(obliged(10))
    alert_id = alerted(pair, asks=False)
    forward(pair, days=23)
    assert told(pair, "kz") == told(pair, "uz") == []
    assert due(pair, "uz", alert_id)["state"] == "due"

    forward(pair, days=7)

    assert told(pair, "uz") == [(OVERDUE, "customs.kz")]


@pytest.mark.parametrize("why", ["given", "withdrawn", "rejected"])
def test_what_was_given_rejected_or_taken_back_is_owed_by_nobody(why: str, pair: Pair) -> None:
    alert_id = alerted(pair)
    if why == "given":
        report(pair, alert_id, NIL)
    elif why == "withdrawn":
        withdraw(pair, alert_id)
    else:
        say(pair, alert_id, Stage.REJECTED, rejection=RejectionReason.NO_LEGAL_BASIS)
    pair.run()
    if why != "withdrawn":  # whose last version is what takes it back
        assert due(pair, "kz", alert_id)["state"] == due(pair, "uz", alert_id)["state"] == why

    forward(pair, days=25)

    assert told(pair, "kz") == told(pair, "uz") == []
    assert ended(pair, "kz") == ended(pair, "uz") == [why]


def test_feedback_that_officers_keep_back_is_owed_again(pair: Pair) -> None:
    pair.agree_anew(of_alerts("one"))
    alert_id = alerted(pair)
    let_go(pair, "uz")
    forward(pair, days=18)
    report(pair, alert_id, NIL)
    assert due(pair, "kz", alert_id)["state"] == "given"
    forward(pair, days=1)  # the clock runs out, and finds it given
    assert (told(pair, "kz"), ended(pair, "kz")) == ([], ["given"])

    refuse(pair, "kz")
    assert due(pair, "kz", alert_id)["state"] == "due"
    forward(pair, days=8)

    assert [code for code, _ in told(pair, "kz")] == [DUE, OVERDUE]


def test_a_clock_that_breaks_holds_up_no_other(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = alerted(pair), alerted(pair, plate="02B888CD")

    def breaks(conn: Connection, code: str, key: str, at: datetime, **facts: str) -> None:
        if facts["alert"] == first:
            raise KeyError(first)
        leave_notice(conn, code, key, at, **facts)

    monkeypatch.setattr(reminding, "leave_notice", breaks)
    forward(pair, days=21)
    monkeypatch.undo()
    found = {one.facts["alert"] for one in pair.told["kz"].told.values() if one.code == DUE}
    assert found == {second}

    forward(pair, minutes=10)

    found = {one.facts["alert"] for one in pair.told["kz"].told.values() if one.code == DUE}
    assert found == {first, second}


def hits(pair: Pair, alert_id: str) -> list[dict[str, Any]]:
    return list(shown(pair, "kz", alert_id)["hits"])


def hit_twice(pair: Pair, **wanted: Any) -> str:  # noqa: ANN401 - keys of a draft
    """Return an alert that wants feedback its way, and fits two movements a day apart."""
    pair.submit()
    pair.run()
    (mine,) = pair.uz.enquiry.prearrival(LIAISON)["arrivals"]
    alert_id = alerted(pair, plate=str(mine["means"]), **wanted)
    forward(pair, days=1)
    pair.submit(facts=another(2))
    pair.run()
    assert len(hits(pair, alert_id)) == 2
    return alert_id


def test_where_each_hit_wants_feedback_one_answer_leaves_the_other_owed(pair: Pair) -> None:
    alert_id = hit_twice(pair, feedback_scope="per-hit")
    first, second = sorted(str(one["hit"]) for one in hits(pair, alert_id))
    since = due(pair, "kz", alert_id)["since"]
    assert since < pair.clock().isoformat()
    report(pair, alert_id, NIL, last=False, hit=first)
    pair.run()
    stands = due(pair, "kz", alert_id)
    assert (stands["state"], stands["since"]) == ("due", pair.clock().isoformat())

    forward(pair, days=8)
    pair.run()

    assert told(pair, "kz") == [(DUE, "customs.kz"), (OVERDUE, "customs.kz")]
    assert ended(pair, "kz").count("given") == 1
    report(pair, alert_id, NIL, last=False, hit=second)
    assert due(pair, "kz", alert_id)["state"] == "given"


def test_where_feedback_is_wanted_in_total_hits_begin_no_clock(pair: Pair) -> None:
    alert_id = hit_twice(pair, feedback_scope="in-total")
    forward(pair, days=12)
    assert told(pair, "kz") == []
    assert due(pair, "kz", alert_id)["state"] == "not yet due"

    forward(pair, days=9)
    pair.run()

    assert told(pair, "kz") == [(DUE, "customs.kz"), (OVERDUE, "customs.kz")]
    report(pair, alert_id, UNCHECKED, last=False)
    pair.run()
    assert due(pair, "kz", alert_id)["state"] == due(pair, "uz", alert_id)["state"] == "given"


@pytest.mark.parametrize(("days_after", "is_later"), [(-10, False), (20, True)])
def test_an_issuer_may_give_more_time_than_the_grant_and_not_less(
    days_after: int, *, is_later: bool, pair: Pair
) -> None:
    ends = pair.clock() + LASTING
    named = (ends + timedelta(days=days_after)).date()
    plain, other = alerted(pair), alerted(pair, feedback_due_on=named.isoformat(), plate="9Z9")

    for name in ("kz", "uz"):
        usual = datetime.fromisoformat(due(pair, name, plain)["due_at"])
        wanted = datetime.fromisoformat(due(pair, name, other)["due_at"])
        assert (wanted > usual) is is_later
        assert not is_later or usual.date() < named <= wanted.date()


def test_a_recipient_reads_what_the_issuer_wants_to_know(pair: Pair) -> None:
    asked = ["Who ordered it?", "Where was it loaded?"]
    alert_id = alerted(
        pair, questions=asked, language="en", classification="For official use", fraud_type="DES"
    )

    there = shown(pair, "kz", alert_id)["alert"]

    assert there["questions"] == asked
    assert (there["language"], there["classification"]) == ("en", "For official use")
    assert there["fraud_type"] == "DES"


def test_questions_are_answered_by_their_numbers_and_only_those_that_were_asked(
    pair: Pair,
) -> None:
    alert_id = alerted(pair, questions=["Who ordered it?", "Where was it loaded?"])
    said = [{"question": 2, "text": "At the dry port."}, {"question": 1, "text": "Nobody knows."}]
    with pytest.raises(InvalidAlertError, match="of 2 questions none has number 3"):
        report(pair, alert_id, NIL, answers=[*said, {"question": 3, "text": "Yes."}])

    report(pair, alert_id, NIL, answers=said)
    pair.run()

    for name in ("kz", "uz"):
        (told,) = shown(pair, name, alert_id)["feedback"]
        assert list(told["told"]["answers"]) == said
