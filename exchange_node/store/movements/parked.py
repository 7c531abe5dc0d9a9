"""Messages that wait for what has to happen to their movement first.

The message itself is PARKED in the inbox; the row here says what it waits for and how long. It goes
when the message is filed or refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, or_, select, tuple_, update

from exchange_node.store.database import add_once
from exchange_node.store.incoming import State
from exchange_node.store.tables import inbox, movement
from exchange_node.store.tables import movement_parked as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One message that waits.

    Attributes:
        official_number: of the movement that it is about.
        since, until: from when and how long it may wait.
    """

    sender: str
    message_id: str
    official_number: str
    test: bool
    since: datetime
    until: datetime


def park(conn: Connection, one: Parked, at: datetime) -> bool:
    """Say that a message waits; return False for one that waited already.

    That goes on waiting as long as it was let.
    """
    added = add_once(
        conn,
        table,
        {
            "sender": one.sender,
            "message_id": one.message_id,
            "official_number": one.official_number,
            "test": one.test,
            "since": one.since,
            "until": one.until,
            "weighed_at": at,
        },
    )
    if not added:
        conn.execute(update(table).where(*_named(one.sender, one.message_id)).values(weighed_at=at))
    return added


def find(conn: Connection, sender: str, message_id: str) -> Parked | None:
    """Return a message that waits, or waited when it was last weighed."""
    row = conn.execute(select(table).where(*_named(sender, message_id))).one_or_none()
    return None if row is None else _parked_of(row)


def leave(conn: Connection, sender: str, message_id: str) -> None:
    """Forget that a message waited: it was filed or refused."""
    conn.execute(delete(table).where(*_named(sender, message_id)))


def of_movement(conn: Connection, official_number: str, *, test: bool) -> list[Parked]:
    """Return what waits for a movement, the longest waiting first."""
    rows = conn.execute(
        select(table)
        .where(table.c.official_number == official_number, table.c.test == test)
        .order_by(table.c.since, table.c.sender, table.c.message_id)
    )
    return [_parked_of(row) for row in rows]


def wake(conn: Connection, official_number: str, *, test: bool) -> int:
    """Let what waits for a movement be weighed again, for something happened to it."""
    return _wake(
        conn,
        select(table.c.sender, table.c.message_id).where(
            table.c.official_number == official_number, table.c.test == test
        ),
    )


def wake_due(conn: Connection, now: datetime, limit: int) -> int:
    """Let be weighed again what has waited long enough, or what its movement went past.

    The second is for two workers that were quicker than each other: one parked a message while the
    other recorded what it waited for.
    """
    went_on = exists().where(
        movement.c.official_number == table.c.official_number,
        movement.c.test == table.c.test,
        movement.c.changed_at > table.c.weighed_at,
    )
    is_parked = exists().where(
        inbox.c.sender == table.c.sender,
        inbox.c.message_id == table.c.message_id,
        inbox.c.state == State.PARKED,
    )
    return _wake(
        conn,
        select(table.c.sender, table.c.message_id)
        .where(and_(is_parked, or_(table.c.until <= now, went_on)))
        .order_by(table.c.until)
        .limit(limit),
    )


def _wake(conn: Connection, query: Any) -> int:  # noqa: ANN401 - a statement of SQL
    waiting = [(row.sender, row.message_id) for row in conn.execute(query)]
    if not waiting:
        return 0
    done = conn.execute(
        update(inbox)
        .where(
            tuple_(inbox.c.sender, inbox.c.message_id).in_(waiting),
            inbox.c.state == State.PARKED,
        )
        .values(state=State.KEPT, leased_until=None)
    )
    return done.rowcount


def _named(sender: str, message_id: str) -> tuple[Any, Any]:
    return table.c.sender == sender, table.c.message_id == message_id


def _parked_of(row: Row[Any]) -> Parked:
    return Parked(
        sender=row.sender,
        message_id=row.message_id,
        official_number=row.official_number,
        test=row.test,
        since=row.since,
        until=row.until,
    )
