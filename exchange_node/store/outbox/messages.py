"""Packed messages: queued, moved along by events, proved by receipts, looked for.

The finished bytes are kept and go out again unchanged at every try (OASIS AS4 Profile 1.0, section
3.2). What an event means for a transmission is said in `domain.transmission`; here it is applied to
the row as it stands now, so that a worker that was overtaken undoes nothing.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from exchange_node.domain.errors import IllegalTransitionError, UnknownRecordError
from exchange_node.domain.transmission import State, Transmission
from exchange_node.domain.transmission import advance as advanced
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.outgoing import outgoing_of, row_values, transmission_of
from exchange_node.store.tables import outbox, outbox_line
from exchange_node.store.tables.values import plain_findings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from exchange_node.domain.message import BusinessAnswer
    from exchange_node.domain.transmission import Event, Retry
    from exchange_node.domain.transmission.content import Content
    from exchange_node.store.outgoing import Outgoing
    from exchange_node.store.payloads import Vault

# Made once: making a statement costs several times what running it does.
_BY_ID = select(outbox).where(outbox.c.message_id == bindparam("of"))
_LOCKED = _BY_ID.with_for_update()
_STANDING = _LOCKED.with_only_columns(
    outbox.c.number, *(outbox.c[one.name] for one in fields(Transmission))
)
_ADD = insert(outbox)
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


def look_again(conn: Connection, partner: str, at: datetime) -> int:
    """Let what no person holds back be weighed anew at a moment; return how much that is."""
    done = conn.execute(
        update(outbox)
        .where(
            outbox.c.partner == partner,
            outbox.c.state == State.HELD,
            outbox.c.held_by == "",
            outbox.c.due_at > at,
        )
        .values(due_at=at)
    )
    return done.rowcount


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


def is_untouched(conn: Connection, message_id: str) -> bool:
    """Return whether no worker was ever given a message to post, as far as its row tells.

    A lease that ran out counts as a try: whoever held it may have posted the message. What was let
    go once more counts its tries anew, and is not told from what was never tried.
    """
    mine = select(outbox.c.number).where(
        outbox.c.message_id == message_id, outbox.c.tries == 0, outbox.c.leased_until.is_(None)
    )
    return conn.execute(mine).first() is not None


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
