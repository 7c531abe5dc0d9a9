"""Rows to be done: a walk leaves one, the worker claims it by kind and walks on.

A duty is named by its kind and what it is about, so leaving it twice is leaving it once. One that
is left again while somebody works on it stays: what the second call is about may have come too late
for the first. So does one that took the place of what somebody works on, under the same name: who
claimed the one has no say in the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, delete, or_, select, update

from exchange_node.store.database import add_once
from exchange_node.store.tables import duty as table

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Connection, Row


# Made once: making a statement costs several times what running it does.
_IS_DUE = and_(
    table.c.kind.in_(bindparam("these", expanding=True)),
    table.c.due_at <= bindparam("now"),
    or_(table.c.leased_until.is_(None), table.c.leased_until <= bindparam("now")),
)
_DUE = (
    select(table)
    .where(_IS_DUE)
    .order_by(table.c.due_at, table.c.number)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
# A party id holds neither of the signs that LIKE reads.
_DUE_TO = _DUE.where(table.c.ref.like(bindparam("whose")))
_ANY_DUE = select(table.c.number).where(_IS_DUE).limit(1)
_ANY_DUE_TO = _ANY_DUE.where(table.c.ref.like(bindparam("whose")))
_LEASE = (
    update(table)
    .where(table.c.number.in_(bindparam("rows", expanding=True)))
    .values(leased_until=bindparam("until"), attempts=table.c.attempts + 1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something to be done.

    Attributes:
        asked: how often it was left.
        attempts: how often it was claimed before.
        last_error: why the last attempt failed.
        number: of its row; SQLite may give that of a row that is gone to the next one.
        leased_until: until when it is whose who claimed it.
    """

    kind: str
    ref: str
    due_at: datetime
    asked: int = 1
    attempts: int = 0
    last_error: str = ""
    number: int = 0
    leased_until: datetime | None = None


def leave(conn: Connection, kind: str, ref: str, due_at: datetime) -> bool:
    """Leave a duty; return whether it is new. The earlier of two moments holds."""
    values = {
        "kind": kind,
        "ref": ref,
        "due_at": due_at,
        "asked": 1,
        "attempts": 0,
        "last_error": "",
    }
    while not add_once(conn, table, values):
        again = conn.execute(
            update(table)
            .where(table.c.kind == kind, table.c.ref == ref)
            .values(
                asked=table.c.asked + 1,
                due_at=case((table.c.due_at > due_at, due_at), else_=table.c.due_at),
            )
        )
        if again.rowcount:
            return False
        # It was done in the moment between the two statements: leave it anew.
    return True


def may_claim(conn: Connection, kinds: Collection[str], now: datetime, *, whose: str = "") -> bool:
    """Return whether a duty can be claimed, as `claim` has it; to learn that, nothing is locked."""
    asked: dict[str, object] = {"these": list(kinds), "now": now}
    if whose:
        asked["whose"] = f"{whose} %"
    return conn.execute(_ANY_DUE_TO if whose else _ANY_DUE, asked).first() is not None


def claim(
    conn: Connection,
    kinds: Collection[str],
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    whose: str = "",
) -> list[Duty]:
    """Take up to `limit` duties of these kinds whose time has come, the longest due first.

    Nobody else is given them before `now + lease`, `done` or `put_off`. `whose` limits them to
    those whose `ref` begins with that word.
    """
    asked: dict[str, object] = {"these": list(kinds), "now": now, "most": limit}
    if whose:
        asked["whose"] = f"{whose} %"
    rows = conn.execute(_DUE_TO if whose else _DUE, asked).all()
    if rows:
        numbers = [row.number for row in rows]
        conn.execute(_LEASE, {"rows": numbers, "until": now + lease})
    return [replace(_duty(row), leased_until=now + lease) for row in rows]


def done(conn: Connection, duty: Duty) -> bool:
    """Strike a claimed duty off; return False where it was left again and stays to be done."""
    struck = conn.execute(
        delete(table).where(
            *_of_its_name(duty), table.c.asked == duty.asked, table.c.due_at == duty.due_at
        )
    )
    if struck.rowcount:
        return True
    look_again(conn, duty, None)
    return False


def drop(conn: Connection, kind: str, ref: str) -> None:
    """Strike a duty off, claimed or not: it was done without being claimed."""
    conn.execute(delete(table).where(table.c.kind == kind, table.c.ref == ref))


def put_off(conn: Connection, duty: Duty, due_at: datetime, why: str) -> None:
    """Give a claimed duty that failed back, to be tried again at `due_at`."""
    conn.execute(
        update(table).where(*_held(duty)).values(due_at=due_at, leased_until=None, last_error=why)
    )


def look_again(conn: Connection, duty: Duty, due_at: datetime | None) -> None:
    """Give a claimed duty back that did not fail: its tries are counted anew.

    `due_at`: when it has something to do; None for when it has already.
    """
    moved = {} if due_at is None else {"due_at": due_at}
    conn.execute(
        update(table)
        .where(*_held(duty))
        .values(leased_until=None, attempts=0, last_error="", **moved)
    )


def give_back(conn: Connection, duty: Duty) -> None:
    """Give a claimed duty back as it was: what kept it from being done was not its own."""
    conn.execute(
        update(table).where(*_held(duty)).values(leased_until=None, attempts=duty.attempts)
    )


def due_at(conn: Connection, kind: str, ref: str) -> datetime | None:
    """Return when a duty is to be done; None where there is none."""
    query = select(table.c.due_at).where(table.c.kind == kind, table.c.ref == ref)
    found: datetime | None = conn.execute(query).scalar_one_or_none()
    return found


def waiting(conn: Connection, kind: str = "") -> list[Duty]:
    """Return what is to be done, claimed or not, the longest due first."""
    query = select(table).order_by(table.c.due_at, table.c.number)
    if kind:
        query = query.where(table.c.kind == kind)
    return [_duty(row) for row in conn.execute(query)]


def _of_its_name(duty: Duty) -> tuple[ColumnElement[bool], ...]:
    return (table.c.number == duty.number, table.c.kind == duty.kind, table.c.ref == duty.ref)


def _held(duty: Duty) -> tuple[ColumnElement[bool], ...]:
    """Return what finds a duty as long as it is whose who claimed it: no lease is given twice."""
    return (*_of_its_name(duty), table.c.leased_until == duty.leased_until)


def _duty(row: Row[Any]) -> Duty:
    return Duty(
        kind=row.kind,
        ref=row.ref,
        due_at=row.due_at,
        asked=row.asked,
        attempts=row.attempts,
        last_error=row.last_error,
        number=row.number,
        leased_until=row.leased_until,
    )
