from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from exchange_node.domain.alert import (
    Contact,
    Marking,
    PermittedAction,
    RiskAlert,
    Subject,
    Urgency,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ALERT = RiskAlert(
    alert_id="customs.uz-2026-000001",
    issuer="customs.uz",
    issued_at=NOW,
    valid_until=NOW + timedelta(days=30),
    marking=Marking.AMBER,
    permitted_action=PermittedAction.DOCUMENTS,
    urgency=Urgency.PRIORITY,
    category="TRD",
    severity=2,
    summary="Diversion of transit goods suspected.",
    contact=Contact(office="UZ000001"),
    subjects=(Subject(means_id="01A777BC"),),
)


def test_an_alert_lives_from_its_start_to_its_end() -> None:
    later = replace(ALERT, valid_from=NOW + timedelta(days=1))

    assert ALERT.is_live(NOW)
    assert not ALERT.is_live(NOW + timedelta(days=30))
    assert not later.is_live(NOW)


def test_a_subject_names_the_criteria_that_are_set() -> None:
    assert Subject(means_id="X1", routing=("KZ",)).criteria == ("means_id", "routing")
