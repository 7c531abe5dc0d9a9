"""Made-up movements → rows of a store, as filing them one by one would have written them.

Filing looks each manifest up before it writes it, weighs it against alerts and fetches it again;
that is what arrivals cost, and a store of a million need not be made that way. A test holds the
two ways to the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exchange_node.config.shipped import rule_set
from exchange_node.domain.agreement import Grant
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.message import Exchange
from exchange_node.domain.movement import Event, State, route_of
from exchange_node.domain.transmission.content import CHUNK_BYTES
from exchange_node.policy.times import recovery_begins
from exchange_node.rehearsal.traffic import Movement, Traffic
from exchange_node.risk.decision import decide
from exchange_node.risk.keys import keys_of_manifest
from exchange_node.services.stations.looking.names import pairs, roles_by_key
from exchange_node.store.payloads import digest_of
from exchange_node.store.records.held import Direction, HeldManifest, manifest_values
from exchange_node.store.records.manifests import key_rows

Rows = dict[str, list[dict[str, object]]]
"""Rows by the name of their table."""

TABLES = ("payload", "payload_chunk", "manifest", "manifest_key", "movement", "movement_event")
"""The tables that are filled: what a row refers to stands before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """What every manifest comes under."""

    exchange: Exchange
    grant: Grant
    at: datetime
    recovery_start_months: int | None = None


def document_of(one: Movement) -> bytes:
    """Return what is kept of a movement: a kilobyte that nobody opens. Real ones have ten."""
    return (f"{one.mrn} {one.stamp} " * 20)[:1000].encode()


def rows_of(traffic: Traffic, under: Under, *, first: int, count: int) -> Rows:
    """Return the rows of so many movements; what a vault has to lock is plain in them still."""
    rows: Rows = {name: [] for name in TABLES}
    decision = decide((), rule_set())
    for one in traffic.movements(count, first=first):
        view = one.manifest
        held = _held(one, view, under)
        document = document_of(one)
        assert len(document) <= CHUNK_BYTES  # noqa: S101 - one chunk is all that is written here
        document_id = f"manifest/{held.direction}/{held.partner}/{held.message_id}"
        payload = {"payload_id": document_id, "size": len(document)}
        rows["payload"].append({**payload, "digest": digest_of(document), "chunks": 1})
        chunk = {"payload_id": document_id, "position": 0, "locked": document}
        rows["payload_chunk"].append(chunk)
        ruled = replace(decision, ruling=held.number)  # the rulings themselves no look-up reads
        decided = replace(held, decision=ruled, decided_at=under.at)
        values = manifest_values(decided, document_id)
        rows["manifest"].append({**values, "number": held.number, "version": 1})
        rows["manifest_key"] += key_rows(held, pairs(keys_of_manifest(view)), roles_by_key(view))
        rows["movement"].append(_movement(one, view, held, under.recovery_start_months))
        rows["movement_event"].append(_release(one, held))
    return rows


def _held(one: Movement, view: TransitManifest, under: Under) -> HeldManifest:
    return HeldManifest(
        direction=Direction.RECEIVED,
        partner=under.exchange.sender,
        message_id=f"{one.stamp}@simulated",
        movement=str(view.movement),
        functional_reference=view.functional_reference,
        exchange=under.exchange,
        offices=view.offices,
        means=tuple(dict.fromkeys(means.id for means in view.all_means)),
        equipment=tuple(dict.fromkeys(unit.id for unit in view.all_equipment)),
        seals=tuple(seal for unit in view.all_equipment for seal in unit.customs_seals),
        stored_at=under.at,
        delete_after=under.grant.retention.begins(under.at)
        + timedelta(days=under.grant.retention_days),
        mrn=one.mrn,
        expected_arrival=view.expected_arrival,
        number=one.number,
    )


def _movement(
    one: Movement, view: TransitManifest, held: HeldManifest, months: int | None
) -> dict[str, object]:
    route = route_of(view, departure=held.exchange.sender)
    limit = view.limit_date
    recovery = None if limit is None or months is None else recovery_begins(limit, months)
    return {
        "number": held.number,
        "movement": held.movement,
        "official_number": one.mrn,
        "departure": route.departure,
        "destination": route.destination,
        "transit": list(route.transit),
        "test": held.exchange.test,
        "state": State.RELEASED,
        "begun_at": held.stored_at,
        "changed_at": held.stored_at,
        "delete_after": held.delete_after,
        "recovery_at": recovery,
    }


def _release(one: Movement, held: HeldManifest) -> dict[str, object]:
    return {
        "number": held.number,
        "movement": held.number,
        "event": Event.RELEASE,
        "code": held.exchange.code,
        "party": held.partner,
        "notice_id": held.message_id,
        "office": one.departure,
        "occurred_at": one.released_at,
        "recorded_at": held.stored_at,
        "recorded_by": "node",
        "message_id": held.message_id,
        "told": {},
        "said": "",
        "before": State.UNKNOWN,
        "after": State.RELEASED,
    }
