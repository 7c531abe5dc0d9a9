"""What lies in the outbox: a packed message, its way, its receipt and its answer as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exchange_node.domain.lanes import Lane
from exchange_node.domain.transmission import State, Transmission
from exchange_node.store.tables.values import exchange_of, exchange_values, findings_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from exchange_node.domain.finding import Finding
    from exchange_node.domain.message import Exchange


PUSH, PULL = "push", "pull"
"""How a message leaves: posted by this node, or handed out to a partner that asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The partner's business answer as it was recorded."""

    reference: str
    at: datetime
    accepted: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A packed message and how far it has come.

    Attributes:
        exchange: what is sealed into the document; enough to ask the agreement once more.
        conversation_id: movement or alert id.
        references: what a receipt must echo, as JSON text; its reader is who wrote it.
        payload_id: the packed bytes; `add` fills it in.
        receipt_id: payload id of the verified receipt, kept as evidence.
        number: counts up; names the page in `search`.
        binding: PUSH or PULL.
        mpc: the channel it is pulled from; empty for what is pushed.
        was_leased: as its row was read, somebody had been given it to post and had not said what
            became of it; may have posted it.
    """

    transmission: Transmission
    exchange: Exchange
    lane: Lane
    conversation_id: str
    content_type: str
    references: str
    queued_at: datetime
    ref_to_message_id: str = ""
    payload_id: str = ""
    receipt_id: str | None = None
    receipted_at: datetime | None = None
    answer: Answer | None = None
    number: int = 0
    binding: str = PUSH
    mpc: str = ""
    was_leased: bool = False


def row_values(outgoing: Outgoing, payload_id: str) -> dict[str, object]:
    """Return the columns of a message that is new in the outbox."""
    transmission = outgoing.transmission
    return {
        **exchange_values(outgoing.exchange),
        "message_id": transmission.message_id,
        "partner": transmission.partner,
        "state": transmission.state,
        "tries": transmission.tries,
        "due_at": transmission.due_at,
        "last_error": transmission.last_error,
        "held_by": transmission.held_by,
        "lane": outgoing.lane,
        "conversation_id": outgoing.conversation_id,
        "ref_to_message_id": outgoing.ref_to_message_id,
        "content_type": outgoing.content_type,
        "payload_id": payload_id,
        "signed_references": outgoing.references,
        "binding": outgoing.binding,
        "mpc": outgoing.mpc,
        "queued_at": outgoing.queued_at,
        "answer_reference": "",
        "answer_findings": [],
    }


def transmission_of(row: Row[Any]) -> Transmission:
    """Return how far the message in a row has come."""
    return Transmission(
        message_id=row.message_id,
        partner=row.partner,
        due_at=row.due_at,
        state=State(row.state),
        tries=row.tries,
        last_error=row.last_error,
        held_by=row.held_by,
    )


def outgoing_of(row: Row[Any]) -> Outgoing:
    """Return the message in a row."""
    answer = None
    if row.answered_at is not None:
        answer = Answer(
            reference=row.answer_reference,
            at=row.answered_at,
            accepted=row.answer_accepted,
            findings=findings_of(row.answer_findings),
        )
    return Outgoing(
        transmission=transmission_of(row),
        exchange=exchange_of(row),
        lane=Lane(row.lane),
        conversation_id=row.conversation_id,
        content_type=row.content_type,
        references=row.signed_references,
        queued_at=row.queued_at,
        ref_to_message_id=row.ref_to_message_id,
        payload_id=row.payload_id,
        receipt_id=row.receipt_id,
        receipted_at=row.receipted_at,
        answer=answer,
        number=row.number,
        binding=row.binding,
        mpc=row.mpc,
        was_leased=row.leased_until is not None,
    )
