"""What happened to a message of ours → its state, who has to follow, the audit, a notice."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange_node.domain.message import CODES, Service
from exchange_node.domain.standing import FOUNDING
from exchange_node.domain.transmission import (
    Cancelled,
    ErrorArrived,
    Event,
    Failed,
    ReceiptArrived,
    Retry,
    State,
    Transmission,
    Unproven,
)
from exchange_node.services.stations.clocks import answers
from exchange_node.services.stations.letters.telling import OWNERS, tell_owner
from exchange_node.services.stations.movement import texts
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit, outbox
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.records import recipients, submissions
from exchange_node.store.records.recipients import RecipientState

log = structlog.get_logger()

RETRYABLE = frozenset({"EBMS:0005", "EBMS:0202"})
"""Errors that may pass by themselves: their connection, their disk (ebMS 3.0 Core, 6.7).

By default these alone are tried again; `retry.errors` names others.
"""

_SUBMISSION_STATE = {
    State.QUEUED: submissions.State.QUEUED,
    State.AWAITING_RECEIPT: submissions.State.SENT,
    State.HELD: submissions.State.HELD,
    State.RECEIPTED: submissions.State.RECEIPTED,
    State.RECEIPTED_LATE: submissions.State.RECEIPTED,
    State.REFUSED: submissions.State.FAILED,
    State.MISSING_RECEIPT: submissions.State.FAILED,
    State.CANCELLED: submissions.State.CANCELLED,
}
_ENDS_TEXT = frozenset({State.CANCELLED, State.REFUSED, State.RECEIPTED_LATE})
"""Of a message that was stopped or refused; then, that it got through. Another text may hold."""

_TOLD = frozenset({State.MISSING_RECEIPT, State.REFUSED, State.RECEIPTED_LATE})


def settle(
    conn: Connection, outgoing: Outgoing, event: Event, retry: Retry, now: datetime, *, actor: str
) -> bool:
    """Apply an event to a transmission, in the caller's transaction; return whether that is news.

    News is what a person is told of.

    What comes too late for a final state changes nothing and leaves no trace but in the log.

    Raises:
        UnknownRecordError: the message is not in the outbox.
        IllegalTransitionError: a state that is not final does not allow the event.
    """
    message_id = outgoing.transmission.message_id
    after = outbox.advance(conn, message_id, event, retry)
    if after is None:
        log.info("overtaken", message_id=message_id, by=type(event).__name__)
        return False
    _follow(conn, outgoing, after, now)
    if isinstance(event, ReceiptArrived):
        answers.start(conn, outgoing, now)
    if _ENDS_TEXT & {after.state, outgoing.transmission.state}:
        texts.leave_look(conn, outgoing.exchange, message_id, now)
    if not _waits_on(outgoing.transmission, after):
        audit.write(
            conn,
            audit.AuditRecord(
                at=now,
                actor=actor,
                action=f"transmission.{after.state.value}",
                movement=_movement(outgoing),
                subject_kind="conversation",
                subject_key=outgoing.conversation_id,
                message_id=message_id,
                partner=after.partner,
                facts={"tries": str(after.tries), "why": after.last_error},
            ),
        )
    is_news = after.state in _TOLD or (isinstance(event, Cancelled) and not event.by)
    if is_news:
        told = "invalid-receipt" if isinstance(event, Unproven) else after.state.value
        leave_notice(
            conn,
            f"transmission.{told}",
            message_id,
            now,
            partner=after.partner,
            conversation=outgoing.conversation_id,
            message=outgoing.exchange.code,
            why=after.last_error + _left(outgoing, after),
        )
    log.info(
        "transmission",
        message_id=message_id,
        partner=after.partner,
        state=after.state.value,
        tries=after.tries,
        why=after.last_error,
    )
    return is_news


def note_line(conn: Connection, outgoing: Outgoing, event: Event, now: datetime) -> None:
    """Note whether anything gets through to a partner; when it does again, what waited is due.

    `outgoing` is the message as it was before the event.
    """
    partner = outgoing.transmission.partner
    match event:
        case Failed():
            outbox.failing(conn, partner, now)
        case ReceiptArrived() | ErrorArrived():
            before = outgoing.transmission
            had_failed = before.state is State.QUEUED and before.tries > 0
            due = outbox.got_through(conn, partner, now, had_failed=had_failed)
            if due:
                log.info("backlog", partner=partner, messages=due)
        case _:
            return


def tell_invalid_receipt(conn: Connection, outgoing: Outgoing, now: datetime, why: str) -> None:
    """Tell the operator that a receipt proves nothing (EBMS:0302): the message most likely arrived.

    It is left to a person to ask the partner before anything is sent anew.
    """
    transmission = outgoing.transmission
    leave_notice(
        conn,
        "transmission.invalid-receipt",
        transmission.message_id,
        now,
        partner=transmission.partner,
        why=why,
    )


def _follow(conn: Connection, outgoing: Outgoing, after: Transmission, now: datetime) -> None:
    """Let what the message was made for know how far it has come."""
    if _is_transit(outgoing):
        submissions.advance(conn, after.message_id, _SUBMISSION_STATE[after.state], at=now)
    elif after.state in (State.RECEIPTED, State.RECEIPTED_LATE):
        recipients.mark(conn, after.message_id, RecipientState.DELIVERED, now)
    was_over, is_over = outgoing.transmission.is_final, after.is_final
    if outgoing.exchange.code in OWNERS and (
        was_over or (is_over and after.state is not State.RECEIPTED)
    ):
        tell_owner(conn, after.message_id, now)


def _waits_on(before: Transmission, after: Transmission) -> bool:
    """Whether what was held is held on for the very reason: the audit has it already."""
    is_held = before.state is State.HELD and after.state is State.HELD
    return is_held and (before.last_error, before.held_by) == (after.last_error, after.held_by)


def _left(outgoing: Outgoing, after: Transmission) -> str:
    """Say what a person has to do where an act did not come: here it counts, there it does not."""
    if outgoing.exchange.code not in FOUNDING.codes or after.state is State.RECEIPTED_LATE:
        return ""
    return (
        "; the partner does not have this act: `message resend` it, or take it there as a file "
        "(`agreement export`)"
    )


def _movement(outgoing: Outgoing) -> str:
    return outgoing.conversation_id if _is_transit(outgoing) else ""


def _is_transit(outgoing: Outgoing) -> bool:
    return CODES[outgoing.exchange.code].service is Service.TRANSIT
