"""Which text of a manifest of ours its partner has: the last that was told it and not refused.

What waits for officers or was stopped is held by nobody, and what the partner refused does not
count: the text before it stands. What becomes of a text later is left as a duty to look again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.message import Exchange
from exchange_node.domain.movement import CODES_OF, MANIFEST_AMENDED, MANIFEST_GIVEN, Event
from exchange_node.domain.transmission import State
from exchange_node.store import duties, outbox
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest

TEXT = "manifest-text"
"""See which text of a manifest holds: something became of one; `ref`: partner and MessageId."""

_TEXTS = frozenset({CODES_OF[Event.RELEASE], MANIFEST_AMENDED})


def leave_look(conn: Connection, exchange: Exchange, message_id: str, at: datetime) -> None:
    """Leave it to see which text of a manifest of ours holds, now that one was let out or ended."""
    if exchange.code in _TEXTS:
        duties.leave(conn, TEXT, f"{exchange.recipient} {message_id}", at)


def text_of(conn: Connection, ref: str) -> HeldManifest:
    """Return the text that `leave_look` named.

    Raises:
        UnknownRecordError: it is not held.
    """
    partner, _, message_id = ref.partition(" ")
    return manifests.get_by_message(conn, Direction.SENT, partner, message_id)


def is_standing(sent: Outgoing | None) -> bool:
    """Whether a text counts for its partner, by what became of its message."""
    if sent is None:
        return False
    if sent.answer is not None:
        return sent.answer.accepted
    return sent.transmission.state not in (State.CANCELLED, State.REFUSED)


def told(conn: Connection, of: HeldManifest) -> HeldManifest | None:
    """Return the text of a manifest of ours that its partner has; None where it has none.

    A copy that was given (TM-014) is one of the others: it counts where there is none of them.
    """
    found = [one for one in _versions(conn, of) if is_standing(outbox.find(conn, one.message_id))]
    texts = [one for one in found if one.exchange.code != MANIFEST_GIVEN]
    return next(iter(texts or found), None)


def others(conn: Connection, of: HeldManifest) -> bool:
    """Whether anybody has another text of a manifest of ours."""
    return any(
        is_standing(outbox.find(conn, one.message_id))
        for one in manifests.versions(conn, of.movement)
        if one.number != of.number
        and (one.direction, one.exchange.test) == (Direction.SENT, of.exchange.test)
    )


def standing(conn: Connection, last: HeldManifest) -> HeldManifest | None:
    """Return the text of a manifest of ours that its partner has, if not the last, one before it.

    Of one that has no text before it what was let out is returned, or None.
    """
    found = told(conn, last)
    if found is not None:
        return found
    let_out = (one for one in _versions(conn, last) if outbox.find(conn, one.message_id))
    return next(let_out, None)


def _versions(conn: Connection, of: HeldManifest) -> Iterator[HeldManifest]:
    """Yield the texts of a manifest of ours for its partner, the newest first."""
    for one in manifests.versions(conn, of.movement):
        is_of_it = (one.direction, one.partner) == (of.direction, of.partner)
        if is_of_it and one.exchange.test == of.exchange.test:
            yield one
