"""A receipt came, and the business answer comes within so many seconds; an operator hears if not.

How long is text of the agreement that the message went under (`sla.status_seconds`). While it is
suspended answers wait, and nobody is at fault. Of a partner the first of an hour is told.

Source: reference list of messages, SY-002.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.message import CODES
from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import duties, outbox
from exchange_node.store.outgoing import Outgoing

ANSWER_DUE = "transmission-answer-due"
"""Tell an operator of a message of ours that was not answered; `ref` is its id."""


def start(conn: Connection, sent: Outgoing, receipted_at: datetime) -> None:
    """Start the clock of a message of ours whose receipt came."""
    if not CODES[sent.exchange.code].is_answered or sent.answer is not None:
        return
    by = sent.exchange
    found = grant_under(held_agreements(conn), by.agreement_id, by.agreement_version, by.grant)
    level = found[0].agreement.sla if found is not None else None
    if level is not None and level.status_seconds is not None:
        due = receipted_at + timedelta(seconds=level.status_seconds)
        duties.leave(conn, ANSWER_DUE, sent.transmission.message_id, due)


def look_after(conn: Connection, message_id: str, due: datetime, now: datetime) -> None:
    """Tell an operator of a message of ours that the partner has not answered."""
    sent = outbox.find(conn, message_id)
    if sent is None or sent.answer is not None or sent.receipted_at is None:
        return
    by = sent.exchange
    found = grant_under(held_agreements(conn), by.agreement_id, by.agreement_version, by.grant)
    if found is None or not found[0].is_free or by.grant in found[0].suspended_grants:
        return
    leave_notice(
        conn, "transmission.unanswered", f"{by.recipient}.{sent.receipted_at:%Y%m%dT%H}", now,
        message_id=message_id, partner=by.recipient, message=by.code,
        conversation=sent.conversation_id,
        receipted=sent.receipted_at.isoformat(), due=due.isoformat(),
    )  # fmt: skip
