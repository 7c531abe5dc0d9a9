"""Packed messages on their way: queued → claimed → sent → receipted → answered.

The finished bytes are kept and go out again unchanged at every try (OASIS AS4 Profile 1.0, section
3.2). A claim is a lease: a worker that dies loses nothing, since the lease runs out and the same
bytes go again. What an event means for a transmission is said in `domain.transmission`; here it
is applied to the row as it stands now, so that a worker that was overtaken undoes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, insert, or_, select, update

from exchange_node.domain.errors import IllegalTransitionError, UnknownRecordError
from exchange_node.domain.transmission import advance as advanced
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.outgoing import outgoing_of, row_values, transmission_of
from exchange_node.store.tables import outbox, outbox_line
from exchange_node.store.tables.values import plain_findings

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Connection

    from exchange_node.domain.message import BusinessAnswer
    from exchange_node.domain.transmission import Event, Retry, State, Transmission
    from exchange_node.domain.transmission.content import Content
    from exchange_node.store.outgoing import Outgoing
    from exchange_node.store.payloads import Vault


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


def claim(
    conn: Connection,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    one_per_partner: bool = False,
    passing_over: Collection[str] = (),
) -> list[Outgoing]:
    """Take up to `limit` messages whose time has come: by lane, the longest due first.

    Nobody else is given them before `now + lease` or before `advance` or `release`. With
    `one_per_partner` a partner for whom a lease is running is passed over, and each other partner
    gets at most one; those of `passing_over` get none. (SQLite has one writer and ignores the lock
    clause.)
    """
    due = and_(
        outbox.c.due_at <= now, _unleased(now), outbox.c.partner.not_in(sorted(passing_over))
    )
    query = select(outbox).where(due)
    if one_per_partner:
        query = query.where(outbox.c.number.in_(_first_of_each_free_line(conn, now, due)))
    rows = conn.execute(
        query.order_by(outbox.c.lane, outbox.c.due_at, outbox.c.number)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    taken = [row.number for row in rows]
    conn.execute(update(outbox).where(outbox.c.number.in_(taken)).values(leased_until=now + lease))
    return [outgoing_of(row) for row in rows]


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)


def _first_of_each_free_line(
    conn: Connection, now: datetime, due: ColumnElement[bool]
) -> list[int]:
    # The line is locked first: two claimers that each skipped the other's locked row would
    # otherwise give one partner two messages at once. (`key_share`: `add` does not wait for it.)
    lines = conn.execute(
        select(outbox_line.c.partner)
        .where(outbox_line.c.partner.in_(select(outbox.c.partner).where(due)))
        .order_by(outbox_line.c.partner)
        .with_for_update(skip_locked=True, key_share=True)
    ).scalars()
    busy = select(outbox.c.partner).where(outbox.c.leased_until > now)
    place = func.row_number().over(
        partition_by=outbox.c.partner,
        order_by=(outbox.c.lane, outbox.c.due_at, outbox.c.number),
    )
    ranked = (
        select(outbox.c.number, place.label("place"))
        .where(due, outbox.c.partner.in_(lines.all()), outbox.c.partner.not_in(busy))
        .subquery()
    )
    return list(conn.execute(select(ranked.c.number).where(ranked.c.place == 1)).scalars())


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


def get(conn: Connection, message_id: str) -> Outgoing:
    """Return a message.

    Raises:
        UnknownRecordError: there is none of that id.
    """
    row = conn.execute(select(outbox).where(outbox.c.message_id == message_id)).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="message", key=message_id)
    return outgoing_of(row)


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
