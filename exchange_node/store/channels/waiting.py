"""Messages that wait to be pulled: the next of a channel, and those that nobody takes any more.

Such a message lies in the outbox like any other, is never posted, and is moved by the same events:
each pull is a try (`Sent`), after which it is not handed out again before its `due_at`. Who asks
for the next one holds its row until the transaction ends, and moves it in that transaction: two
pulls of one channel never get one message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from exchange_node.domain.transmission import State
from exchange_node.store.outgoing import PULL, outgoing_of
from exchange_node.store.tables import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from exchange_node.store.outgoing import Outgoing


def next_in(
    conn: Connection, mpc: str, now: datetime, *, max_retries: int, due_after: datetime
) -> Outgoing | None:
    """Return the message of a channel whose turn it is, its row locked; None where none waits.

    By lane, the oldest first: never pulled, or pulled without receipt or error while its interval
    ran out (eDelivery AS4 1.15, Pull feature, states 1 and 2), and due after that moment. One that
    another transaction is just handing out is passed over. (SQLite has one writer and ignores the
    lock clause.)
    """
    row = conn.execute(
        select(outbox)
        .where(
            outbox.c.mpc == mpc,
            outbox.c.binding == PULL,
            outbox.c.due_at <= now,
            outbox.c.state.in_((State.QUEUED, State.AWAITING_RECEIPT)),
            outbox.c.held_by == "",
            outbox.c.tries <= max_retries,
            outbox.c.due_at > due_after,
        )
        .order_by(outbox.c.lane, outbox.c.queued_at, outbox.c.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return None if row is None else outgoing_of(row)


def partners(conn: Connection) -> list[str]:
    """Return for whom messages wait to be pulled."""
    query = select(outbox.c.partner).where(outbox.c.binding == PULL, outbox.c.due_at.is_not(None))
    return list(conn.execute(query.distinct().order_by(outbox.c.partner)).scalars())


def forgotten(
    conn: Connection,
    partner: str,
    now: datetime,
    *,
    max_retries: int,
    due_after: datetime,
    limit: int,
) -> list[Outgoing]:
    """Return messages for a partner that no pull will move, their rows locked.

    They were pulled as often as they may be, were not come for since that moment, or are held and
    to be looked at again.
    """
    rows = conn.execute(
        select(outbox)
        .where(
            outbox.c.partner == partner,
            outbox.c.binding == PULL,
            outbox.c.due_at <= now,
            outbox.c.held_by == "",
            or_(
                outbox.c.state == State.HELD,
                outbox.c.tries > max_retries,
                outbox.c.due_at <= due_after,
            ),
        )
        .order_by(outbox.c.number)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [outgoing_of(row) for row in rows]
