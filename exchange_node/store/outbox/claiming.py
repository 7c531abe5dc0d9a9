"""Whose turn it is → one message, leased: by lane, by age, by what is agreed with the partner.

A claim is a lease: a worker that dies loses nothing, since the lease runs out and the same bytes go
again. What an outage left behind (`draining`) takes turns with what is fresh.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from exchange_node.domain.lanes import Lane
from exchange_node.domain.transmission.turns import backlog_places, is_backlogs_turn
from exchange_node.store.outgoing import PUSH, outgoing_of
from exchange_node.store.tables import outbox, outbox_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.store.outgoing import Outgoing

MINUTE = timedelta(minutes=1)

# Made once: making a statement costs several times what running it does.
_LINE = (
    select(outbox_line)
    .where(outbox_line.c.partner == bindparam("to"))
    .with_for_update(key_share=True)  # `add` does not wait for it
)
_REST = select(outbox_line.c.next_at).where(outbox_line.c.partner == bindparam("to"))
# What is leased is due, so that the index of what is due holds it.
_WAITING = and_(
    outbox.c.partner == bindparam("to"), outbox.c.due_at.is_not(None), outbox.c.binding == PUSH
)
_UNLEASED = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("now"))
_PLACES = select(
    func.count(),
    func.count().filter(outbox.c.lane == Lane.ALERT),
    func.count().filter(outbox.c.lane == Lane.BACKLOG),
).where(_WAITING, outbox.c.leased_until > bindparam("now"))
_NEXT = (
    select(outbox)
    .where(_WAITING, outbox.c.due_at <= bindparam("now"), _UNLEASED)
    .order_by(outbox.c.lane, outbox.c.due_at, outbox.c.number)
)
_NEXT_TWO = (
    _NEXT.where(outbox.c.lane <= bindparam("lowest")).limit(2).with_for_update(skip_locked=True)
)
# What is wanted at a moment is in the lane of the backlog; asked so, its index gives the order.
BACKLOG = (
    select(outbox)
    .where(
        _WAITING,
        outbox.c.wanted_at.is_not(None),
        outbox.c.due_at <= bindparam("now"),
        _UNLEASED,
    )
    .order_by(outbox.c.wanted_at, outbox.c.number)
    .limit(2)
)
_BACKLOG_TWO = BACKLOG.with_for_update(skip_locked=True)
_HIGHEST = _NEXT.with_only_columns(outbox.c.lane).limit(1).correlate(None)
_LOOK = _PLACES.add_columns(_HIGHEST.scalar_subquery(), _REST.scalar_subquery())
_PARTNERS_DUE = (
    select(outbox.c.partner)
    .where(outbox.c.due_at <= bindparam("now"), outbox.c.binding == PUSH, _UNLEASED)
    .distinct()
)
_LEASE = (
    update(outbox)
    .where(outbox.c.number == bindparam("row"))
    .values(leased_until=bindparam("until"))
)


def claim_next(
    conn: Connection,
    partner: str,
    now: datetime,
    lease: timedelta,
    *,
    concurrency: int,
    per_minute: int = 0,
) -> tuple[Outgoing, bool] | None:
    """Take the partner's next message to push, by lane and then the longest due; None for none.

    A backlog has half of the places at most, and while something fresh waits every fourth turn.

    Nobody else is given it before `now + lease` or `advance`. With it comes whether more waits
    behind it. At most `concurrency` leases run for one partner at a time, and one more
    for an alert; with `per_minute` messages follow each other at even steps. Both hold whatever
    the number of machines: who claims for a partner locks its line.
    """
    line = conn.execute(_LINE, {"to": partner}).one_or_none()
    if line is None or _rests(line.next_at, now):
        return None
    taken, alerts, drained = conn.execute(_PLACES, {"to": partner, "now": now}).one()
    asked = {"to": partner, "now": now, "lowest": _lowest_lane(taken, alerts, concurrency)}
    fresh = conn.execute(_NEXT_TWO, asked).all()
    backlog: Sequence[Row[Any]] = ()
    if asked["lowest"] == Lane.MANIFEST:
        backlog = conn.execute(_BACKLOG_TWO, {"to": partner, "now": now}).all()
    takes_backlog = bool(backlog) and is_backlogs_turn(
        is_fresh_waiting=bool(fresh),
        fresh_since=0 if fresh and fresh[0].lane == Lane.ALERT else line.fresh_since,
        on_its_way=drained,
        most=backlog_places(concurrency),
    )
    if not (takes_backlog or fresh):
        return None
    row = backlog[0] if takes_backlog else fresh[0]
    conn.execute(_LEASE, {"row": row.number, "until": now + lease})
    paced: dict[str, object] = {"next_at": now + MINUTE / per_minute} if per_minute else {}
    if backlog and row.lane != Lane.ALERT:
        paced["fresh_since"] = 0 if takes_backlog else line.fresh_since + 1
    if paced:
        conn.execute(update(outbox_line).where(outbox_line.c.partner == partner).values(paced))
    return outgoing_of(row), len(fresh) + len(backlog) > 1


def may_claim(conn: Connection, partner: str, now: datetime, *, concurrency: int) -> bool:
    """Whether `claim_next` would find a message; a look that locks nothing."""
    taken, alerts, drained, lane, rests_until = conn.execute(
        _LOOK, {"to": partner, "now": now}
    ).one()
    if lane is None:
        return False
    if lane == Lane.BACKLOG and drained >= backlog_places(concurrency):
        return False
    if min(lane, Lane.MANIFEST) > _lowest_lane(taken, alerts, concurrency):
        return False
    return not _rests(rests_until, now)


def resting(conn: Connection, partner: str, now: datetime) -> datetime | None:
    """Return the moment before which the partner's pace lets nothing more go, if there is one.

    It may be over by now.
    """
    rests_until: datetime | None = conn.execute(_REST, {"to": partner}).scalar_one_or_none()
    return rests_until if rests_until is not None and rests_until - now <= MINUTE else None


def _rests(until: datetime | None, now: datetime) -> bool:
    """Whether a partner's pace lets nothing go yet.

    No step of a pace is longer than a minute: a moment further away is of a clock that was set back
    since, and holds nothing up.
    """
    return until is not None and timedelta() < until - now <= MINUTE


def partners_due(conn: Connection, now: datetime) -> list[str]:
    """Return the partners to whom something is to be pushed, by name."""
    return sorted(conn.execute(_PARTNERS_DUE, {"now": now}).scalars())


def _lowest_lane(taken: int, alerts: int, concurrency: int) -> int:
    """Return the last lane that has a place free now."""
    # One alert at a time goes beside the count: what hangs in the lanes below does not hold it up.
    beside = min(1, alerts)
    if taken - beside < concurrency:
        return Lane.MANIFEST
    return Lane.ALERT - 1 if beside else Lane.ALERT


def renew(conn: Connection, message_id: str, until: datetime, new: datetime | None) -> bool:
    """Move the end of a lease from `until` to `new`; False where nobody holds that lease now.

    None ends it without a try: the message is due as it was before.
    What moved the message or claimed it meanwhile has ended the lease, or set another end.
    """
    done = conn.execute(
        update(outbox)
        .where(outbox.c.message_id == message_id, outbox.c.leased_until == until)
        .values(leased_until=new)
    )
    return done.rowcount == 1
