"""Packed messages on their way: queued → claimed → sent → receipted → answered.

The finished bytes are kept and go out again unchanged at every try (OASIS AS4 Profile 1.0, section
3.2). A claim is a lease: a worker that dies loses nothing, since the lease runs out and the same
bytes go again. What an event means for a transmission is said in `domain.transmission`; here it
is applied to the row as it stands now, so that a worker that was overtaken undoes nothing.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, insert, or_, select, update

from exchange_node.domain.errors import IllegalTransitionError, UnknownRecordError
from exchange_node.domain.transmission import Transmission
from exchange_node.domain.transmission import advance as advanced
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.outgoing import PUSH, Lane, outgoing_of, row_values, transmission_of
from exchange_node.store.tables import outbox, outbox_line
from exchange_node.store.tables.values import plain_findings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from exchange_node.domain.message import BusinessAnswer
    from exchange_node.domain.transmission import Event, Retry, State
    from exchange_node.domain.transmission.content import Content
    from exchange_node.store.outgoing import Outgoing
    from exchange_node.store.payloads import Vault

MINUTE = timedelta(minutes=1)

# Made once: making a statement costs several times what running it does.
_BY_ID = select(outbox).where(outbox.c.message_id == bindparam("of"))
_LOCKED = _BY_ID.with_for_update()
_STANDING = _LOCKED.with_only_columns(
    outbox.c.number, *(outbox.c[one.name] for one in fields(Transmission))
)
_ADD = insert(outbox)
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
_PLACES = select(func.count(), func.count().filter(outbox.c.lane == Lane.ALERT)).where(
    _WAITING, outbox.c.leased_until > bindparam("now")
)
_NEXT = (
    select(outbox)
    .where(_WAITING, outbox.c.due_at <= bindparam("now"), _UNLEASED)
    .order_by(outbox.c.lane, outbox.c.due_at, outbox.c.number)
)
_NEXT_TWO = (
    _NEXT.where(outbox.c.lane <= bindparam("lowest")).limit(2).with_for_update(skip_locked=True)
)
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
_MOVE = (
    update(outbox)
    .where(outbox.c.number == bindparam("row"))
    .values(
        state=bindparam("to_state"),
        tries=bindparam("to_tries"),
        due_at=bindparam("to_due_at"),
        last_error=bindparam("to_last_error"),
        held_by=bindparam("to_held_by"),
        leased_until=None,
    )
)
_RECEIPT = (
    update(outbox)
    .where(outbox.c.message_id == bindparam("of"))
    .values(receipt_id=bindparam("receipt"), receipted_at=bindparam("at"))
)


def add(conn: Connection, outgoing: Outgoing, packed: Content, vault: Vault) -> None:
    """Queue a packed message.

    Raises:
        StoreError: when the transaction ends, where the message id was used before.
    """
    transmission = outgoing.transmission
    payload_id = f"outbox/{transmission.message_id}"
    payloads.keep(conn, payload_id, packed, vault)
    add_once(conn, outbox_line, {"partner": transmission.partner})
    conn.execute(_ADD, row_values(outgoing, payload_id))


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

    Nobody else is given it before `now + lease` or `advance`. With it comes whether more waits
    behind it. At most `concurrency` leases run for one partner at a time, and one more
    for an alert; with `per_minute` messages follow each other at even steps. Both hold whatever
    the number of machines: who claims for a partner locks its line.
    """
    line = conn.execute(_LINE, {"to": partner}).one_or_none()
    if line is None or (line.next_at is not None and line.next_at > now):
        return None
    lowest = _lowest_lane(*conn.execute(_PLACES, {"to": partner, "now": now}).one(), concurrency)
    rows = conn.execute(_NEXT_TWO, {"to": partner, "now": now, "lowest": lowest}).all()
    if not rows:
        return None
    conn.execute(_LEASE, {"row": rows[0].number, "until": now + lease})
    if per_minute:
        conn.execute(
            update(outbox_line)
            .where(outbox_line.c.partner == partner)
            .values(next_at=now + MINUTE / per_minute)
        )
    return outgoing_of(rows[0]), len(rows) > 1


def may_claim(conn: Connection, partner: str, now: datetime, *, concurrency: int) -> bool:
    """Whether `claim_next` would find a message; a look that locks nothing."""
    taken, alerts, lane, rests_until = conn.execute(_LOOK, {"to": partner, "now": now}).one()
    if lane is None or lane > _lowest_lane(taken, alerts, concurrency):
        return False
    return rests_until is None or rests_until <= now


def resting(conn: Connection, partner: str) -> datetime | None:
    """Return the moment before which the partner's pace lets nothing more go, if there is one."""
    rests_until: datetime | None = conn.execute(_REST, {"to": partner}).scalar_one_or_none()
    return rests_until


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


def advance(conn: Connection, message_id: str, event: Event, retry: Retry) -> Transmission | None:
    """Apply an event to a transmission and end its lease; return it as it then stands.

    What comes too late for a final state (the failure of a worker that was overtaken, a second
    receipt) changes nothing, and None is returned.

    Raises:
        UnknownRecordError: there is no such message.
        IllegalTransitionError: a state that is not final does not allow the event.
    """
    row = conn.execute(_STANDING, {"of": message_id}).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="message", key=message_id)
    before = transmission_of(row)
    try:
        after = advanced(before, event, retry)
    except IllegalTransitionError:
        if not before.is_final:
            raise
        return None
    conn.execute(
        _MOVE,
        {
            "row": row.number,
            "to_state": after.state,
            "to_tries": after.tries,
            "to_due_at": after.due_at,
            "to_last_error": after.last_error,
            "to_held_by": after.held_by,
        },
    )
    return after


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


def keep_receipt(
    conn: Connection, message_id: str, receipt: bytes, vault: Vault, at: datetime
) -> bool:
    """Keep the verified receipt as evidence; return whether it is the first.

    Raises:
        UnknownRecordError: there is no such message.
    """
    receipt_id = f"outbox/{message_id}/receipt"
    if not payloads.keep_first(conn, receipt_id, receipt, vault):
        return False
    done = conn.execute(_RECEIPT, {"of": message_id, "receipt": receipt_id, "at": at})
    if done.rowcount != 1:
        raise UnknownRecordError(kind="message", key=message_id)
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
    row = conn.execute(_LOCKED if lock else _BY_ID, {"of": message_id}).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="message", key=message_id)
    return outgoing_of(row)


def find(conn: Connection, message_id: str) -> Outgoing | None:
    """Return a message, or None where there is none of that id."""
    row = conn.execute(_BY_ID, {"of": message_id}).one_or_none()
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
