"""What came of alerts by RA-021: given here, or received; the text lies encrypted as a payload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.domain.alerting import Result
from exchange_node.store import payloads
from exchange_node.store.alerting.ending import kept
from exchange_node.store.database import add_once
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import alert_feedback as table

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.domain.alerting import Feedback
    from exchange_node.domain.retention import Until
    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.held import HeldAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFeedback:
    """One feedback as it is held; the whole of it is the document.

    Attributes:
        alert: number of the version that it is about.
        issuer: party id of who gave it.
        manifest: number of what was controlled, where it is held here.
        disposed_at: when its text was deleted; None while it is held.
        seen_at: of a sighting, when it was; it stays when the text is gone.
    """

    alert: int
    issuer: str
    reference: str
    direction: Direction
    message_id: str
    result: Result
    is_last: bool
    is_seizure: bool
    usefulness: int | None
    manifest: int | None
    document_id: str
    issued_at: datetime
    stored_at: datetime
    disposed_at: datetime | None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Where a feedback comes from, and what it is about.

    Attributes:
        alert: the version that it is about.
        message_id: of the message that carries it.
        manifest: number of what was controlled, where it is held here.
        by: who gives it (a user), or `node` where it was received.
        until: how long its words are kept; None where disposal is to find it out.
    """

    alert: HeldAlert
    direction: Direction
    message_id: str
    by: str
    at: datetime
    manifest: int | None = None
    until: Until | None = None


def file(conn: Connection, feedback: Feedback, came: Came, document: bytes, vault: Vault) -> bool:
    """File a feedback, ours or a partner's; return False where its reference is taken."""
    document_id = f"alert-feedback/{feedback.issuer}/{feedback.reference}"
    if not payloads.keep_first(conn, document_id, document, vault):
        return False
    return add_once(
        conn,
        table,
        {
            "alert": came.alert.number,
            "issuer": feedback.issuer,
            "reference": feedback.reference,
            "direction": came.direction,
            "message_id": came.message_id,
            "result": feedback.result,
            "is_last": feedback.is_last,
            "is_seizure": feedback.is_seizure,
            "usefulness": feedback.usefulness,
            "manifest": came.manifest,
            "document_id": document_id,
            "issued_at": feedback.issued_at,
            "stored_by": came.by,
            "stored_at": came.at,
            "seen_at": feedback.seen_at,
            **kept(came.alert, feedback.issuer, came.direction, came.until),
        },
    )


def find(conn: Connection, issuer: str, reference: str) -> HeldFeedback | None:
    """Return a feedback by who gave it and its number."""
    row = conn.execute(
        _SELECT.where(table.c.issuer == issuer, table.c.reference == reference)
    ).one_or_none()
    return None if row is None else _feedback(row)


def by_message(conn: Connection, message_id: str) -> HeldFeedback | None:
    """Return the feedback of ours that a message carries, if it carries one."""
    row = conn.execute(
        _SELECT.where(table.c.message_id == message_id, table.c.direction == Direction.SENT)
    ).one_or_none()
    return None if row is None else _feedback(row)


def of_alerts(conn: Connection, numbers: Collection[int]) -> list[HeldFeedback]:
    """Return the feedback on versions of an alert, in the order in which it was filed."""
    rows = conn.execute(_SELECT.where(table.c.alert.in_(numbers)).order_by(table.c.number))
    return [_feedback(row) for row in rows]


def forget(conn: Connection, alert: int, at: datetime) -> int:
    """Delete what feedback on an alert says in words; return how many payloads are gone."""
    mine = (table.c.alert == alert, table.c.disposed_at.is_(None))
    gone = conn.execute(
        update(table).where(*mine).values(disposed_at=at).returning(table.c.document_id)
    )
    return sum(payloads.dispose(conn, one, at) for one in gone.scalars().all())


_SELECT = select(table)


def _feedback(row: Row[Any]) -> HeldFeedback:
    return HeldFeedback(
        alert=row.alert,
        issuer=row.issuer,
        reference=row.reference,
        direction=Direction(row.direction),
        message_id=row.message_id,
        result=Result(row.result),
        is_last=row.is_last,
        is_seizure=row.is_seizure,
        usefulness=row.usefulness,
        manifest=row.manifest,
        document_id=row.document_id,
        issued_at=row.issued_at,
        stored_at=row.stored_at,
        disposed_at=row.disposed_at,
        seen_at=row.seen_at,
    )
