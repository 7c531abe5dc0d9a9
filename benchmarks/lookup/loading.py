"""Made-up movements → rows of a store, as filing them one by one would have written them.

Filing looks each manifest up before it writes it, weighs it against alerts and fetches it again;
that is what arrivals cost, and a store of a million need not be made that way. A test holds the
two ways to the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Engine, insert

from exchange_node.domain.agreement import Grant
from exchange_node.domain.message import Exchange
from exchange_node.domain.movement import Event, State, route_of
from exchange_node.domain.transmission.content import CHUNK_BYTES
from exchange_node.rehearsal.traffic import Movement
from exchange_node.risk.decision import decide
from exchange_node.risk.keys import keys_of_manifest
from exchange_node.store.database import transaction
from exchange_node.store.payloads import Vault, digest_of
from exchange_node.store.records.held import Direction, HeldManifest, manifest_values
from exchange_node.store.records.manifests import key_rows
from exchange_node.store.tables import (
    manifest,
    manifest_key,
    movement,
    movement_event,
    payload,
    payload_chunk,
)

BATCH = 2_000
"""Manifests of one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """What every manifest comes under."""

    exchange: Exchange
    grant: Grant
    at: datetime


def document_of(one: Movement) -> bytes:
    """Return what is kept of a movement: a kilobyte that nobody opens. Real ones have ten."""
    return (f"{one.mrn} {one.stamp} " * 20)[:1000].encode()


def load(engine: Engine, vault: Vault, movements: Iterable[Movement], under: Under) -> int:
    """Write the rows of movements into an empty store, numbered from 1; return how many."""
    count = 0
    drawn = iter(movements)
    while batch := list(islice(drawn, BATCH)):
        _write(engine, vault, batch, under, first=count + 1)
        count += len(batch)
    return count


def _write(
    engine: Engine, vault: Vault, batch: list[Movement], under: Under, *, first: int
) -> None:
    payloads, chunks, rows, keys, movements, events = [], [], [], [], [], []
    decision = decide(())
    for number, one in enumerate(batch, start=first):
        held = _held(one, under, number)
        document, document_id = document_of(one), _document_id(held)
        assert len(document) <= CHUNK_BYTES  # noqa: S101 - one chunk is all that is written here
        payloads.append(
            {
                "payload_id": document_id,
                "size": len(document),
                "digest": digest_of(document),
                "chunks": 1,
            }
        )
        locked = vault.lock(document, f"payload {document_id} 0 1")
        chunks.append({"payload_id": document_id, "position": 0, "locked": locked})
        decided = replace(held, decision=decision, decided_at=under.at)
        rows.append({**manifest_values(decided, document_id), "number": number, "version": 1})
        keys += key_rows(held, _pairs(one))
        movements.append(_movement(one, held))
        events.append(_release(one, held))
    with transaction(engine) as conn:
        conn.execute(insert(payload), payloads)
        conn.execute(insert(payload_chunk), chunks)
        conn.execute(insert(manifest), rows)
        conn.execute(insert(manifest_key), keys)
        conn.execute(insert(movement), movements)
        conn.execute(insert(movement_event), events)


def _held(one: Movement, under: Under, number: int) -> HeldManifest:
    view = one.manifest
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
        number=number,
    )


def _movement(one: Movement, held: HeldManifest) -> dict[str, object]:
    route = route_of(one.manifest, departure=held.exchange.sender)
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


def _document_id(held: HeldManifest) -> str:
    return f"manifest/{held.direction}/{held.partner}/{held.message_id}"


def _pairs(one: Movement) -> Iterator[tuple[str, str]]:
    return ((key.kind.value, key.value) for key in keys_of_manifest(one.manifest))
