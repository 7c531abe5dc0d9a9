"""Movements whose retention has ended: what happened to them goes, their number and state stay.

What partners told goes; of a movement that began here what this node told itself stays, as the
manifests that it sent do. A movement stays whole while a manifest of it is held that a partner
sent, while a legal hold keeps what is held of it, while it is enquired after or recovered, and,
where it is not over, while a clock of it runs and for a year beyond its day: goods that are still
on their way may be enquired after.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, or_, select, update

from exchange_node.domain.movement import FINAL, State
from exchange_node.domain.retention import Kept
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import duty, legal_hold, manifest, movement, movement_event

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from exchange_node.domain.retention import Stamp

_PURSUED = (State.ENQUIRY, State.RECOVERY)
_OVER = (*sorted(FINAL), State.CANCELLED)


UNENDED = timedelta(days=365)
"""How long beyond its day a movement stays whole whose end nobody told (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What went of a movement.

    Attributes:
        movement: `str` of the MovementId.
        events: how many lines of what happened are gone.
        digest: SHA-256 over them as JSON, lower-case hex.
        due_at: when its retention ended.
    """

    movement: str
    events: int
    digest: str
    due_at: datetime


def ended(conn: Connection, at: datetime, *, clocks: Collection[str], limit: int) -> list[int]:
    """Return the numbers of movements that nothing keeps any more, the longest due first.

    `clocks` are the duties of a movement that keep it while one waits.
    """
    rows = conn.execute(
        select(movement.c.number)
        .where(movement.c.delete_after <= at, *_is_over(clocks, at))
        .order_by(movement.c.delete_after)
        .limit(limit)
    )
    return list(rows.scalars())


def erase(
    conn: Connection, number: int, own: str, at: datetime, *, clocks: Collection[str]
) -> Erased | None:
    """Erase what happened to a movement; None where something keeps it by now, or it is gone."""
    mine = movement.c.number == number
    row = conn.execute(
        select(movement)
        .where(mine, movement.c.delete_after <= at, *_is_over(clocks, at))
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    told: list[ColumnElement[bool]] = [movement_event.c.movement == number]
    if row.departure == own:
        told.append(movement_event.c.party != own)
    lines = conn.execute(select(movement_event).where(*told).order_by(movement_event.c.number))
    said = [json.dumps(dict(one._mapping), sort_keys=True, default=str) for one in lines]  # noqa: SLF001 - a row's public mapping
    conn.execute(
        update(movement).where(mine).values(disposed_at=at, events_gone=row.events_gone + len(said))
    )
    conn.execute(delete(movement_event).where(*told))
    return Erased(
        movement=row.movement,
        events=len(said),
        digest=hashlib.sha256("\n".join(said).encode()).hexdigest(),
        due_at=row.delete_after,
    )


def draw_in(conn: Connection, stamp: Stamp, due_at: datetime) -> None:
    """Let a movement end with the last manifest of it that a partner sent, if that ended earlier.

    `stamp` is that of a manifest which is gone, `due_at` when its retention ended.
    """
    of = select(manifest.c.test).where(manifest.c.number == stamp.number).scalar_subquery()
    conn.execute(
        update(movement)
        .where(
            movement.c.movement == stamp.subject,
            movement.c.departure == stamp.partner,
            movement.c.test == of,
            movement.c.delete_after > due_at,
            ~_is_held(),
        )
        .values(delete_after=due_at)
    )


def _is_over(clocks: Collection[str], at: datetime) -> tuple[Any, ...]:
    runs = exists().where(duty.c.kind.in_(clocks), duty.c.ref == cast(movement.c.number, String))
    return (
        movement.c.disposed_at.is_(None),
        movement.c.state.not_in(_PURSUED),
        ~_is_held(),
        or_(
            movement.c.state.in_(_OVER),
            and_(~runs, movement.c.delete_after <= at - UNENDED),
        ),
    )


def _is_held() -> Any:  # noqa: ANN401 - a clause of SQL
    is_there = exists().where(
        manifest.c.movement == movement.c.movement,
        manifest.c.direction == Direction.RECEIVED,
        manifest.c.partner == movement.c.departure,
        manifest.c.test == movement.c.test,
        manifest.c.disposed_at.is_(None),
    )
    is_kept = exists().where(
        legal_hold.c.kind == Kept.MANIFEST,
        legal_hold.c.subject == movement.c.movement,
        legal_hold.c.lifted_at.is_(None),
    )
    return or_(is_there, is_kept)
