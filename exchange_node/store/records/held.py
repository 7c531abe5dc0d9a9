"""Manifests and alerts as they are held: values and their rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from exchange_node.domain.agreement import Handling
from exchange_node.domain.alert import FeedbackScope, Marking, PermittedAction, Urgency
from exchange_node.store.tables.values import decision_of, exchange_of, exchange_values

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import Row

    from exchange_node.domain.decision import Decision
    from exchange_node.domain.message import Exchange


class Direction(StrEnum):
    """Whether this node sent a record or received it."""

    SENT = "sent"
    RECEIVED = "received"


class Kind(StrEnum):
    """What a key is."""

    OFFICE = "office"
    MEANS = "means"
    EQUIPMENT = "equipment"
    SEAL = "seal"
    MOVEMENT = "movement"
    PARTY = "party"
    DOCUMENT = "document"
    COMMODITY = "commodity"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldManifest:
    """One manifest as it is held.

    Attributes:
        movement: `str` of the MovementId.
        mrn: where the movement's scheme is `mrn`, else empty.
        offices, means, equipment, seals: as the document has them, for lists.
        expected_arrival: at the entry office; None where the document does not tell.
        delete_after: when retention ends.
        version: 1 for the first document on this movement with this partner, then 2 …; `file`
            gives it, as it gives `number` and `document_id`.
        superseded_by: number of the document that took its place.
        disposed_at: when its content was deleted; None while it is held.
        stated_at: when another node stated what is known of it; None where it is held itself.
    """

    direction: Direction
    partner: str
    message_id: str
    movement: str
    functional_reference: str
    exchange: Exchange
    offices: tuple[str, ...]
    means: tuple[str, ...]
    equipment: tuple[str, ...]
    seals: tuple[str, ...]
    stored_at: datetime
    delete_after: datetime
    mrn: str = ""
    expected_arrival: datetime | None = None
    decision: Decision | None = None
    decided_at: datetime | None = None
    version: int = 0
    document_id: str = ""
    superseded_by: int | None = None
    disposed_at: datetime | None = None
    number: int = 0
    stated_at: datetime | None = None


def manifest_values(held: HeldManifest, document_id: str) -> dict[str, object]:
    """Return the columns of a manifest that is new, but for its version."""
    return {
        **exchange_values(held.exchange),
        "direction": held.direction,
        "partner": held.partner,
        "message_id": held.message_id,
        "movement": held.movement,
        "functional_reference": held.functional_reference,
        "mrn": held.mrn,
        "offices": list(held.offices),
        "means": list(held.means),
        "equipment": list(held.equipment),
        "seals": list(held.seals),
        "expected_arrival": held.expected_arrival,
        "channel": held.decision.channel if held.decision else "",
        "decision": asdict(held.decision) if held.decision else {},
        "decided_at": held.decided_at,
        "document_id": document_id,
        "stored_at": held.stored_at,
        "delete_after": held.delete_after,
        "superseded_by": held.superseded_by,
    }


def manifest_of(row: Row[Any]) -> HeldManifest:
    """Return the manifest in a row."""
    return HeldManifest(
        direction=Direction(row.direction),
        partner=row.partner,
        message_id=row.message_id,
        movement=row.movement,
        functional_reference=row.functional_reference,
        exchange=exchange_of(row),
        offices=tuple(row.offices),
        means=tuple(row.means),
        equipment=tuple(row.equipment),
        seals=tuple(row.seals),
        stored_at=row.stored_at,
        delete_after=row.delete_after,
        mrn=row.mrn,
        expected_arrival=row.expected_arrival,
        decision=decision_of(row.decision),
        decided_at=row.decided_at,
        version=row.version,
        document_id=row.document_id,
        superseded_by=row.superseded_by,
        disposed_at=row.disposed_at,
        number=row.number,
    )


class AlertState(StrEnum):
    """Where an alert stands at this node; what each recipient made of it is in `recipients`."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED = "closed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


LIVE = frozenset(
    {AlertState.APPROVED, AlertState.SENT, AlertState.RECEIVED, AlertState.ACKNOWLEDGED}
)
"""States in which an alert is matched."""

_OVER = frozenset(
    {AlertState.EXPIRED, AlertState.CLOSED, AlertState.REJECTED, AlertState.SUPERSEDED}
)

IN_FORCE = LIVE | _OVER | {AlertState.WITHDRAWN}
"""States in which a version puts the earlier ones out of force: a draft does not yet."""

LEADS_NOWHERE = frozenset({AlertState.WITHDRAWN, AlertState.SUPERSEDED, AlertState.REJECTED})
"""States in which what rests on an alert raises nothing any more."""

ALERT_MOVES: Mapping[AlertState, frozenset[AlertState]] = {
    AlertState.DRAFTED: frozenset(),
    AlertState.APPROVED: frozenset({AlertState.DRAFTED}),
    AlertState.DISCARDED: frozenset({AlertState.DRAFTED}),
    AlertState.SENT: frozenset({AlertState.APPROVED}),
    # Its issuer did not take the acknowledgement.
    AlertState.RECEIVED: frozenset({AlertState.ACKNOWLEDGED}),
    AlertState.ACKNOWLEDGED: frozenset({AlertState.RECEIVED}),
    AlertState.WITHDRAWN: LIVE | _OVER,
    AlertState.EXPIRED: LIVE,
    AlertState.CLOSED: LIVE,
    AlertState.REJECTED: LIVE,
    AlertState.SUPERSEDED: LIVE | (_OVER - {AlertState.SUPERSEDED}),
}
"""From which states each state is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAlert:
    """One version of an alert as it is held; the whole of it is the document.

    Attributes:
        partner: who sent it; empty where it is our own.
        message_id: of the message that brought it; empty where it is our own.
        stored_by, changed_by: who drafted, who changed its state last (a user, or `node`).
        agreement_id, agreement_version, grant: what it came under; empty and 0 where it is our own.
        purpose: what it may be used for; empty where it is our own.
        kept_since, delete_after: when retention began and ends; None where it is our own.
        disposed_at: when its content was deleted; None while it is held.
        feedback_requested: whether it asks for feedback; None where it was filed before that was
            kept apart from the document.
        feedback_due_on, feedback_scope: until when and for what it asks, where it says so.
        operation: reference of the joint operation that it belongs to; empty for none.
    """

    number: int
    issuer: str
    alert_id: str
    version: int
    direction: Direction
    partner: str
    message_id: str
    state: AlertState
    function: str
    category: str
    severity: int
    urgency: Urgency
    marking: Marking
    permitted_action: PermittedAction
    unverified: bool
    summary: str
    issued_at: datetime
    valid_from: datetime
    valid_until: datetime
    handling: Handling
    test: bool
    document_id: str
    stored_at: datetime
    stored_by: str
    changed_at: datetime
    changed_by: str
    agreement_id: str
    agreement_version: int
    grant: str
    purpose: str
    kept_since: datetime | None
    delete_after: datetime | None
    disposed_at: datetime | None
    feedback_requested: bool | None = None
    feedback_due_on: date | None = None
    feedback_scope: FeedbackScope | None = None
    confidence: str | None = None
    operation: str


def alert_of(row: Row[Any]) -> HeldAlert:
    """Return the alert in a row."""
    return HeldAlert(
        number=row.number,
        issuer=row.issuer,
        alert_id=row.alert_id,
        version=row.version,
        direction=Direction(row.direction),
        partner=row.partner,
        message_id=row.message_id,
        state=AlertState(row.state),
        function=row.function,
        category=row.category,
        severity=row.severity,
        urgency=Urgency(row.urgency),
        marking=Marking(row.marking),
        permitted_action=PermittedAction(row.permitted_action),
        unverified=row.unverified,
        summary=row.summary,
        issued_at=row.issued_at,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        handling=Handling(row.handling),
        test=row.test,
        document_id=row.document_id,
        stored_at=row.stored_at,
        stored_by=row.stored_by,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        agreement_id=row.agreement_id,
        agreement_version=row.agreement_version,
        grant=row.grant_id,
        purpose=row.purpose,
        kept_since=row.kept_since,
        delete_after=row.delete_after,
        disposed_at=row.disposed_at,
        feedback_requested=row.feedback_requested,
        feedback_due_on=row.feedback_due_on,
        feedback_scope=FeedbackScope(row.feedback_scope) if row.feedback_scope else None,
        confidence=row.confidence,
        operation=row.operation,
    )
