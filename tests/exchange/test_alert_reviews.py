from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.exchange.test_corrected_alerts import WHY, plain
from tests.exchange.test_withdrawn_alerts import shown, withdraw
from tests.world import LIAISON, Pair

DUE = "alert.review-due"


def issued(pair: Pair, *, in_days: int) -> str:
    draft = plain(pair) | {"review_on": day(pair, in_days)}
    alert_id = str(pair.uz.alerting.draft(LIAISON, draft)["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    return alert_id


def day(pair: Pair, in_days: int) -> str:
    return (pair.clock() + timedelta(days=in_days)).date().isoformat()


def told(pair: Pair, name: str) -> list[Mapping[str, str]]:
    return [one.facts for one in pair.told[name].told.values() if one.code == DUE]


def until(pair: Pair, day: str) -> timedelta:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00") - pair.clock()


def test_the_desk_of_the_issuer_is_told_once_that_the_day_of_a_review_has_come(pair: Pair) -> None:
    alert_id = issued(pair, in_days=10)
    on = shown(pair, "kz", alert_id)["alert"]["review_on"]
    pair.clock.forward(seconds=int(until(pair, on).total_seconds()) - 1)
    pair.run()
    assert on == day(pair, 1)
    assert told(pair, "uz") == []

    pair.clock.forward(seconds=1)
    pair.restart("uz")
    pair.run()
    pair.clock.forward(days=1)
    pair.run()

    [word] = told(pair, "uz")
    assert (word["alert"], word["review_on"]) == (alert_id, on)
    assert told(pair, "kz") == []


def test_what_was_withdrawn_or_corrected_is_not_reviewed(pair: Pair) -> None:
    withdraw(pair, issued(pair, in_days=5))
    corrected = issued(pair, in_days=5)
    pair.uz.alerting.correcting.correct(
        LIAISON, corrected, plain(pair) | {"review_on": day(pair, 10)}, why=WHY
    )
    pair.uz.alerting.send(LIAISON, corrected)
    pair.run()
    later = day(pair, 10)

    pair.clock.forward(days=6)
    pair.run()
    assert told(pair, "uz") == []
    pair.clock.forward(days=5)
    pair.run()

    assert [(one["alert"], one["review_on"]) for one in told(pair, "uz")] == [(corrected, later)]
