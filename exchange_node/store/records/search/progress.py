"""How far an alert has been held against the manifests that were here before it.

One row for each alert, from the moment it counts. Numbers alone: nothing in it says what is looked
for. What came later finds the alert by its keys, and is none of this.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from exchange_node.store.tables import alert_search as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


class Stage(StrEnum):
    """Where a search is."""

    GOING_ON = "going-on"
    DONE = "done"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One alert against what was held when it began to count.

    Attributes:
        alert: its number.
        round: how often the search was begun.
        stage: `ENDED` where the alert ceased to count before all was looked at.
        begun_at: when the first portion was looked at, with the alert itself.
        below: what is looked at next has a lower number than this one.
        looked: manifests that were looked at.
        fitted: those that the alert fitted.
        unread: those that could not be read.
        candidates: how many there are to be looked at in all; None while nobody has counted them.
        ended_at: when the last portion was looked at, or that the alert counts no more was seen.
    """

    alert: int
    round: int
    stage: Stage
    begun_at: datetime
    below: int
    looked: int = 0
    fitted: int = 0
    unread: int = 0
    candidates: int | None = None
    ended_at: datetime | None = None


def keep(conn: Connection, one: Search) -> None:
    """Write down how far a search is.

    The caller holds the gate (`hits.queue_as_alert`), and has looked there where it was.
    """
    values = _values(one)
    done = conn.execute(update(table).where(table.c.alert == one.alert).values(values))
    if not done.rowcount:
        conn.execute(insert(table).values(alert=one.alert, **values))


def of_alert(conn: Connection, number: int) -> Search | None:
    """Return how far the search of an alert is; None for one from before searches were kept."""
    row = conn.execute(select(table).where(table.c.alert == number)).one_or_none()
    return None if row is None else _search(row)


def _values(one: Search) -> dict[str, object]:
    return {
        "round": one.round,
        "stage": one.stage,
        "begun_at": one.begun_at,
        "below": one.below,
        "looked": one.looked,
        "fitted": one.fitted,
        "unread": one.unread,
        "candidates": one.candidates,
        "ended_at": one.ended_at,
    }


def _search(row: Row[Any]) -> Search:
    return Search(
        alert=row.alert,
        round=row.round,
        stage=Stage(row.stage),
        begun_at=row.begun_at,
        below=row.below,
        looked=row.looked,
        fitted=row.fitted,
        unread=row.unread,
        candidates=row.candidates,
        ended_at=row.ended_at,
    )
