"""Statements that came to an office's own node and show nothing there: not filed yet, or refused.

An office is sent nothing else that is kept, and a conversation is the movement that it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from exchange_node.store.incoming import State
from exchange_node.store.tables import inbox, pulled_entry

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

MOST_REFUSED = 50
"""Refused statements that are looked through, the newest (our choice)."""

_REFUSED = (
    select(inbox.c.number, inbox.c.sender, inbox.c.header, inbox.c.received_at)
    .where(inbox.c.state == State.REFUSED)
    .order_by(inbox.c.number.desc())
    .limit(MOST_REFUSED)
)
_WAITING = (State.KEPT, State.PARKED)


@dataclass(frozen=True, slots=True)
class Refused:
    """Statements that were refused and that no later one made good.

    Attributes:
        count: how many, of the newest that are looked through.
        since: when the first of them came.
    """

    count: int
    since: datetime


def waiting_since(conn: Connection) -> datetime | None:
    """Return when the first statement came that is not filed yet; None where all are."""
    first = select(func.min(inbox.c.received_at)).where(inbox.c.state.in_(_WAITING))
    found: datetime | None = conn.execute(first).scalar_one()
    return found


def refused(conn: Connection, since: datetime) -> Refused | None:
    """Return what was refused since a moment and is missing here still; None where nothing is.

    Made good is what was refused of a movement by what was taken in of it later and is expected
    still: that another of its manifests is gone makes nothing good.
    """
    missing = [
        row.received_at
        for row in conn.execute(_REFUSED)
        if row.received_at >= since and not _is_made_good(conn, row)
    ]
    return Refused(len(missing), min(missing)) if missing else None


def _is_made_good(conn: Connection, row: Row[Any, Any, Any, Any]) -> bool:
    later = (
        select(inbox.c.number)
        .join(
            pulled_entry,
            (pulled_entry.c.message_id == inbox.c.message_id)
            & (pulled_entry.c.partner == inbox.c.sender),
        )
        .where(
            pulled_entry.c.partner == row.sender,
            pulled_entry.c.movement == row.header.get("conversation", ""),
            pulled_entry.c.gone_at.is_(None),
            inbox.c.number > row.number,
        )
        .limit(1)
    )
    return conn.execute(later).first() is not None
