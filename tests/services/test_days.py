"""A clock that hangs in the east: an agreement counts until its last day of UTC is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from exchange_node.node import reasoning, trying
from tests.services.test_alerting import acknowledgements_sent, sent_alert
from tests.world import DECLARATION, FACTS, LIAISON, NATIONAL, Pair

LAST_EVENING = datetime(2026, 4, 1, 20, tzinfo=UTC)


@pytest.fixture(name="late")
def _late(pair: Pair) -> Pair:
    pair.clock.forward(seconds=(LAST_EVENING - pair.clock()).total_seconds())
    return pair


def east(pair: Pair) -> datetime:
    return pair.clock().astimezone(timezone(timedelta(hours=5)))


def test_a_declaration_goes_until_the_last_day_is_over_in_utc(late: Pair) -> None:
    facts = FACTS.read_text("utf-8")
    eastern = replace(late.kz.dispatch, clock=lambda: east(late))

    taken = eastern.submit(NATIONAL, DECLARATION.read_bytes(), partner="customs.uz", facts=facts)

    assert not taken.is_refused


def test_a_trial_and_the_reasoning_mean_days_of_utc(late: Pair) -> None:
    facts = FACTS.read_text("utf-8")
    for on in (None, LAST_EVENING.date()):
        asked: Any = {
            "partner": "customs.uz",
            "purpose": "TRANSIT_CONTROL",
            "facts": facts,
            "on": on,
        }
        eastern = replace(trying(late.kz), clock=lambda: east(late))
        reasons = replace(reasoning(late.kz), clock=lambda: east(late))

        trial = eastern.look(NATIONAL, DECLARATION.read_bytes(), **asked)
        why = reasons.explain(NATIONAL, DECLARATION.read_bytes(), **asked)

        assert (trial.fate, trial.facts["on"]) == ("accepted", "2026-04-01")
        assert (why.is_permitted, why.on) == (True, LAST_EVENING.date())


def test_an_alert_goes_and_is_acknowledged_until_the_last_day_is_over_in_utc(late: Pair) -> None:
    eastern = replace(late.uz.alerting, clock=lambda: east(late))
    late.uz = replace(late.uz, alerting=eastern)
    alert_id = sent_alert(late, "RISK_ANALYSIS")

    replace(late.kz.alerting, clock=lambda: east(late)).acknowledge(
        LIAISON, alert_id, office="KZ550302"
    )

    assert acknowledgements_sent(late) == 1
