"""Crossings that posts recorded of movements that nobody knows here; what they say is encrypted.

A row goes when its crossing is told or dropped: the audit has what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from exchange_node.store.database import add_once
from exchange_node.store.tables import post_record as table

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One record that waits.

    Attributes:
        movement: its number, as it was recorded.
        locked: the record, encrypted.
        until: how long its movement may come to be known.
        unknown_since: when it was found that it did not.
    """

    record_id: str
    office: str
    movement: str
    by: str
    locked: bytes
    handed_over_at: datetime
    until: datetime
    unknown_since: datetime | None = None


def add(conn: Connection, one: Posted) -> bool:
    """Keep a record; return False where it was kept before."""
    return add_once(
        conn,
        table,
        {
            "record_id": one.record_id,
            "office": one.office,
            "movement": one.movement,
            "by": one.by,
            "locked": one.locked,
            "handed_over_at": one.handed_over_at,
            "until": one.until,
            "unknown_since": one.unknown_since,
        },
    )


def get(conn: Connection, record_id: str, *, lock: bool = False) -> Posted | None:
    """Return a record; None where none waits under that id. `lock` holds its row."""
    query = select(table).where(table.c.record_id == record_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _posted(row)


def waiting(conn: Connection, offices: Collection[str], limit: int) -> list[Posted]:
    """Return what waits of some offices, or of all where none is named, the longest first."""
    query = select(table).order_by(table.c.handed_over_at, table.c.record_id).limit(limit)
    if offices:
        query = query.where(table.c.office.in_(sorted(offices)))
    return [_posted(row) for row in conn.execute(query)]


def give_up(conn: Connection, record_id: str, at: datetime) -> None:
    """Note that the movement of a record did not come to be known in its time."""
    conn.execute(update(table).where(table.c.record_id == record_id).values(unknown_since=at))


def forget(conn: Connection, record_id: str) -> bool:
    """Delete a record; return whether it was there."""
    return conn.execute(delete(table).where(table.c.record_id == record_id)).rowcount == 1


def _posted(row: Row[Any]) -> Posted:
    return Posted(
        record_id=row.record_id,
        office=row.office,
        movement=row.movement,
        by=row.by,
        locked=row.locked,
        handed_over_at=row.handed_over_at,
        until=row.until,
        unknown_since=row.unknown_since,
    )
