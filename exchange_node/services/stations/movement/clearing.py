"""An event that was recorded without the line → held against what else was told, and cleared.

The clearing record is a line of the audit, under the event's own number: who cleared it, when, on
what proof. What was recorded and what was sealed both stay; nothing is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.comparing.sight import Sight
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.comparing.sighting import sight_in
from exchange_node.services.stations.movement.desk import desk_of
from exchange_node.services.stations.movement.following import of_party, official_number
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit
from exchange_node.store.audit import AuditRecord
from exchange_node.store.movements import events, views
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.views import KeptMovement

ACTION = "movement.fallback-cleared"
NODE = "node"

SAME_CROSSING = timedelta(hours=24)
"""Told by one office of one movement within this, two crossings are one (our choice)."""

_SUBJECT = "movement-fallback"


def clearing_of(conn: Connection, event: KeptEvent) -> AuditRecord | None:
    """Return the record that cleared an event; None while it is open."""
    found = audit.search(conn, subject=_subject(event), limit=1)
    return found[0] if found else None


def clear(
    conn: Connection,
    kept: KeptMovement,
    event: KeptEvent,
    now: datetime,
    *,
    by: str,
    facts: Mapping[str, str],
) -> None:
    """Clear an event, as the last thing of a transaction; one that is cleared stays as it is."""
    if clearing_of(conn, event) is not None:
        return
    kind, key = _subject(event)
    audit.write(
        conn,
        AuditRecord(
            at=now,
            actor=by,
            action=ACTION,
            subject_kind=kind,
            subject_key=key,
            movement=kept.movement,
            facts={"office": event.office, **facts},
        ),
    )


def reconcile(
    conn: Connection, own: Administration, number: str, notice_id: str, now: datetime, *, proof: str
) -> None:
    """Clear what a post recorded, unless the same office told otherwise of it; then tell the desk.

    Args:
        conn: the connection.
        own: this administration.
        number: the movement's official number.
        notice_id: of the event.
        now: the moment.
        proof: what names the record of the post.
    """
    found = views.by_number(conn, official_number(number), test=own.test)
    kept = of_party(found, str(own.party))
    event = events.find(conn, kept.number, str(own.party), notice_id) if kept else None
    if kept is None or event is None or not event.fallback or clearing_of(conn, event):
        return
    same, other = _others(conn, kept, event)
    if other:
        leave_notice(
            conn, "movement.fallback-open", f"{kept.number}.{notice_id}", now,
            movement=kept.movement, office=event.office, notice=notice_id, other=other,
            **desk_of(str(own.party), held_agreements(conn)),
        )  # fmt: skip
        return
    facts = {"proof": proof, "notice": notice_id, "outcome": "agrees"}
    clear(conn, kept, event, now, by=NODE, facts=facts | ({"told": same} if same else {}))


def _others(conn: Connection, kept: KeptMovement, event: KeptEvent) -> tuple[str, str]:
    """Return the number of what the office told of the same, and of what it told otherwise."""
    same = other = ""
    here = sight_in(event)
    for one in events.of_movement(conn, kept.number):
        if (
            one.notice_id != event.notice_id
            and (one.party, one.event, one.office) == (event.party, event.event, event.office)
            and abs(one.occurred_at - event.occurred_at) <= SAME_CROSSING
        ):
            if _agrees(here, sight_in(one)):
                same = one.notice_id
            else:
                other = one.notice_id
    return same, other


def _agrees(one: Sight, other: Sight) -> bool:
    """Whether two accounts of one crossing say nothing against each other."""
    pairs = (
        (one.vehicles, other.vehicles),
        (one.containers, other.containers),
        (one.seals, other.seals),
        (one.gross_mass_kg, other.gross_mass_kg),
        (one.packages, other.packages),
    )
    return all(
        mine == theirs
        for mine, theirs in pairs
        if mine not in (None, frozenset()) and theirs not in (None, frozenset())
    )


def _subject(event: KeptEvent) -> tuple[str, str]:
    return _SUBJECT, f"{event.party}/{event.notice_id}"


def fallback_of(conn: Connection, told: list[KeptEvent], own: str) -> list[dict[str, object]]:
    """Return what was recorded without the line; what is our own, cleared when and by whom."""
    shown: list[dict[str, object]] = []
    for one in told:
        if one.fallback:
            record = clearing_of(conn, one) if one.party == own else None
            shown.append(
                {
                    "notice": one.notice_id,
                    "party": one.party,
                    "mark": one.fallback,
                    "open": one.party == own and record is None,
                    "cleared_at": record.at.isoformat() if record is not None else None,
                    "cleared_by": record.actor if record is not None else "",
                    "outcome": record.facts.get("outcome", "") if record is not None else "",
                }
            )
    return shown
