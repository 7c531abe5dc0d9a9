"""Clocks of matters: started with what starts them, stopped by what stops them, run out once.

That a clock has run out is one row changed under a condition, so that of several machines one does
what follows, in the same transaction, and a restart changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from exchange_node.domain.assistance.clocks import STOPS, Clock
from exchange_node.store.database import add_once
from exchange_node.store.tables import assistance_clock as table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.domain.assistance.life import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock as it stands: it runs until it is stopped or has run out."""

    case_number: int
    clock: Clock
    due_at: datetime
    stopped_at: datetime | None = None
    ran_out_at: datetime | None = None


_RUNS = (table.c.stopped_at.is_(None), table.c.ran_out_at.is_(None))
_DUE = (
    select(table)
    .where(*_RUNS, table.c.due_at <= bindparam("at"))
    .order_by(table.c.due_at)
    .limit(bindparam("most"))
)


def start(conn: Connection, case_number: int, due: Mapping[Clock, datetime]) -> None:
    """Start clocks of a matter; one that was started before is left as it is."""
    for clock, at in due.items():
        add_once(conn, table, {"case_number": case_number, "kind": clock, "due_at": at})


def restart(conn: Connection, case_number: int, due: Mapping[Clock, datetime]) -> None:
    """Start clocks of a matter from the beginning, whatever has become of them."""
    start(conn, case_number, due)
    for clock, at in due.items():
        conn.execute(
            update(table)
            .where(table.c.case_number == case_number, table.c.kind == clock)
            .values(due_at=at, stopped_at=None, ran_out_at=None)
        )


def put_off(conn: Connection, case_number: int, until: datetime) -> None:
    """Let the postponement run until then, and the answer be due no earlier."""
    mine = (table.c.case_number == case_number,)
    values = {"case_number": case_number, "kind": Clock.POSTPONEMENT, "due_at": until}
    if not add_once(conn, table, values):
        conn.execute(
            update(table)
            .where(*mine, table.c.kind == Clock.POSTPONEMENT)
            .values(due_at=until, stopped_at=None, ran_out_at=None)
        )
    conn.execute(
        update(table)
        .where(*mine, table.c.kind == Clock.ANSWER, *_RUNS, table.c.due_at < until)
        .values(due_at=until)
    )


def stop(conn: Connection, case_number: int, act: Act, at: datetime) -> None:
    """Stop what an act stops, of the clocks that still run."""
    stopped = [clock for clock, acts in STOPS.items() if act in acts]
    conn.execute(
        update(table)
        .where(table.c.case_number == case_number, table.c.kind.in_(stopped), *_RUNS)
        .values(stopped_at=at)
    )


def go_on(conn: Connection, case_number: int, clock: Clock) -> None:
    """Let a clock that was stopped run on to the end it had."""
    conn.execute(
        update(table)
        .where(table.c.case_number == case_number, table.c.kind == clock)
        .values(stopped_at=None)
    )


def take_up(conn: Connection, case_number: int, stopped_at: datetime) -> None:
    """Let the clocks run on that were stopped at that moment: what stopped them does not count."""
    conn.execute(
        update(table)
        .where(table.c.case_number == case_number, table.c.stopped_at == stopped_at)
        .values(stopped_at=None)
    )


def bring_back(
    conn: Connection, case_number: int, until: datetime | None, answer_due: datetime | None
) -> None:
    """Let a postponement end earlier than it was put off to: at `until`, or not run at all.

    `answer_due` is when the answer was due before anybody postponed it; None where no clock runs.
    """
    mine = (table.c.case_number == case_number,)
    if until is None:
        conn.execute(delete(table).where(*mine, table.c.kind == Clock.POSTPONEMENT))
    else:
        put_off(conn, case_number, until)
    if answer_due is not None:
        conn.execute(
            update(table)
            .where(*mine, table.c.kind == Clock.ANSWER, *_RUNS)
            .values(due_at=max(answer_due, until) if until else answer_due)
        )


def due(conn: Connection, at: datetime, *, limit: int) -> list[Running]:
    """Return the clocks that have come to their end and still run, the longest due first."""
    return [_running(row) for row in conn.execute(_DUE, {"at": at, "most": limit})]


def run_out(conn: Connection, case_number: int, clock: Clock, at: datetime) -> bool:
    """Let a clock run out; return False where it was stopped, put off, or ran out elsewhere."""
    done = conn.execute(
        update(table)
        .where(
            table.c.case_number == case_number,
            table.c.kind == clock,
            table.c.due_at <= at,
            *_RUNS,
        )
        .values(ran_out_at=at)
    )
    return done.rowcount == 1


def of_case(conn: Connection, case_number: int) -> list[Running]:
    """Return the clocks of a matter, the earliest due first."""
    rows = conn.execute(
        select(table).where(table.c.case_number == case_number).order_by(table.c.due_at)
    )
    return [_running(row) for row in rows]


def _running(row: Row[Any]) -> Running:
    return Running(
        case_number=row.case_number,
        clock=Clock(row.kind),
        due_at=row.due_at,
        stopped_at=row.stopped_at,
        ran_out_at=row.ran_out_at,
    )
