"""Messages that people write, wherever they stand: one look over waiting room and outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.releasing.fate import ENDED, Fate, fate_of_sent, fate_of_waiting
from exchange_node.domain.releasing.release import State as Release
from exchange_node.store import outbox as outgoing
from exchange_node.store.releasing import releases
from exchange_node.store.tables import outbox, waiting_room

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange_node.domain.message import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message of ours and what has become of it.

    Attributes:
        conversation_id: the matter, order, notice, request or alert that it is about.
        ref_to_message_id: what it answers, or is given on; empty for nothing.
        why: what was said of its end; empty for nothing.
    """

    message_id: str
    code: str
    partner: str
    conversation_id: str
    ref_to_message_id: str
    exchange: Exchange
    fate: Fate
    why: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether the partner did not take it, as far as is known here."""
        return self.fate in ENDED


def find(conn: Connection, message_id: str) -> Letter | None:
    """Return a message of ours, or None where there is none of that id."""
    sent = outgoing.find(conn, message_id)
    if sent is not None:
        answer, transmission = sent.answer, sent.transmission
        said = answer.findings[0].text if answer and answer.findings else transmission.last_error
        return Letter(
            message_id=message_id,
            code=sent.exchange.code,
            partner=transmission.partner,
            conversation_id=sent.conversation_id,
            ref_to_message_id=sent.ref_to_message_id,
            exchange=sent.exchange,
            fate=fate_of_sent(
                transmission.state,
                accepted=answer.accepted if answer is not None else None,
                is_receipted=sent.receipted_at is not None,
            ),
            why=said,
        )
    waiting = releases.find(conn, message_id)
    if waiting is None:
        return None
    return Letter(
        message_id=message_id,
        code=waiting.exchange.code,
        partner=waiting.exchange.recipient,
        conversation_id=waiting.conversation_id,
        ref_to_message_id=waiting.ref_to_message_id,
        exchange=waiting.exchange,
        fate=fate_of_waiting(waiting.state),
        why=waiting.why,
    )


def get(conn: Connection, message_id: str) -> Letter:
    """Return a message of ours.

    Raises:
        UnknownRecordError: there is none of that id.
    """
    found = find(conn, message_id)
    if found is None:
        raise UnknownRecordError(kind="message", key=message_id)
    return found


def has_ended(conn: Connection, message_id: str) -> bool:
    """Return whether a message of ours was not taken; False where none of that id is known."""
    found = find(conn, message_id)
    return found is not None and found.has_ended


def latest(conn: Connection, code: str, conversation_id: str, partner: str) -> Letter | None:
    """Return the newest message of a code about something, to a partner."""
    sent = conn.execute(
        select(outbox.c.message_id, outbox.c.queued_at)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.code == code,
            outbox.c.partner == partner,
        )
        .order_by(outbox.c.number.desc())
        .limit(1)
    ).one_or_none()
    kept = conn.execute(
        select(waiting_room.c.message_id, waiting_room.c.made_at)
        .where(
            waiting_room.c.conversation_id == conversation_id,
            waiting_room.c.code == code,
            waiting_room.c.recipient == partner,
            waiting_room.c.state != Release.RELEASED,
        )
        .order_by(waiting_room.c.number.desc())
        .limit(1)
    ).one_or_none()
    if sent is None and kept is None:
        return None
    if sent is None or (kept is not None and kept.made_at > sent.queued_at):
        assert kept is not None  # noqa: S101 - one of the two is there
        return find(conn, kept.message_id)
    return find(conn, sent.message_id)


def carried(conn: Connection, message_id: str, code: str, about: str, partner: str) -> bool:
    """Return whether a message of ours took something of that code to a partner."""
    mine = select(outbox.c.number).where(
        outbox.c.message_id == message_id,
        outbox.c.code == code,
        outbox.c.conversation_id == about,
        outbox.c.partner == partner,
    )
    return bool(conn.execute(select(exists(mine))).scalar_one())
