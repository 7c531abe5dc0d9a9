"""A complete alert, for tests to change something in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from exchange_node.domain.alert import (
    Contact,
    Marking,
    PermittedAction,
    RiskAlert,
    Subject,
    Urgency,
)
from exchange_node.domain.alerting import Feedback, Result, SeenIn, Seized

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
FEEDBACK = Feedback(
    reference="kz-feedback-1",
    alert_id=ALERT.alert_id,
    alert_version=1,
    issuer="customs.kz",
    issued_at=NOW,
    contact=Contact(office="KZ550302"),
    result=Result.HIT,
    is_last=True,
    movement="mrn:26KZ5503020000001J0",
    controlled_at=NOW - timedelta(hours=2),
    office="KZ550302",
    measures=("30", "40"),
    seized=(
        Seized(category="NAR", quantity=Decimal("12.5"), unit="KGM", concealment="Spare wheel."),
        Seized(category="CUR", concealment="Behind the seat."),
        Seized(category="TOB", quantity=Decimal(900), unit="NAR"),
    ),
    value=Decimal("40000.5"),
    currency="USD",
    usefulness=3,
    new_facts="The same driver crossed twice in February.",
)
SIGHTING = Feedback(
    reference="kz-sighting-1",
    alert_id=ALERT.alert_id,
    alert_version=1,
    issuer="customs.kz",
    issued_at=NOW,
    contact=Contact(office="KZ550302"),
    result=Result.SIGHTED,
    movement="mrn:26KZ5503020000001J0",
    office="KZ550302",
    new_facts="It stood at the north gate with another trailer.",
    seen_at=NOW - timedelta(hours=2),
    seen_in=SeenIn.CAMERA,
)
