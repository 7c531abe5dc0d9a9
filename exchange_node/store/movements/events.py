"""What happened to movements: rows that are added and never change.

An event of the same party under the same number is the same event: told twice it is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from exchange_node.domain.movement import REPEATED, Event, State
from exchange_node.store.database import add_once
from exchange_node.store.tables import movement_event as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent:
    """One event as it was recorded.

    Attributes:
        movement: the number of its row.
        code: the message that tells of it.
        party: whose event it is.
        notice_id: the party's own number of it; of a manifest, the message's id.
        office: where it happened; empty where nobody said.
        recorded_by: a user, or `node`.
        message_id: of the message that brought it; empty where it is our own.
        said: in a code why, or how the movement stands where it was told; empty for neither.
        told: the message that took it to each partner, by party id.
        before, after: this node's view.
        fallback: the mark of what was recorded without the line; empty for all else.
        details: more of it in codes, numbers and offices; nothing that names anybody.
    """

    movement: int
    event: Event
    code: str
    party: str
    notice_id: str
    office: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    before: State
    after: State
    said: str = ""
    message_id: str = ""
    told: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fallback: str = ""
    number: int = 0


def add(conn: Connection, event: KeptEvent) -> bool:
    """Record an event; return whether it was new."""
    return add_once(
        conn,
        table,
        {
            "movement": event.movement,
            "event": event.event,
            "code": event.code,
            "party": event.party,
            "notice_id": event.notice_id,
            "office": event.office,
            "occurred_at": event.occurred_at,
            "recorded_at": event.recorded_at,
            "recorded_by": event.recorded_by,
            "said": event.said,
            "message_id": event.message_id,
            "told": dict(event.told),
            "details": dict(event.details),
            "fallback": event.fallback,
            "before": event.before,
            "after": event.after,
        },
    )


def find(conn: Connection, movement: int, party: str, notice_id: str) -> KeptEvent | None:
    """Return what a party told under a number of its own; None if it told nothing under it."""
    row = conn.execute(
        select(table).where(
            table.c.movement == movement,
            table.c.party == party,
            table.c.notice_id == notice_id,
        )
    ).one_or_none()
    return None if row is None else _event_of(row)


def is_overtaken(conn: Connection, movement: int, event: Event, occurred_at: datetime) -> bool:
    """Return whether something is recorded that happened later on the way than an event.

    The withdrawal of an enquiry is overtaken by another enquiry alone.
    """
    if event is Event.WITHDRAWAL:
        anew = select(table.c.number).where(
            table.c.movement == movement,
            table.c.event == Event.ENQUIRY,
            table.c.occurred_at > occurred_at,
        )
        return conn.execute(anew.limit(1)).first() is not None
    if event not in REPEATED:
        return False
    later = REPEATED[REPEATED.index(event) + 1 :]
    found = conn.execute(
        select(table.c.number)
        .where(
            table.c.movement == movement,
            or_(
                and_(table.c.event.in_(REPEATED), table.c.occurred_at > occurred_at),
                and_(table.c.event.in_(later), table.c.occurred_at == occurred_at),
            ),
        )
        .limit(1)
    )
    return found.first() is not None


def last_on_the_way(conn: Connection, movement: int) -> Event | None:
    """Return what happened last of all that may happen again and again; None if nothing did."""
    query = select(table.c.event, table.c.occurred_at).where(
        table.c.movement == movement, table.c.event.in_(REPEATED)
    )
    happened = [(row.occurred_at, REPEATED.index(Event(row.event))) for row in conn.execute(query)]
    return REPEATED[max(happened)[1]] if happened else None


def is_known(conn: Connection, movement: int, *kinds: Event, by: datetime | None = None) -> bool:
    """Return whether an event of these kinds is recorded of a movement, that happened by then."""
    query = select(table.c.number).where(table.c.movement == movement, table.c.event.in_(kinds))
    if by is not None:
        query = query.where(table.c.occurred_at <= by)
    return conn.execute(query.limit(1)).first() is not None


def of_movement(conn: Connection, movement: int) -> list[KeptEvent]:
    """Return what happened to a movement, in the order in which it was recorded."""
    rows = conn.execute(select(table).where(table.c.movement == movement).order_by(table.c.number))
    return [_event_of(row) for row in rows]


def _event_of(row: Row[Any]) -> KeptEvent:
    return KeptEvent(
        movement=row.movement,
        event=Event(row.event),
        code=row.code,
        party=row.party,
        notice_id=row.notice_id,
        office=row.office,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        before=State(row.before),
        after=State(row.after),
        said=row.said,
        message_id=row.message_id,
        told=MappingProxyType(row.told),
        details=MappingProxyType(row.details),
        fallback=row.fallback,
        number=row.number,
    )
