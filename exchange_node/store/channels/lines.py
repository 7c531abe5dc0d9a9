"""Channels that this node pulls from: due → claimed → due again, later after each failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, tuple_, update

from exchange_node.store.database import add_once
from exchange_node.store.tables import pull_line

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class PullLine:
    """A channel at a partner's.

    Attributes:
        due_at: when this node asks next.
        failures: since it last asked with success.
        last_error: empty after a success.
        emptied_at: when nothing waited in it any more, as far as that is known.
    """

    partner: str
    mpc: str
    due_at: datetime
    failures: int = 0
    last_error: str = ""
    emptied_at: datetime | None = None


def claim(
    conn: Connection, among: Collection[tuple[str, str]], now: datetime, lease: timedelta
) -> PullLine | None:
    """Take the channel, of those given as (partner, mpc), that is due for the longest.

    One that was never asked is due at once. Nobody else is given it before `now + lease` or
    before `settle`.
    """
    there = {(one.partner, one.mpc) for one in known(conn)}
    for partner, mpc in sorted(set(among) - there):
        new = {"partner": partner, "mpc": mpc, "due_at": now, "failures": 0, "last_error": ""}
        add_once(conn, pull_line, new)
    row = conn.execute(
        select(pull_line)
        .where(
            tuple_(pull_line.c.partner, pull_line.c.mpc).in_(sorted(among)),
            pull_line.c.due_at <= now,
            or_(pull_line.c.leased_until.is_(None), pull_line.c.leased_until <= now),
        )
        .order_by(pull_line.c.due_at, pull_line.c.partner)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    line = _line(row)
    conn.execute(update(pull_line).where(*_named(line)).values(leased_until=now + lease))
    return line


def renew(conn: Connection, line: PullLine, until: datetime, new: datetime) -> bool:
    """Move the end of a lease from `until` to `new`; False where nobody holds that lease now."""
    done = conn.execute(
        update(pull_line)
        .where(*_named(line), pull_line.c.leased_until == until)
        .values(leased_until=new)
    )
    return done.rowcount == 1


def settle(conn: Connection, line: PullLine) -> None:
    """Give a claimed channel back, as it now stands."""
    conn.execute(
        update(pull_line)
        .where(*_named(line))
        .values(
            due_at=line.due_at,
            leased_until=None,
            failures=line.failures,
            last_error=line.last_error,
            emptied_at=line.emptied_at,
        )
    )


def known(conn: Connection) -> list[PullLine]:
    """Return every channel that was ever asked."""
    query = select(pull_line).order_by(pull_line.c.partner, pull_line.c.mpc)
    return [_line(row) for row in conn.execute(query)]


def _named(line: PullLine) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return pull_line.c.partner == line.partner, pull_line.c.mpc == line.mpc


def _line(row: Row[Any]) -> PullLine:
    return PullLine(
        partner=row.partner,
        mpc=row.mpc,
        due_at=row.due_at,
        failures=row.failures,
        last_error=row.last_error,
        emptied_at=row.emptied_at,
    )
