"""Whether a manifest was told to a partner before: then the next text is its amendment (TM-011).

Nobody has to choose: what is told already, and was not refused, is amended. What that partner never
had, because it was stopped here or refused there, is told as if for the first time.

Source: NCTS CD001 update; the transit lifecycle of the corridor (TM-011).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.movement import (
    CODES_OF,
    MANIFEST_AMENDED,
    Course,
    Event,
    Part,
    weigh,
)
from exchange_node.domain.transmission import State
from exchange_node.services.stations.movement.faults import (
    AMENDED_LATE,
    MANIFEST_TAKEN,
    UNKNOWN_MOVEMENT,
)
from exchange_node.services.stations.movement.following import is_at_border, of_party
from exchange_node.store import outbox
from exchange_node.store.database import reading
from exchange_node.store.movements import views
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from exchange_node.wco.document import Document

Amends = Callable[[MovementId], tuple[Finding, ...] | None]
"""What stands against amending a manifest; None for one that the partner was told nothing of."""


def amends(engine: Engine, own: Administration, partner: str) -> Amends:
    """Return what says whether a manifest for a partner amends one that was told it before."""

    def against(movement: MovementId) -> tuple[Finding, ...] | None:
        with reading(engine) as conn:
            if not is_told(conn, movement, partner, test=own.test):
                return None
            return _against(conn, movement, own)

    return against


def told_as(
    conn: Connection, code: str, document: Document, own: Administration, partner: str
) -> str:
    """Return the message that a document goes as: a manifest of what was told is its amendment."""
    if code != CODES_OF[Event.RELEASE]:
        return code
    try:
        movement = MovementId.of_number(document.country, document.value("Declaration/ID"))
    except MalformedIdentifierError:
        return code
    return MANIFEST_AMENDED if is_told(conn, movement, partner, test=own.test) else code


def is_told(
    conn: Connection, movement: MovementId, partner: str, *, test: bool, besides: str = ""
) -> bool:
    """Return whether a partner has a manifest of ours of a movement, or will have.

    The last word on it counts: an answer, or a message that still goes its way. One that was given
    up may have arrived all the same; one that waits for officers, or was stopped, was not told.
    Nor counts a message that is named (`besides`).
    """
    for one in manifests.versions(conn, str(movement)):
        is_his = one.direction is Direction.SENT and one.partner == partner
        is_his = is_his and one.message_id != besides
        sent = outbox.find(conn, one.message_id) if is_his and one.exchange.test == test else None
        if sent is None:
            continue
        if sent.answer is None:
            if sent.transmission.state is not State.CANCELLED:
                return True
            continue
        found = {finding.code for finding in sent.answer.findings}
        if sent.answer.accepted or MANIFEST_TAKEN.code in found:
            return True
        if UNKNOWN_MOVEMENT.code in found:
            return False
    return False


def _against(conn: Connection, movement: MovementId, own: Administration) -> tuple[Finding, ...]:
    kept = of_party(views.named(conn, movement.value, test=own.test), str(own.party))
    if kept is None:
        return ()
    part = kept.route.part_of(str(own.party)) or Part.TRANSIT
    weighed = weigh(
        kept.state,
        Event.AMENDMENT,
        by=part,
        view=part,
        is_ours=True,
        is_at_border=is_at_border(conn, kept),
    )
    if weighed.course is Course.TAKEN:
        return ()
    missing = ", ".join(one.value for one in weighed.missing)
    why = f"{missing} has to come first" if missing else f"it is {kept.state.value}"
    return (AMENDED_LATE.found(pointer="Declaration/ID", value=kept.official_number, why=why),)
