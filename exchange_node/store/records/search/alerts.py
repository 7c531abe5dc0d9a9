"""What alerts are looked for by, beside their keys: what is not over, what is of an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, select

from exchange_node.domain.alert import WITHDRAWAL
from exchange_node.store.records.held import IN_FORCE, LIVE, AlertState, Direction, alert_of
from exchange_node.store.tables import alert as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement, Connection, Exists, FromClause

    from exchange_node.store.records.held import HeldAlert


_LATER = table.alias()


def is_not_over(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Say that an alert is in force at a moment, or will be; of each only its last version."""
    return table.c.state.in_(LIVE) & (table.c.valid_until > at) & ~_overtaken(_LATER)


def _overtaken(later: FromClause) -> Exists:
    """Say that a later version of an alert is in force."""
    return exists().where(
        later.c.issuer == table.c.issuer,
        later.c.alert_id == table.c.alert_id,
        later.c.version > table.c.version,
        later.c.state.in_(IN_FORCE),
    )


NOT_OVER = (
    select(table)
    .where(
        table.c.number.in_(bindparam("numbers", expanding=True)),
        is_not_over(bindparam("at", type_=table.c.valid_until.type)),
    )
    .order_by(table.c.number)
)
"""Those of `numbers` that are in force at a moment, or will be."""


def of_id(conn: Connection, alert_id: str) -> list[HeldAlert]:
    """Return the alerts that have an id, of each issuer the last version, in their order."""
    query = select(table).where(table.c.alert_id == alert_id)
    rows = conn.execute(query.order_by(table.c.issuer, table.c.version))
    return list({row.issuer: alert_of(row) for row in rows}.values())


def ours_to_export(conn: Connection, at: datetime, *, limit: int) -> list[HeldAlert]:
    """Return our alerts that have not come to their end, the newest first, each by one version.

    That is the one in force, else the draft: a correction that was drafted counts for nothing yet.
    """
    other = table.alias()
    sent_before = exists().where(
        other.c.issuer == table.c.issuer,
        other.c.alert_id == table.c.alert_id,
        other.c.state.in_(IN_FORCE),
    )
    query = select(table).where(
        table.c.direction == Direction.SENT,
        table.c.state.in_(LIVE) | ((table.c.state == AlertState.DRAFTED) & ~sent_before),
        table.c.valid_until > at,
        table.c.disposed_at.is_(None),
    )
    return [
        alert_of(row) for row in conn.execute(query.order_by(table.c.number.desc()).limit(limit))
    ]


def of_operation(
    conn: Connection, reference: str, *, after: int = 0, limit: int
) -> list[HeldAlert]:
    """Return the alerts of a joint operation, the newest first; of all operations without a name.

    Of each its last version that looks for something; what was withdrawn is among them.
    """
    overtaken = _overtaken(_LATER).where(_LATER.c.function != WITHDRAWAL)
    query = select(table).where(table.c.function != WITHDRAWAL, ~overtaken)
    # What is said of no operation is in no index, so that it has to be left out in its words.
    query = query.where(table.c.operation != "")
    if reference:
        query = query.where(table.c.operation == reference)
    if after:
        query = query.where(table.c.number < after)
    rows = conn.execute(query.order_by(table.c.number.desc()).limit(limit))
    return [alert_of(row) for row in rows]
