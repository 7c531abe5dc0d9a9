"""Legal holds: placed, lifted, never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.retention import Kept, LegalHold
from exchange_node.store.tables import legal_hold as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


def place(conn: Connection, hold: LegalHold) -> int:
    """Write a hold down; return its number. Several may stand on one subject."""
    done = conn.execute(
        insert(table)
        .values(
            kind=hold.kind,
            subject=hold.subject,
            why=hold.why,
            placed_at=hold.placed_at,
            placed_by=hold.placed_by,
            lifted_at=None,
            lifted_by="",
        )
        .returning(table.c.number)
    )
    number: int = done.scalar_one()
    return number


def lift(conn: Connection, number: int, *, by: str, at: datetime) -> LegalHold:
    """Lift a hold that stands; return it.

    Raises:
        UnknownRecordError: none of that number stands.
    """
    row = conn.execute(
        update(table)
        .where(table.c.number == number, table.c.lifted_at.is_(None))
        .values(lifted_at=at, lifted_by=by)
        .returning(table)
    ).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="legal hold that stands", key=str(number))
    return _hold(row)


def standing(conn: Connection, kind: Kept, subject: str) -> LegalHold | None:
    """Return the first hold that stands on a subject."""
    row = conn.execute(
        select(table)
        .where(table.c.kind == kind, table.c.subject == subject, table.c.lifted_at.is_(None))
        .order_by(table.c.number)
        .limit(1)
    ).one_or_none()
    return None if row is None else _hold(row)


def search(conn: Connection, *, lifted: bool, limit: int) -> list[LegalHold]:
    """Return holds, the newest first; those that were lifted only if asked for."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if not lifted:
        query = query.where(table.c.lifted_at.is_(None))
    return [_hold(row) for row in conn.execute(query)]


def _hold(row: Row[Any]) -> LegalHold:
    return LegalHold(
        kind=Kept(row.kind),
        subject=row.subject,
        why=row.why,
        placed_at=row.placed_at,
        placed_by=row.placed_by,
        number=row.number,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
    )
