"""A message, or an officer, names a request → the request as the register has it, for the gates.

What is given on request names the message that brought the request (`RefToMessageId`), so that both
ends find it: the giver among what was asked of it, the requester among what it asked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from exchange_node.domain.assistance.given_on import GivenOn
from exchange_node.domain.assistance.life import OPEN
from exchange_node.domain.assistance.papers import REQUEST
from exchange_node.policy.requests.giving import UNASKED
from exchange_node.store.database import reading
from exchange_node.store.records.assistance import cases
from exchange_node.store.records.assistance.cases import Case, CaseKind
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from exchange_node.domain.message import Exchange
    from exchange_node.ebms.message import UserMessage

NO_TIME = timedelta()


def named_in(
    conn: Connection,
    exchange: Exchange,
    message_id: str,
    *,
    is_arriving: bool = False,
    allowance: timedelta = NO_TIME,
) -> GivenOn | None:
    """Return the request that a message names; None where it names none, or needs none.

    Args:
        conn: the connection.
        exchange: of the message.
        message_id: what it refers to.
        is_arriving: it is a partner's, and the request one of ours.
        allowance: how far its sender's clock may be ahead of ours.
    """
    if not message_id or exchange.code in UNASKED:
        return None
    partner = exchange.sender if is_arriving else exchange.recipient
    direction = Direction.SENT if is_arriving else Direction.RECEIVED
    case = cases.brought_by(conn, message_id, partner=partner, direction=direction)
    if case is None and is_arriving:
        # Sent anew, a request has several messages: the partner may have taken an earlier one.
        sent = letters.find(conn, message_id)
        if sent is not None and (sent.code, sent.partner) == (REQUEST, partner):
            found = cases.find(conn, exchange.recipient, sent.conversation_id)
            case = found if found is not None and found.partner == partner else None
    return _given_on(case, message_id, allowance)


def looked_up(
    engine: Engine, exchange: Exchange, message: UserMessage, allowance: timedelta
) -> GivenOn | None:
    """Return the request of ours that a partner's message names; None where it needs none."""
    ref = message.ref_to_message_id
    if not ref or exchange.code in UNASKED:
        return None
    with reading(engine) as conn:
        return named_in(conn, exchange, ref, is_arriving=True, allowance=allowance)


def named_by(conn: Connection, partner: str, reference: str) -> GivenOn | None:
    """Return the request of a partner that somebody names by its number; None where none is."""
    return _given_on(cases.find(conn, partner, reference), reference) if reference else None


def _given_on(case: Case | None, named: str, allowance: timedelta = NO_TIME) -> GivenOn:
    if case is None or case.kind is not CaseKind.REQUEST:
        return GivenOn(reference=named, message_id="", requester="", requested="", test=False)
    is_open = case.stage in OPEN
    return GivenOn(
        reference=case.reference,
        message_id=case.message_id,
        requester=case.exchange.sender,
        requested=case.exchange.recipient,
        test=case.exchange.test,
        open_until=None if is_open else (case.closed_at or case.asked_at) + allowance,
    )
