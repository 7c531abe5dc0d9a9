"""Statements that look for alerts, made once: making one costs more than running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, select

from exchange_node.store.records.held import IN_FORCE, LIVE
from exchange_node.store.tables import alert as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement


def is_not_over(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Say that an alert is in force at a moment, or will be; of each only its last version."""
    later = table.alias()
    overtaken = exists().where(
        later.c.issuer == table.c.issuer,
        later.c.alert_id == table.c.alert_id,
        later.c.version > table.c.version,
        later.c.state.in_(IN_FORCE),
    )
    return table.c.state.in_(LIVE) & (table.c.valid_until > at) & ~overtaken


NOT_OVER = (
    select(table)
    .where(
        table.c.number.in_(bindparam("numbers", expanding=True)),
        is_not_over(bindparam("at", type_=table.c.valid_until.type)),
    )
    .order_by(table.c.number)
)
"""Those of `numbers` that are in force at a moment, or will be."""
