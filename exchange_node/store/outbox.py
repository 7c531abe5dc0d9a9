"""Packed messages on their way: queued → claimed → sent → receipted → answered.

The finished bytes are kept and go out again unchanged at every try (OASIS AS4 Profile 1.0, section
3.2). A claim is a lease: a worker that dies loses nothing, since the lease runs out and the same
bytes go again. What an event means for a transmission is said in `domain.transmission`; here it
is applied to the row as it stands now, so that a worker that was overtaken undoes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, or_, select, update

from exchange_node.domain.errors import IllegalTransitionError, UnknownRecordError
from exchange_node.domain.transmission import advance as advanced
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.outgoing import PUSH, Lane, outgoing_of, row_values, transmission_of
from exchange_node.store.tables import outbox, outbox_line
from exchange_node.store.tables.values import plain_findings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from exchange_node.domain.message import BusinessAnswer
    from exchange_node.domain.transmission import Event, Retry, State, Transmission
    from exchange_node.domain.transmission.content import Content
    from exchange_node.store.outgoing import Outgoing
    from exchange_node.store.payloads import Vault

MINUTE = timedelta(minutes=1)


def add(conn: Connection, outgoing: Outgoing, packed: Content, vault: Vault) -> None:
    """Queue a packed message.

    Raises:
        StoreError: when the transaction ends, where the message id was used before.
    """
    transmission = outgoing.transmission
    payload_id = f"outbox/{transmission.message_id}"
    payloads.keep(conn, payload_id, packed, vault)
    add_once(conn, outbox_line, {"partner": transmission.partner})
    conn.execute(insert(outbox).values(row_values(outgoing, payload_id)))


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

    Nobody else is given it before `now + lease`, `advance` or `release`. With it comes whether
    more waits behind it. At most `concurrency` leases run for one partner at a time, and one more
    for an alert; with `per_minute` messages follow each other at even steps. Both hold whatever
    the number of machines: who claims for a partner locks its line.
    """
    line = conn.execute(
        select(outbox_line)
        .where(outbox_line.c.partner == partner)
        .with_for_update(key_share=True)  # `add` does not wait for it
    ).one_or_none()
    if line is None or (line.next_at is not None and line.next_at > now):
        return None
    rows = conn.execute(
        _next(conn, partner, now, concurrency).limit(2).with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return None
    conn.execute(
        update(outbox).where(outbox.c.number == rows[0].number).values(leased_until=now + lease)
    )
    if per_minute:
        conn.execute(
            update(outbox_line)
            .where(outbox_line.c.partner == partner)
            .values(next_at=now + MINUTE / per_minute)
        )
    return outgoing_of(rows[0]), len(rows) > 1


def may_claim(conn: Connection, partner: str, now: datetime, *, concurrency: int) -> bool:
    """Whether `claim_next` would find a message; a look that locks nothing."""
    rests_until = resting(conn, partner)
    if rests_until is not None and rests_until > now:
        return False
    return conn.execute(_next(conn, partner, now, concurrency).limit(1)).first() is not None


def resting(conn: Connection, partner: str) -> datetime | None:
    """Return the moment before which the partner's pace lets nothing more go, if there is one."""
    rests_until: datetime | None = conn.execute(
        select(outbox_line.c.next_at).where(outbox_line.c.partner == partner)
    ).scalar_one_or_none()
    return rests_until


def partners_due(conn: Connection, now: datetime) -> list[str]:
    """Return the partners to whom something is to be pushed, by name."""
    query = (
        select(outbox.c.partner)
        .where(outbox.c.due_at <= now, outbox.c.binding == PUSH, _unleased(now))
        .distinct()
    )
    return sorted(conn.execute(query).scalars())


def _next(conn: Connection, partner: str, now: datetime, concurrency: int) -> Select[Any]:
    # What is leased is due, so that the index of what is due holds it.
    of_partner = and_(
        outbox.c.partner == partner, outbox.c.due_at.is_not(None), outbox.c.binding == PUSH
    )
    running = (
        conn.execute(select(outbox.c.lane).where(of_partner, outbox.c.leased_until > now))
        .scalars()
        .all()
    )
    # One alert at a time goes beside the count: what hangs in the lanes below does not hold it up.
    beside = min(1, running.count(Lane.ALERT))
    lowest = (
        Lane.MANIFEST
        if len(running) - beside < concurrency
        else Lane.ALERT
        if not beside
        else Lane.ALERT - 1
    )
    return (
        select(outbox)
        .where(of_partner, outbox.c.due_at <= now, outbox.c.lane <= lowest, _unleased(now))
        .order_by(outbox.c.lane, outbox.c.due_at, outbox.c.number)
    )


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)


def advance(conn: Connection, message_id: str, event: Event, retry: Retry) -> Transmission:
    """Apply an event to a transmission and end its lease; return it as it then stands.

    What comes too late for a final state (the failure of a worker that was overtaken, a second
    receipt) changes nothing.

    Raises:
        UnknownRecordError: there is no such message.
        IllegalTransitionError: a state that is not final does not allow the event.
    """
    row = conn.execute(
        select(outbox).where(outbox.c.message_id == message_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="message", key=message_id)
    before = transmission_of(row)
    try:
        after = advanced(before, event, retry)
    except IllegalTransitionError:
        if not before.is_final:
            raise
        return before
    conn.execute(
        update(outbox)
        .where(outbox.c.number == row.number)
        .values(
            state=after.state,
            tries=after.tries,
            due_at=after.due_at,
            last_error=after.last_error,
            held_by=after.held_by,
            leased_until=None,
        )
    )
    return after


def release(conn: Connection, message_id: str) -> None:
    """End the lease of a message that was claimed and not tried."""
    conn.execute(update(outbox).where(outbox.c.message_id == message_id).values(leased_until=None))


def keep_receipt(
    conn: Connection, message_id: str, receipt: bytes, vault: Vault, at: datetime
) -> bool:
    """Keep the verified receipt as evidence; return whether it is the first.

    Raises:
        UnknownRecordError: there is no such message.
    """
    row = conn.execute(
        select(outbox.c.receipt_id).where(outbox.c.message_id == message_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="message", key=message_id)
    if row.receipt_id is not None:
        return False
    receipt_id = f"outbox/{message_id}/receipt"
    payloads.keep(conn, receipt_id, receipt, vault)
    conn.execute(
        update(outbox)
        .where(outbox.c.message_id == message_id)
        .values(receipt_id=receipt_id, receipted_at=at)
    )
    return True


def answered(conn: Connection, sender: str, answer: BusinessAnswer, at: datetime) -> bool:
    """Record the business answer of `sender`; return whether it is the first to our message.

    False too where no message of that id went to that partner.
    """
    done = conn.execute(
        update(outbox)
        .where(
            outbox.c.message_id == answer.message_id,
            outbox.c.partner == sender,
            outbox.c.answered_at.is_(None),
        )
        .values(
            answer_reference=answer.reference,
            answered_at=at,
            answer_accepted=answer.accepted,
            answer_findings=plain_findings(answer.findings),
        )
    )
    return done.rowcount == 1


def get(conn: Connection, message_id: str, *, lock: bool = False) -> Outgoing:
    """Return a message; with `lock` nobody else moves it before the transaction ends.

    Raises:
        UnknownRecordError: there is none of that id.
    """
    query = select(outbox).where(outbox.c.message_id == message_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="message", key=message_id)
    return outgoing_of(row)


def find(conn: Connection, message_id: str) -> Outgoing | None:
    """Return a message, or None where there is none of that id."""
    row = conn.execute(select(outbox).where(outbox.c.message_id == message_id)).one_or_none()
    return None if row is None else outgoing_of(row)


def search(
    conn: Connection,
    *,
    partner: str = "",
    state: State | None = None,
    conversation_id: str = "",
    after: int = 0,
    limit: int,
) -> list[Outgoing]:
    """Return messages, the newest first; `after` is the last number of the page before."""
    query = select(outbox).order_by(outbox.c.number.desc()).limit(limit)
    if partner:
        query = query.where(outbox.c.partner == partner)
    if state is not None:
        query = query.where(outbox.c.state == state)
    if conversation_id:
        query = query.where(outbox.c.conversation_id == conversation_id)
    if after:
        query = query.where(outbox.c.number < after)
    return [outgoing_of(row) for row in conn.execute(query)]
