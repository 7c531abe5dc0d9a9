from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from exchange_node.domain.alert import RejectionReason, Stage
from exchange_node.domain.errors import (
    InvalidAlertError,
    InvalidDocumentError,
    RoleError,
    UnknownRecordError,
)
from tests.exchange.losing import let_go, refuse
from tests.exchange.releasing import of_alerts
from tests.exchange.test_release_alerts import drafted, send
from tests.exchange.test_withdrawn_alerts import alerted, crossing, shown, withdraw
from tests.world import LIAISON, NATIONAL, Pair

DESK = "KZ550302"
FOUND = {
    "result": "HIT",
    "contact_office": DESK,
    "office": DESK,
    "measures": ["30", "40"],
    "seized": [
        {
            "category": "NAR",
            "quantity": "12.5",
            "unit": "KGM",
            "concealment": "In the spare wheel.",
        }
    ],
    "value": "40000.00",
    "currency": "USD",
    "usefulness": 3,
    "new_facts": "The same driver crossed twice in February.",
}
NIL = {"result": "NIL", "contact_office": DESK, "measures": ["10"], "usefulness": 1}
UNCHECKED = {"result": "NCK", "contact_office": DESK}


def report(pair: Pair, alert_id: str, plain: dict[str, Any], **more: object) -> dict[str, Any]:
    controlled = {} if plain["result"] == "NCK" else {"controlled_at": pair.clock().isoformat()}
    return pair.kz.alerting.reporting.report(LIAISON, alert_id, {**plain, **controlled, **more})


def say(
    pair: Pair,
    alert_id: str,
    stage: Stage,
    **more: Any,  # noqa: ANN401 - whatever `Answering.say` takes
) -> dict[str, Any]:
    return pair.kz.alerting.answering.say(LIAISON, alert_id, stage, office=DESK, **more)


def lives(pair: Pair, alert_id: str) -> tuple[str, str]:
    """Return where an alert of Uzbekistan stands: here in Kazakhstan, and as its issuer sees it."""
    here, there = shown(pair, "kz", alert_id)["life"], shown(pair, "uz", alert_id)["life"]
    return str(here["here"]), str(there["customs.kz"])


def notices(pair: Pair, name: str, code: str) -> list[Any]:
    return [one for one in pair.told[name].told.values() if one.code == code]


def test_an_alert_goes_its_way_and_both_ends_see_the_same(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    stood = [lives(pair, alert_id)]
    for step in (
        lambda: pair.kz.alerting.acknowledge(LIAISON, alert_id, office=DESK),
        lambda: say(pair, alert_id, Stage.TREATMENT),
        lambda: report(pair, alert_id, FOUND),
        lambda: report(pair, alert_id, NIL, last=True),
    ):
        step()
        pair.run()
        stood.append(lives(pair, alert_id))

    assert stood == [
        (state, state)
        for state in ("new", "acknowledged", "in treatment", "feedback given", "closed")
    ]
    assert shown(pair, "kz", alert_id)["state"] == "closed"
    with pytest.raises(InvalidAlertError, match="closed"):
        report(pair, alert_id, NIL)


def test_the_issuer_reads_what_came_of_its_alert_and_what_it_yields(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    report(pair, alert_id, FOUND)
    report(pair, alert_id, NIL)
    report(pair, alert_id, UNCHECKED)
    pair.run()

    alert = shown(pair, "uz", alert_id)
    assert alert["yield"] == {
        "recipients": 1,
        "answered": 1,
        "hits": 1,
        "nil": 1,
        "not_checked": 1,
        "sightings": 0,
        "seizures": 1,
        "useful": {"1": 1, "3": 1},
    }
    told = alert["feedback"][0]["told"]
    assert (told["value"], told["currency"], told["usefulness"]) == ("40000.00", "USD", 3)
    assert told["seized"] == [{**FOUND["seized"][0]}]  # type: ignore[index]  # plain JSON
    assert told["new_facts"] == FOUND["new_facts"]
    assert [one["letter"] for one in shown(pair, "kz", alert_id)["feedback"]] == ["accepted"] * 3
    assert [one.facts["result"] for one in notices(pair, "uz", "alert.feedback")] == [
        "HIT",
        "NIL",
        "NCK",
    ]
    (recipient,) = alert["recipients"]
    assert recipient["state"] == "acknowledged"  # who has controlled something has seen it


def test_a_hit_is_treatment_here_and_the_issuers_to_know_when_it_is_told(pair: Pair) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair, means_id=plate)
    pair.run()
    assert lives(pair, alert_id) == ("in treatment", "new")

    pair.kz.alerting.acknowledge(LIAISON, alert_id, office=DESK)
    pair.run()
    assert lives(pair, alert_id) == ("in treatment", "acknowledged")

    (hit,) = shown(pair, "kz", alert_id)["hits"]
    report(pair, alert_id, FOUND, hit=hit["hit"])
    pair.run()
    (told,) = shown(pair, "uz", alert_id)["feedback"]
    assert lives(pair, alert_id) == ("feedback given", "feedback given")
    assert told["told"]["movement"] == hit["movement"]


def test_a_rejection_with_its_reason_stands_in_the_matrix(pair: Pair) -> None:
    reason = RejectionReason.NOT_COMPETENT
    alert_id = alerted(pair)
    pair.run()
    with pytest.raises(InvalidAlertError, match="says why"):
        say(pair, alert_id, Stage.REJECTED)

    say(pair, alert_id, Stage.REJECTED, rejection=reason, remark="Not ours.")
    pair.run()

    assert lives(pair, alert_id) == ("rejected", "rejected")
    assert shown(pair, "kz", alert_id)["state"] == "rejected"
    (told,) = shown(pair, "uz", alert_id)["acknowledgements"]
    assert (told["stage"], told["rejection"], told["remark"]) == ("REJ", reason.value, "Not ours.")
    (word,) = notices(pair, "uz", "alert.rejected")
    assert word.facts["reason"] == reason.value
    assert "Not ours." not in word.facts.values()  # words go when their retention ends
    for refused in (
        lambda: report(pair, alert_id, NIL),
        lambda: say(pair, alert_id, Stage.TREATMENT),
        lambda: pair.kz.alerting.acknowledge(LIAISON, alert_id, office=DESK),
    ):
        with pytest.raises(InvalidAlertError, match="rejected"):
            refused()


def test_what_an_alert_led_to_before_its_issuer_took_the_rejection_is_decided_anew(
    pair: Pair,
) -> None:
    alert_id = alerted(pair, commodity_prefix="85")
    pair.run()
    say(pair, alert_id, Stage.REJECTED, rejection=RejectionReason.NOT_COMPETENT)
    pair.submit()
    (between,) = shown(pair, "kz", alert_id)["hits"]

    pair.run()

    (after,) = shown(pair, "kz", alert_id)["hits"]
    assert shown(pair, "kz", alert_id)["state"] == "rejected"
    assert (between["channel"], after["channel"]) == ("orange", "green")


def test_what_is_treated_is_rejected_no_more(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    say(pair, alert_id, Stage.TREATMENT)

    with pytest.raises(InvalidAlertError, match="in treatment"):
        say(pair, alert_id, Stage.REJECTED, rejection=RejectionReason.ILLEGIBLE)


def test_after_a_withdrawal_only_a_control_that_was_done_before_is_told(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    done = pair.clock().isoformat()
    pair.clock.forward(hours=1)
    withdraw(pair, alert_id)
    pair.run()
    pair.clock.forward(hours=1)

    with pytest.raises(InvalidAlertError, match="done before"):
        report(pair, alert_id, NIL)
    with pytest.raises(InvalidAlertError, match="done before"):
        report(pair, alert_id, UNCHECKED)
    report(pair, alert_id, NIL, controlled_at=done)
    pair.run()

    assert lives(pair, alert_id) == ("withdrawn", "withdrawn")
    assert shown(pair, "uz", alert_id)["yield"]["nil"] == 1


def test_a_feedback_that_officers_keep_back_was_never_given(pair: Pair) -> None:
    pair.agree_anew(of_alerts("one"))
    alert_id = drafted(pair)
    send(pair, alert_id)
    let_go(pair, "uz")
    pair.run()
    report(pair, alert_id, NIL, last=True)
    assert lives(pair, alert_id) == ("closed", "new")

    refuse(pair, "kz")
    pair.run()

    assert lives(pair, alert_id) == ("new", "new")
    assert shown(pair, "kz", alert_id)["state"] == "received"
    assert shown(pair, "uz", alert_id)["feedback"] == []


def test_a_feedback_is_the_liaison_officers_and_on_an_alert_that_came(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()

    with pytest.raises(RoleError):
        pair.kz.alerting.reporting.report(NATIONAL, alert_id, NIL)
    with pytest.raises(UnknownRecordError):
        pair.uz.alerting.reporting.report(LIAISON, alert_id, NIL)  # its own
    with pytest.raises(InvalidDocumentError) as caught:
        report(pair, alert_id, {**NIL, "seized": FOUND["seized"]})
    assert [one.code for one in caught.value.findings] == ["CAREC-F063"]
    with pytest.raises(InvalidAlertError, match="usefulness"):
        report(pair, alert_id, {**NIL, "usefulness": 4})
    with pytest.raises(UnknownRecordError):
        report(pair, alert_id, NIL, hit="1-1-1")


def test_an_alert_that_has_expired_is_told_of_still_and_acknowledged_no_more(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    pair.clock.now += timedelta(days=30)
    pair.run()
    assert lives(pair, alert_id) == ("expired", "expired")

    with pytest.raises(InvalidAlertError, match="expired"):
        pair.kz.alerting.acknowledge(LIAISON, alert_id, office=DESK)
    report(pair, alert_id, UNCHECKED, last=True)
    pair.run()

    assert lives(pair, alert_id) == ("closed", "closed")
