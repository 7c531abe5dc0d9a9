"""What happened is told within so many minutes; the desks of both ends hear of it if it was not.

It counts from what happened to the message's arrival at the receiver, of a manifest from its seal,
which both ends know. At the sender a duty looks whether the receipt came in time; the receiver
knows as soon as the message is there. Of those of one kind and one hour between two the first is
told: a line that was down is no thousand notices. Nobody is at fault for what was recorded without
the line, or could wait because the receiver had said that it is away.

Source: reference list of messages, deadlines of TM-010 to TM-070.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.domain.availability.outage import was_away
from exchange_node.domain.message import Exchange
from exchange_node.domain.releasing.release import State as Room
from exchange_node.domain.transmission import State
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.movement.desk import desk_of
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.waiting.due import Due, due_in, due_of
from exchange_node.store import outbox
from exchange_node.store.availability import outages
from exchange_node.store.incoming import Incoming
from exchange_node.store.releasing import releases


def look_after(conn: Connection, ref: str, now: datetime) -> None:
    """Tell the desk of a message of ours whose receipt did not come in time.

    Of one that was stopped, or that officers kept back, nobody is told: it is not on its way.
    """
    due, came_at = due_of(ref), None
    if (sent := outbox.find(conn, due.message_id)) is not None:
        exchange, movement, came_at = sent.exchange, sent.conversation_id, sent.receipted_at
        is_over = sent.transmission.state is State.CANCELLED
    elif (kept := releases.find(conn, due.message_id)) is not None:
        exchange, movement = kept.exchange, kept.conversation_id
        is_over = kept.state is not Room.WAITING
    else:
        return
    is_in_time = came_at is not None and came_at <= due.until
    if not (is_over or is_in_time or _may_wait(conn, exchange, due)):
        _tell(conn, exchange, due, movement, exchange.recipient, came_at, now)


def weigh(
    conn: Connection,
    incoming: Incoming,
    exchange: Exchange,
    grant: Grant,
    movement: str,
    since: datetime,
    now: datetime,
) -> timedelta | None:
    """Return how much too late a partner's message came, and tell the desk; None if it did not."""
    came_at = incoming.received_at
    due = due_in(grant, exchange.code, incoming.message_id, since)
    if due is None or came_at <= due.until or _may_wait(conn, exchange, due):
        return None
    _tell(conn, exchange, due, movement, exchange.sender, came_at, now)
    return came_at - due.until


def _may_wait(conn: Connection, exchange: Exchange, due: Due) -> bool:
    """Whether the receiver had said that it is away for a message while there was time for it."""
    said = outages.since(conn, exchange.recipient, due.since)
    return was_away(said, exchange.code, due.since, due.until)


def _tell(
    conn: Connection,
    exchange: Exchange,
    due: Due,
    movement: str,
    partner: str,
    came_at: datetime | None,
    now: datetime,
) -> None:
    own = exchange.sender if partner == exchange.recipient else exchange.recipient
    late = (came_at or now) - due.until
    leave_notice(
        conn, "movement.told-late", f"{partner}.{exchange.code}.{due.since:%Y%m%dT%H}", now,
        movement=movement, message=exchange.code, partner=partner, owed_by=exchange.sender,
        happened=due.since.isoformat(), due=due.until.isoformat(),
        came=came_at.isoformat() if came_at is not None else "",
        late_minutes=str(late // timedelta(minutes=1)),
        **desk_of(own, held_agreements(conn)),
    )  # fmt: skip
