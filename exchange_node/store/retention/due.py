"""Received records whose retention has ended and that nothing holds back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from exchange_node.domain.retention import ON_ALERTS, WORDS, Kept, Stamp
from exchange_node.store.incoming import State
from exchange_node.store.records.held import Direction
from exchange_node.store.records.hits import queue_as_alert
from exchange_node.store.retention.stamps import BEGINS, SUBJECTS, TABLES, stamp_of
from exchange_node.store.tables import (
    agreement_act,
    alert,
    inbox,
    legal_hold,
    onward_answer,
    onward_request,
    payload,
    record_order,
    record_order_item,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from exchange_node.domain.orders.order import RecordName


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A received record that somebody named.

    Attributes:
        digest: SHA-256 of its sealed document, lower-case hex.
        gone_at: when it was disposed of; None while it is held.
    """

    stamp: Stamp
    test: bool
    digest: str
    gone_at: datetime | None


def ended(conn: Connection, kind: Kept, at: datetime, *, limit: int) -> list[Stamp]:
    """Return what has reached the end it was stamped with, the longest due first."""
    rows = conn.execute(_ENDED[kind], {"at": at, "most": limit})
    return [stamp_of(kind, row) for row in rows]


def count_ended(conn: Connection, at: datetime) -> int:
    """Return how much has reached the end it was stamped with and nothing holds back."""
    return sum(conn.execute(one, {"at": at}).scalar_one() for one in _COUNTED.values())


def stamped(
    conn: Connection,
    kind: Kept,
    grant: tuple[str, int, str],
    since: datetime,
    *,
    limit: int,
) -> list[Stamp]:
    """Return what came under one grant and has been kept since a moment or longer.

    Args:
        conn: the connection.
        kind: of records.
        grant: agreement id, version, grant id.
        since: retention counts from this moment or an earlier one.
        limit: at the most so many, the oldest first.
    """
    agreement_id, version, grant_id = grant
    rows = conn.execute(
        _STAMPED[kind],
        {"agreement": agreement_id, "version": version, "of": grant_id, "since": since,
         "most": limit},
    )  # fmt: skip
    return [stamp_of(kind, row) for row in rows]


def of_subject(conn: Connection, kind: Kept, subject: str) -> list[Stamp]:
    """Return the received records about a subject that are still there, locked until the end."""
    table = TABLES[kind]
    mine = select(table).where(_named(kind, subject), *_is_kept(table))
    rows = conn.execute(mine.order_by(table.c.number).with_for_update())
    return [stamp_of(kind, row) for row in rows]


def named(conn: Connection, name: RecordName, partner: str) -> Found | None:
    """Return the record that a partner sent and names, held still or not."""
    table = TABLES[name.kind]
    issuer, _, alert_id = name.subject.partition("/")
    which = (
        (table.c.movement == name.subject, table.c.message_id == name.message_id)
        if name.kind is Kept.MANIFEST
        else (
            table.c.issuer == issuer,
            table.c.alert_id == alert_id,
            table.c.version == name.version,
        )
    )
    row = conn.execute(
        select(table, payload.c.digest.label("sealed"))
        .join(payload, payload.c.payload_id == table.c.document_id)
        .where(table.c.direction == Direction.RECEIVED, table.c.partner == partner, *which)
    ).one_or_none()
    if row is None:
        return None
    return Found(
        stamp=stamp_of(name.kind, row), test=row.test, digest=row.sealed, gone_at=row.disposed_at
    )


def lock(conn: Connection, stamp: Stamp) -> bool:
    """Lock a record until the end of the transaction; return whether it is still there.

    Nothing is filed and matched until then (see `hits`). That gate comes before the row, as it does
    where things are filed: in the other order the two would wait for each other.
    """
    queue_as_alert(conn)
    table = TABLES[stamp.kind]
    mine = select(table.c.number).where(table.c.number == stamp.number, *_is_kept(table))
    return conn.execute(mine.with_for_update()).first() is not None


def held_back(conn: Connection, kind: Kept, at: datetime, *, limit: int) -> list[Stamp]:
    """Return what has reached its end and a legal hold names, the longest due first."""
    rows = conn.execute(_HELD_BACK[kind], {"at": at, "most": limit})
    return [stamp_of(kind, row) for row in rows]


def leftovers(conn: Connection, settled: datetime, *, limit: int) -> list[tuple[str, str]]:
    """Return sender and id of messages that hold content and brought no record, the oldest first.

    They were refused, or said what another one had said before, or were answers.
    """
    rows = conn.execute(_LEFTOVERS, {"settled": settled, "most": limit})
    return [(row.sender, row.message_id) for row in rows]


def _named(kind: Kept, subject: str) -> Any:  # noqa: ANN401 - a clause of SQL
    if kind is Kept.ALERT:  # by the columns that an index has
        issuer, _, alert_id = subject.partition("/")
        return and_(alert.c.issuer == issuer, alert.c.alert_id == alert_id)
    return SUBJECTS[kind] == subject


def _is_kept(table: Table) -> tuple[Any, ...]:
    """Return what makes a row one that disposal may be about; words go whoever said them."""
    here = (table.c.disposed_at.is_(None), table.c.delete_after.is_not(None))
    if table is record_order:  # what is still to be carried out says why
        return (or_(table.c.direction == Direction.SENT, table.c.settled_at.is_not(None)), *here)
    if any(TABLES[kind] is table for kind in WORDS):
        return here
    return (table.c.direction == Direction.RECEIVED, *here)


def _is_held_back(kind: Kept) -> Any:  # noqa: ANN401 - a clause of SQL
    itself = exists().where(
        legal_hold.c.kind == kind,
        legal_hold.c.subject == SUBJECTS[kind],
        legal_hold.c.lifted_at.is_(None),
    )
    if kind in ON_ALERTS:  # what proceedings need of an alert, they may need of what came of it
        return exists().where(
            legal_hold.c.kind.in_((kind, Kept.ALERT)),
            legal_hold.c.subject == SUBJECTS[kind],
            legal_hold.c.lifted_at.is_(None),
        )
    if kind is not Kept.ORDER:
        return itself
    # What was ordered of a record that proceedings need, they may need too.
    about = exists().where(
        record_order_item.c.of_order == record_order.c.number,
        legal_hold.c.kind == record_order_item.c.kind,
        legal_hold.c.subject == record_order_item.c.subject,
        legal_hold.c.lifted_at.is_(None),
    )
    return or_(itself, about)


def _ended(kind: Kept) -> Any:  # noqa: ANN401 - a statement of SQL
    table = TABLES[kind]
    over = select(table).where(*_is_kept(table), table.c.delete_after <= bindparam("at"))
    return over.order_by(table.c.delete_after).limit(bindparam("most"))


# Made once: they are asked at every round.
_ENDED = {kind: _ended(kind).where(~_is_held_back(kind)) for kind in Kept}
_COUNTED = {
    kind: select(func.count())
    .select_from(table)
    .where(*_is_kept(table), table.c.delete_after <= bindparam("at"), ~_is_held_back(kind))
    for kind, table in TABLES.items()
}
_HELD_BACK = {kind: _ended(kind).where(_is_held_back(kind)) for kind in Kept}
_STAMPED = {
    kind: select(table)
    .where(
        *_is_kept(table),
        table.c.agreement_id == bindparam("agreement"),
        table.c.agreement_version == bindparam("version"),
        table.c.grant_id == bindparam("of"),
        BEGINS[kind] <= bindparam("since"),
        ~_is_held_back(kind),
    )
    .order_by(BEGINS[kind])
    .limit(bindparam("most"))
    for kind, table in TABLES.items()
}


_LEFTOVERS = (
    select(inbox.c.sender, inbox.c.message_id)
    .join(payload, payload.c.payload_id == inbox.c.payload_id)
    .where(
        payload.c.disposed_at.is_(None),
        inbox.c.state.in_((State.FILED, State.REFUSED)),
        inbox.c.settled_at <= bindparam("settled"),
        *(
            ~exists().where(
                table.c.direction == Direction.RECEIVED,
                table.c.partner == inbox.c.sender,
                table.c.message_id == inbox.c.message_id,
            )
            for kind, table in TABLES.items()
            if kind not in WORDS  # they are kept beside the message
        ),
        # What the partner signed proves what was agreed.
        ~exists().where(agreement_act.c.document_id == inbox.c.payload_id),
        # What was asked and answered about a record goes with the record.
        ~exists().where(onward_request.c.document_id == inbox.c.payload_id),
        ~exists().where(onward_answer.c.document_id == inbox.c.payload_id),
    )
    .order_by(inbox.c.number)
    .limit(bindparam("most"))
)
