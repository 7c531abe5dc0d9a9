"""The days' keys and what was drawn with them; a movement is drawn once, whatever comes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store.database import add_once
from exchange_node.store.tables import draw as draw_table
from exchange_node.store.tables import draw_day as day_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.store.payloads import Vault

# Made once: making a statement costs several times what running it does.
_OF_MOVEMENT = select(draw_table).where(
    draw_table.c.movement == bindparam("of"), draw_table.c.test == bindparam("is_test")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawDay:
    """A day that draws: what was published of its key, and when."""

    day: date
    commitment: str
    committed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraw:
    """What was drawn for a movement; `number` is 0 up to 2**64."""

    day: date
    rules: str
    number: int
    per_million: int
    is_verifiable: bool


def commit(
    conn: Connection, day: date, key: bytes, commitment: str, at: datetime, vault: Vault
) -> bool:
    """Keep the key of a day, locked, and its commitment; return False where the day has one."""
    values = {
        "day": day.isoformat(),
        "commitment": commitment,
        "locked": vault.lock(key, _context(day)),
        "committed_at": at,
    }
    return add_once(conn, day_table, values)


def committed(conn: Connection, days: Collection[date]) -> frozenset[date]:
    """Return those of the days that have a key."""
    named = [one.isoformat() for one in days]
    rows = conn.execute(select(day_table.c.day).where(day_table.c.day.in_(named))).scalars()
    return frozenset(date.fromisoformat(one) for one in rows)


def day(conn: Connection, of: date) -> DrawDay:
    """Return what was published of a day.

    Raises:
        UnknownRecordError: nothing was.
    """
    return _day(_row(conn, of))


def days(conn: Connection, *, limit: int) -> list[DrawDay]:
    """Return the days, the latest first."""
    query = select(day_table).order_by(day_table.c.day.desc()).limit(limit)
    return [_day(row) for row in conn.execute(query)]


def key_of(conn: Connection, of: date, vault: Vault) -> bytes:
    """Return the key of a day. Who may see it, and when, is for the caller to ask.

    Raises:
        UnknownRecordError: the day has none.
        AlteredRecordError: the storage key does not fit, or the row was altered.
    """
    return vault.unlock(bytes(_row(conn, of).locked), _context(of))


def keep(conn: Connection, movement: str, drawn: KeptDraw, at: datetime, *, test: bool) -> KeptDraw:
    """Keep what was drawn for a movement, unless something was before; return what is kept."""
    values = {
        "movement": movement,
        "test": test,
        "day": drawn.day.isoformat(),
        "rules": drawn.rules,
        "drawn": f"{drawn.number:016x}",
        "per_million": drawn.per_million,
        "verifiable": drawn.is_verifiable,
        "at": at,
    }
    add_once(conn, draw_table, values)
    kept = perhaps(conn, movement, test=test)
    assert kept is not None  # noqa: S101 - it was just kept, and rows are never deleted
    return kept


def perhaps(conn: Connection, movement: str, *, test: bool) -> KeptDraw | None:
    """Return what was drawn for a movement; None where nothing was."""
    row = conn.execute(_OF_MOVEMENT, {"of": movement, "is_test": test}).one_or_none()
    if row is None:
        return None
    return KeptDraw(
        day=date.fromisoformat(row.day),
        rules=row.rules,
        number=int(row.drawn, 16),
        per_million=row.per_million,
        is_verifiable=row.verifiable,
    )


def _row(conn: Connection, of: date) -> Row[Any]:
    row = conn.execute(select(day_table).where(day_table.c.day == of.isoformat())).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="day of draws", key=of.isoformat())
    return row


def _day(row: Row[Any]) -> DrawDay:
    return DrawDay(
        day=date.fromisoformat(row.day), commitment=row.commitment, committed_at=row.committed_at
    )


def _context(of: date) -> str:
    return f"draw key/{of.isoformat()}"
