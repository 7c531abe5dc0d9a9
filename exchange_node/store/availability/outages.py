"""Outages, ours and the partners': of each number what was said last.

There is one row for each number of each party. What ended long ago is forgotten before something
new is noted, so that the table does not grow.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from exchange_node.domain.availability.outage import Function, Meanwhile, Outage
from exchange_node.store.database import add_once
from exchange_node.store.tables import outage as table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

KEPT_FOR = timedelta(days=30)
"""How long an outage is kept after its end or its withdrawal (our choice): longer than a message
about it may take, so that an old one brings nothing back."""

# Made once: making a statement costs several times what running it does.
_AHEAD = (
    select(table)
    .where(
        table.c.party == bindparam("of"),
        table.c.ends > bindparam("now"),
        table.c.withdrawn.is_(False),
    )
    .order_by(table.c.begins, table.c.outage_id)
)


def note(conn: Connection, outage: Outage) -> bool:
    """Keep what was said of a number; return whether that is newer than what is held of it.

    Of what was said in one second, the withdrawal counts: told times have no fractions.
    """
    values = {
        "functions": [one.value for one in outage.functions],
        "begins": outage.begins,
        "ends": outage.ends,
        "reason": outage.reason,
        "meanwhile": outage.meanwhile.value,
        "paper": outage.paper,
        "planned": outage.is_planned,
        "withdrawn": outage.is_withdrawn,
        "told_at": outage.told_at,
    }
    key = {"party": outage.party, "outage_id": outage.number}
    if add_once(conn, table, {**key, **values}):
        return True
    held = get(conn, outage.party, outage.number, lock=True)
    if held is None:  # pragma: no cover - it was there a moment ago, and its row is never taken
        return False
    is_newer = outage.told_at > held.told_at
    ends_it = outage.told_at == held.told_at and outage.is_withdrawn and not held.is_withdrawn
    if not (is_newer or ends_it):
        return False
    conn.execute(
        update(table)
        .where(table.c.party == outage.party, table.c.outage_id == outage.number)
        .values(values)
    )
    return True


def get(conn: Connection, party: str, number: str, *, lock: bool = False) -> Outage | None:
    """Return what was said last of a number; with `lock` nobody else changes it meanwhile."""
    query = select(table).where(table.c.party == party, table.c.outage_id == number)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _outage(row)


def ahead(conn: Connection, party: str, now: datetime, *, lock: bool = False) -> list[Outage]:
    """Return a party's outages that have not ended, the soonest first; none that is withdrawn.

    With `lock` nobody else changes them meanwhile.
    """
    query = _AHEAD.with_for_update() if lock else _AHEAD
    return [_outage(row) for row in conn.execute(query, {"of": party, "now": now})]


def since(conn: Connection, party: str, moment: datetime) -> list[Outage]:
    """Return a party's outages that had not ended at a moment, also what was withdrawn later."""
    query = select(table).where(table.c.party == party, table.c.ends > moment)
    return [_outage(row) for row in conn.execute(query.order_by(table.c.begins))]


def parties(conn: Connection, now: datetime) -> list[str]:
    """Return who has an outage that has not ended."""
    query = select(table.c.party).where(table.c.ends > now, table.c.withdrawn.is_(False))
    return list(conn.execute(query.distinct().order_by(table.c.party)).scalars())


def forget_old(conn: Connection, party: str, now: datetime) -> None:
    """Forget what ended long ago, or was withdrawn long ago, whenever it was to begin."""
    before = now - KEPT_FOR
    is_over = or_(table.c.ends < before, and_(table.c.withdrawn, table.c.told_at < before))
    conn.execute(delete(table).where(table.c.party == party, is_over))


def count(conn: Connection, party: str) -> int:
    """Return how many numbers of a party are kept."""
    kept = select(func.count()).select_from(table).where(table.c.party == party)
    return int(conn.execute(kept).scalar_one())


def known(conn: Connection, party: str, numbers: Sequence[str]) -> dict[str, Outage]:
    """Return, of some numbers of a party, what is held, by its number; nobody else changes it."""
    query = select(table).where(table.c.party == party, table.c.outage_id.in_(numbers))
    rows = conn.execute(query.order_by(table.c.outage_id).with_for_update())
    return {row.outage_id: _outage(row) for row in rows}


def _outage(row: Row[Any]) -> Outage:
    return Outage(
        number=row.outage_id,
        party=row.party,
        functions=tuple(Function(one) for one in row.functions),
        begins=row.begins,
        ends=row.ends,
        reason=row.reason,
        meanwhile=Meanwhile(row.meanwhile),
        paper=row.paper,
        is_planned=row.planned,
        told_at=row.told_at,
        is_withdrawn=row.withdrawn,
    )
