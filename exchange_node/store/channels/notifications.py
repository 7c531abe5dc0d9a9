"""Happenings at desks: which desk was told of what, by which ways, and whether somebody saw it.

One row for each happening and desk, one for each of its ways; when a way is tried next is a duty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store.database import add_once
from exchange_node.store.tables import notification as table
from exchange_node.store.tables import notification_way as ways

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


class NotificationState(StrEnum):
    """Where a happening stands at a desk.

    `OPEN` waits for its ways or for a person, `TOLD` wants no answer, `PASSED_ON` went to the next
    desk, `UNANSWERED` had no next one.
    """

    OPEN = "open"
    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"
    PASSED_ON = "passed-on"
    UNANSWERED = "unanswered"


class WayState(StrEnum):
    """Where one way stands."""

    WAITING = "waiting"
    TOLD = "told"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWay:
    """One way of a happening to a desk.

    Attributes:
        tries: how often it was tried.
        settled_at: when it was told or given up; None while it waits.
    """

    notification: int
    way: str
    state: WayState = WayState.WAITING
    tries: int = 0
    last_error: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A happening at a desk.

    Attributes:
        notice: id of the happening, the same at every desk.
        facts: of the happening; they go once nobody has to be told any more.
        about: the alert that it is about, as issuer and id with a slash between; else empty.
        opened_at: when it came to the desk.
        acknowledge_by: when it goes to the next desk unless somebody says that he has seen it.
        settled_at, settled_by: since when it stands as it does, and by whom.
    """

    notice: str
    desk: str
    code: str
    severity: int
    at: datetime
    opened_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    acknowledge_by: datetime | None = None
    state: NotificationState = NotificationState.OPEN
    settled_at: datetime | None = None
    settled_by: str = ""
    number: int = 0


def add(conn: Connection, one: Notification, by: Iterable[str]) -> int | None:
    """Keep a happening at a desk with its ways; return its number, None if it was there before."""
    values = {
        "notice": one.notice,
        "desk": one.desk,
        "code": one.code,
        "severity": one.severity,
        "at": one.at,
        "opened_at": one.opened_at,
        "facts": dict(one.facts),
        "about": one.about,
        "acknowledge_by": one.acknowledge_by,
        "state": one.state,
        "settled_at": one.settled_at,
        "settled_by": one.settled_by,
    }
    if not add_once(conn, table, values):
        return None
    query = select(table.c.number).where(table.c.notice == one.notice, table.c.desk == one.desk)
    number = int(conn.execute(query).scalar_one())
    rows = [
        {"notification": number, "way": way, "state": WayState.WAITING, "tries": 0,
         "last_error": "", "settled_at": None}
        for way in by
    ]  # fmt: skip
    if rows:
        conn.execute(insert(ways), rows)
    return number


def get(conn: Connection, number: int, *, to_change: bool = False) -> Notification:
    """Return one; `to_change` holds its row until the transaction ends.

    Raises:
        UnknownRecordError: there is none of that number.
    """
    query = select(table).where(table.c.number == number)
    row = conn.execute(query.with_for_update() if to_change else query).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="notice", key=str(number))
    return _notification(row)


def of_notice(conn: Connection, notice: str) -> list[Notification]:
    """Return a happening at every desk that was told of it, the first first."""
    query = select(table).where(table.c.notice == notice).order_by(table.c.number)
    return [_notification(row) for row in conn.execute(query)]


def newest(
    conn: Connection, state: str, *, limit: int, before: int | None = None
) -> list[Notification]:
    """Return happenings at desks, the newest first; an empty state is any."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if state:
        query = query.where(table.c.state == state)
    if before is not None:
        query = query.where(table.c.number < before)
    return [_notification(row) for row in conn.execute(query)]


def ways_of(conn: Connection, number: int) -> list[KeptWay]:
    """Return the ways of a happening to its desk, in the order of their names."""
    query = select(ways).where(ways.c.notification == number).order_by(ways.c.way)
    return [_way(row) for row in conn.execute(query)]


def settle(conn: Connection, number: int, state: NotificationState, at: datetime, by: str) -> None:
    """Say how a happening came to its end at a desk; its facts stay until `forget`."""
    conn.execute(
        update(table)
        .where(table.c.number == number)
        .values(state=state, settled_at=at, settled_by=by)
    )


def forget(conn: Connection, number: int) -> None:
    """Empty the facts of a happening where nobody has to be told of it any more."""
    waits = select(ways.c.way).where(
        ways.c.notification == number, ways.c.state == WayState.WAITING
    )
    conn.execute(
        update(table)
        .where(table.c.number == number, table.c.state != NotificationState.OPEN, ~waits.exists())
        .values(facts={})
    )


def tried(conn: Connection, one: KeptWay) -> None:
    """Keep how a way stands after a try."""
    conn.execute(
        update(ways)
        .where(ways.c.notification == one.notification, ways.c.way == one.way)
        .values(
            state=one.state,
            tries=one.tries,
            last_error=one.last_error,
            settled_at=one.settled_at,
        )
    )


def way(conn: Connection, number: int, name: str) -> KeptWay | None:
    """Return one way; None where that happening has none of the name."""
    query = select(ways).where(ways.c.notification == number, ways.c.way == name)
    row = conn.execute(query).one_or_none()
    return None if row is None else _way(row)


def counted(conn: Connection) -> dict[str, int]:
    """Return how many happenings at desks stand where."""
    query = select(table.c.state, func.count()).group_by(table.c.state)
    return {row[0]: int(row[1]) for row in conn.execute(query)}


def clear(conn: Connection, before: datetime, limit: int) -> int:
    """Delete up to `limit` that were settled before a moment; return how many went.

    What is still open at another desk stays: it says which desks were told.
    """
    other = table.alias()
    is_open = select(other.c.number).where(
        other.c.notice == table.c.notice, other.c.state == NotificationState.OPEN
    )
    old = (
        select(table.c.number)
        .where(table.c.settled_at < before, ~is_open.exists())
        .order_by(table.c.settled_at)
        .limit(limit)
    )
    numbers = list(conn.execute(old).scalars())
    if numbers:
        conn.execute(delete(ways).where(ways.c.notification.in_(numbers)))
        conn.execute(delete(table).where(table.c.number.in_(numbers)))
    return len(numbers)


def _notification(row: Row[Any]) -> Notification:
    return Notification(
        number=row.number,
        notice=row.notice,
        desk=row.desk,
        code=row.code,
        severity=row.severity,
        at=row.at,
        opened_at=row.opened_at,
        facts=row.facts,
        about=row.about,
        acknowledge_by=row.acknowledge_by,
        state=NotificationState(row.state),
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


def _way(row: Row[Any]) -> KeptWay:
    return KeptWay(
        notification=row.notification,
        way=row.way,
        state=WayState(row.state),
        tries=row.tries,
        last_error=row.last_error,
        settled_at=row.settled_at,
    )
