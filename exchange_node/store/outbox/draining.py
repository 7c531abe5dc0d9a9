"""After an outage: what waited for the partner goes at once, in a lane of its own.

Each message that fails waits longer for its next try, an hour in the end. When the first gets
through after nothing did, there is nothing left to wait for: what was queued until then is due, in
the order in which it is wanted. Alerts and answers keep their lanes, which go first anyway.

One message that fails while others get through (too large for a thin line, say) is no outage: two
have to have failed. And a manifest is brought forward once, since each time costs it one of its
tries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, or_, select, update

from exchange_node.domain.lanes import Lane
from exchange_node.domain.transmission import State
from exchange_node.domain.transmission.turns import OUTAGE
from exchange_node.store.outgoing import PUSH
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import manifest, outbox, outbox_line

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

FAILED_IN_OUTAGE = 2
"""Messages that have failed, at the least, where the line was down and not they (our choice)."""

_TO = outbox_line.c.partner == bindparam("to")
_FAILING = (
    update(outbox_line)
    .where(_TO, outbox_line.c.failing_since.is_(None))
    .values(failing_since=bindparam("at"))
)
_SINCE = select(outbox_line.c.failing_since).where(_TO)
_THROUGH = update(outbox_line).where(_TO).values(failing_since=None, fresh_since=0)

_WAITING = (
    outbox.c.partner == bindparam("to"),
    outbox.c.binding == PUSH,
    outbox.c.state == State.QUEUED,
    outbox.c.due_at.is_not(None),
    outbox.c.queued_at <= bindparam("at"),
    or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("at")),
)
_EXPECTED = (
    select(func.min(manifest.c.expected_arrival))
    .where(
        manifest.c.movement == outbox.c.conversation_id,
        manifest.c.direction == Direction.SENT,
        manifest.c.superseded_by.is_(None),
    )
    .correlate(outbox)
    .scalar_subquery()
)


def _those(*that: ColumnElement[bool]) -> ColumnElement[bool]:
    # What somebody else is just moving is passed over: nobody waits for anybody in a circle.
    found = select(outbox.c.number).where(*_WAITING, *that).with_for_update(skip_locked=True)
    return outbox.c.number.in_(found)


_FAILED = select(func.count()).where(*_WAITING, outbox.c.tries > 0)
_INTO_BACKLOG = (
    update(outbox)
    .where(_those(outbox.c.lane == Lane.MANIFEST))
    .values(
        lane=Lane.BACKLOG,
        due_at=bindparam("at"),
        wanted_at=func.coalesce(_EXPECTED, outbox.c.queued_at),
    )
)
_AT_ONCE = (
    update(outbox)
    .where(_those(outbox.c.lane < Lane.MANIFEST, outbox.c.due_at > bindparam("at")))
    .values(due_at=bindparam("at"))
)


def failing(conn: Connection, partner: str, at: datetime) -> None:
    """Note that a message did not get through to a partner; the first since one did counts."""
    conn.execute(_FAILING, {"to": partner, "at": at})


def got_through(conn: Connection, partner: str, at: datetime, *, had_failed: bool = False) -> int:
    """Note that one got through; where that ends an outage, return how many are due now.

    What a lorry waits for comes soonest: messages on a movement are wanted when it is expected,
    others since they were queued. `had_failed`: the one that got through did not at first.
    """
    since = conn.execute(_SINCE, {"to": partner}).scalar_one_or_none()
    if since is None:
        return 0
    conn.execute(_THROUGH, {"to": partner})
    if at - since < OUTAGE:
        return 0
    now = {"to": partner, "at": at}
    if conn.execute(_FAILED, now).scalar_one() + had_failed < FAILED_IN_OUTAGE:
        return 0
    return conn.execute(_AT_ONCE, now).rowcount + conn.execute(_INTO_BACKLOG, now).rowcount
