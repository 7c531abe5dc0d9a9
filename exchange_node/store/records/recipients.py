"""Who was sent an alert and how far each has come.

A recipient's state follows from the moments that are recorded, each once, in whatever order
receipt, answer and acknowledgement arrive; before the first of them, from where the message that
takes the alert there stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.domain.releasing.release import State as Release
from exchange_node.domain.transmission import State
from exchange_node.store.database import add_once
from exchange_node.store.tables import alert_recipient as table
from exchange_node.store.tables import outbox, waiting_room
from exchange_node.store.tables.values import findings_of, plain_findings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.domain.finding import Finding


class RecipientState(StrEnum):
    """How far an alert has come with one recipient; REJECTED is final, the others follow on.

    FAILED and CANCELLED are those of its message: refused or given up, or taken back; WAITING,
    REFUSED and LAPSED those of the waiting room, where officers let it go or not.
    """

    WAITING = "waiting"
    REFUSED = "refused"
    LAPSED = "lapsed"
    QUEUED = "queued"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One row of an alert's matrix: a partner, the message that took it there, the moments.

    Attributes:
        alert: number of the alert.
        findings: what the partner answered.
        transmission: where the message stands; None where nothing is kept of it.
        release: how it fared with officers; None where none had to see it.
        why: it was not let go.
    """

    alert: int
    partner: str
    message_id: str
    queued_at: datetime
    delivered_at: datetime | None = None
    accepted_at: datetime | None = None
    rejected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    transmission: State | None = None
    release: Release | None = None
    why: str = ""

    @property
    def state(self) -> RecipientState:
        """The furthest that the alert has come."""
        if self.acknowledged_at is not None:
            return RecipientState.ACKNOWLEDGED
        if self.rejected_at is not None:
            return RecipientState.REJECTED
        if self.accepted_at is not None:
            return RecipientState.ACCEPTED
        if self.delivered_at is not None:
            return RecipientState.DELIVERED
        if self.transmission is None and self.release in _OF_RELEASE:
            return _OF_RELEASE[self.release]
        return _OF_MESSAGE.get(self.transmission or State.QUEUED, RecipientState.QUEUED)


_SELECT = (
    select(
        table,
        outbox.c.state.label("transmission"),
        waiting_room.c.state.label("release"),
        waiting_room.c.why,
    )
    .outerjoin(outbox, outbox.c.message_id == table.c.message_id)
    .outerjoin(waiting_room, waiting_room.c.message_id == table.c.message_id)
)
_OF_RELEASE = {
    Release.WAITING: RecipientState.WAITING,
    Release.REFUSED: RecipientState.REFUSED,
    Release.LAPSED: RecipientState.LAPSED,
}
_OF_MESSAGE = {
    State.CANCELLED: RecipientState.CANCELLED,
    State.REFUSED: RecipientState.FAILED,
    State.MISSING_RECEIPT: RecipientState.FAILED,
}
_MOMENTS = {
    RecipientState.DELIVERED: table.c.delivered_at,
    RecipientState.ACCEPTED: table.c.accepted_at,
    RecipientState.REJECTED: table.c.rejected_at,
    RecipientState.ACKNOWLEDGED: table.c.acknowledged_at,
}


def add(conn: Connection, alert: int, partner: str, message_id: str, at: datetime) -> bool:
    """Record that an alert is queued for a partner; return False where it was before."""
    row = {
        "alert": alert,
        "partner": partner,
        "message_id": message_id,
        "queued_at": at,
        "findings": [],
    }
    return add_once(conn, table, row)


def mark(
    conn: Connection,
    message_id: str,
    state: RecipientState,
    at: datetime,
    findings: tuple[Finding, ...] = (),
) -> bool:
    """Record a moment of the recipient whom a message went to; return whether it is new.

    False too where the message took no alert anywhere.
    """
    column = _MOMENTS.get(state, table.c.queued_at)
    values: dict[str, Any] = {column.name: at}
    if findings:
        values["findings"] = plain_findings(findings)
    done = conn.execute(
        update(table).where(table.c.message_id == message_id, column.is_(None)).values(values)
    )
    return done.rowcount == 1


def of_alert(conn: Connection, alert: int) -> list[Recipient]:
    """Return the recipients of an alert, by party id."""
    rows = conn.execute(_SELECT.where(table.c.alert == alert).order_by(table.c.partner))
    return [_recipient(row) for row in rows]


def by_message(conn: Connection, message_id: str) -> Recipient | None:
    """Return whom a message took an alert to, if it took one."""
    row = conn.execute(_SELECT.where(table.c.message_id == message_id)).one_or_none()
    return None if row is None else _recipient(row)


def _recipient(row: Row[Any]) -> Recipient:
    return Recipient(
        alert=row.alert,
        partner=row.partner,
        message_id=row.message_id,
        queued_at=row.queued_at,
        delivered_at=row.delivered_at,
        accepted_at=row.accepted_at,
        rejected_at=row.rejected_at,
        acknowledged_at=row.acknowledged_at,
        findings=findings_of(row.findings),
        transmission=State(row.transmission) if row.transmission else None,
        release=Release(row.release) if row.release else None,
        why=row.why or "",
    )
