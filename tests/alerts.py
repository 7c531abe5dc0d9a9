"""A complete alert, for tests to change something in."""

from __future__ import annotations

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
