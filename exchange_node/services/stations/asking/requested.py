"""TM-013 that went or came → until when the manifest is due, and what became of it.

How long is text of the agreement between who asks and who is asked (`manifest_answer_hours`). A
refusal is an answer too; the desk that asked is told of it as of every message that is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from exchange_node.domain.movement import CODES_OF, MANIFEST_GIVEN, Event
from exchange_node.domain.releasing.release import State as Release
from exchange_node.domain.transmission import State as Sent
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.movement.desk import desk_of
from exchange_node.services.stations.movement.errands import manifest_due
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit, outbox
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import releases

MOST_LINES = 500
"""Of what is kept of a movement, the newest that are read for requests (our choice)."""

_REQUEST = CODES_OF[Event.REQUEST]


class Outcome(StrEnum):
    """What became of a request for a manifest; OPEN is one that nobody has answered."""

    OPEN = "open"
    WAITING = "waiting"
    GIVEN = "given"
    REFUSED = "refused"
    CANCELLED = "cancelled"


def look_after(conn: Connection, message_id: str, now: datetime, *, own: str) -> datetime | None:
    """Tell the desk of a manifest that did not come in time; return when to look again.

    The time counts from when the request went: one that our own officers hold has not gone.
    """
    held = held_agreements(conn)
    sent = outbox.find(conn, message_id)
    if sent is None:
        waits = releases.find(conn, message_id)
        if waits is None or waits.state is not Release.WAITING:
            return None
        return manifest_due(held, {waits.exchange.sender, waits.exchange.recipient}, now)
    due = _due_of(held, sent)
    if due is None or _outcome_of_ours(conn, sent) is not Outcome.OPEN:
        return None
    if due > now:
        return due
    partner = sent.transmission.partner
    leave_notice(
        conn, "movement.manifest-unanswered", message_id, now,
        movement=sent.conversation_id, partner=partner, message=message_id,
        asked_at=sent.queued_at.isoformat(), sent=sent.transmission.state.value,
        **desk_of(own, held),
    )  # fmt: skip
    return None


def asked_by_us(conn: Connection, movements: Iterable[str]) -> list[dict[str, object]]:
    """Return our requests for the manifests of these movements, as messages name them."""
    held = held_agreements(conn)
    return [
        _view(
            by=one.exchange.sender,
            of=one.transmission.partner,
            message=one.transmission.message_id,
            at=one.queued_at,
            until=_due_of(held, one),
            outcome=_outcome_of_ours(conn, one),
            why=", ".join(found.code for found in one.answer.findings) if one.answer else "",
        )
        for movement in movements
        for one in reversed(outbox.search(conn, conversation_id=movement, limit=MOST_LINES))
        if one.exchange.code == _REQUEST
    ]


def asked_of_us(conn: Connection, movement: str, own: str) -> list[dict[str, object]]:
    """Return the requests of partners for the manifest of a movement of ours.

    A request that was refused left nothing but its line in the audit.
    """
    held, given = held_agreements(conn), dict(_given(conn, movement))
    lines = audit.search(conn, subject=("conversation", movement), limit=MOST_LINES)
    return [
        _view(
            by=one.partner,
            of=own,
            message=one.message_id,
            at=one.at,
            until=manifest_due(held, {own, one.partner}, one.at),
            outcome=(
                Outcome.REFUSED
                if one.action == "message.rejected"
                else given.get(one.message_id, Outcome.OPEN)
            ),
            why=one.facts["rules"] if one.action == "message.rejected" else "",
        )
        for one in reversed(lines)
        if one.action in ("message.filed", "message.rejected")
        and one.facts.get("message") == _REQUEST
    ]


def _due_of(held: Iterable[HeldAgreement], sent: Outgoing) -> datetime | None:
    return manifest_due(held, {sent.exchange.sender, sent.exchange.recipient}, sent.queued_at)


def _outcome_of_ours(conn: Connection, sent: Outgoing) -> Outcome:
    """Return what became of a request of ours; whatever manifest came since answers it."""
    if sent.answer is not None and not sent.answer.accepted:
        return Outcome.REFUSED
    for one in manifests.versions(conn, sent.conversation_id):
        if (
            one.direction is Direction.RECEIVED
            and one.partner == sent.transmission.partner
            and one.exchange.test == sent.exchange.test
            and one.stored_at >= sent.queued_at
        ):
            return Outcome.GIVEN
    if sent.transmission.state is Sent.CANCELLED:
        return Outcome.CANCELLED
    return Outcome.OPEN


def _given(conn: Connection, movement: str) -> Iterator[tuple[str, Outcome]]:
    """Yield the requests that were answered with a manifest, and whether it went."""
    for one in manifests.versions(conn, movement):
        if one.direction is not Direction.SENT or one.exchange.code != MANIFEST_GIVEN:
            continue
        sent = outbox.find(conn, one.message_id)
        if sent is not None:
            is_gone = sent.transmission.state is not Sent.CANCELLED
            yield sent.ref_to_message_id, Outcome.GIVEN if is_gone else Outcome.CANCELLED
        elif (kept_back := releases.find(conn, one.message_id)) is not None:
            waits = kept_back.state is Release.WAITING
            yield kept_back.ref_to_message_id, Outcome.WAITING if waits else Outcome.REFUSED


def _view(
    *,
    by: str,
    of: str,
    message: str,
    at: datetime,
    until: datetime | None,
    outcome: Outcome,
    why: str,
) -> dict[str, object]:
    return {
        "by": by,
        "of": of,
        "message": message,
        "at": at.isoformat(),
        "until": until.isoformat() if until is not None else None,
        "outcome": outcome.value,
        "why": why,
    }
