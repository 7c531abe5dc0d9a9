"""How much of what offices told was recorded without the line, counted over a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from exchange_node.domain.movement import UNMOVED, Event
from exchange_node.store.tables import movement, movement_event

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_COUNTED = [one.value for one in Event if one not in UNMOVED | {Event.RELEASE, Event.AMENDMENT}]
"""What offices tell; manifests, questions and what nodes say by themselves are no events of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Events of an office of a party: how many, and how many of them without the line."""

    party: str
    office: str
    events: int
    fallback: int


def shares(conn: Connection, since: datetime, until: datetime, *, test: bool) -> list[Share]:
    """Return the counts of events that happened from `since` up to and without `until`."""
    of = movement_event.c
    marked = func.sum(case((of.fallback != "", 1), else_=0))
    rows = conn.execute(
        select(of.party, of.office, func.count().label("events"), marked.label("fallback"))
        .join(movement, movement.c.number == of.movement)
        .where(
            of.occurred_at >= since,
            of.occurred_at < until,
            of.event.in_(_COUNTED),
            movement.c.test == test,
        )
        .group_by(of.party, of.office)
        .order_by(of.party, of.office)
    )
    return [
        Share(party=row.party, office=row.office, events=row.events, fallback=int(row.fallback))
        for row in rows
    ]
