"""Manifests that an office expects → those that its people may know of, each in plain words.

For the doors at which a post asks and for the channel from which an office's own node pulls: both
tell the same. What is confidential or secret stays at the node, and so do the reasons of a channel.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.agreement import Administration, Handling
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.keys import KeyKind, keys_of_manifest
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.gate import manifest_looked_at, sifted, weighed
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest, Kind

MOST_EXPECTED = 2_000
"""Manifests that one office is told of, the newest (our choice)."""

LATE = timedelta(days=14)
"""How long after it was expected a manifest is still told of (our choice)."""

AHEAD = timedelta(days=60)
"""How long before it is expected a manifest is told of (our choice)."""

CARRIED = frozenset({Handling.OPEN, Handling.RESTRICTED})
"""What may leave the node for a post's own store."""

_SOUGHT = frozenset({KeyKind.MOVEMENT, KeyKind.MEANS, KeyKind.EQUIPMENT, KeyKind.SEAL})
_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A manifest that an office expects.

    Attributes:
        passed: whether it was seen at the office already, or has arrived at its destination.
    """

    held: HeldManifest
    passed: bool


def expected(
    conn: Connection, own: Administration, actor: Actor, office: str, now: datetime
) -> list[Due]:
    """Return the newest manifests that an office expects, as far as the actor may know of them."""
    found: list[Due] = []

    def page(last: HeldManifest | None) -> Sequence[HeldManifest]:
        return manifests.find(
            conn,
            keys={Kind.OFFICE: folded(office)},
            window=(now - LATE, now + AHEAD),
            handling=CARRIED,
            after=last.number if last else after,
            limit=_PAGE,
        )

    after = 0
    while len(found) < MOST_EXPECTED:
        some = sifted(conn, actor, now, page, manifest_looked_at, limit=_PAGE)
        mine = [one for one in some.shown if one.exchange.test == own.test]
        over = manifests.passed(conn, folded(office), [one.number for one in mine])
        found += [Due(held=one, passed=one.number in over) for one in mine]
        if some.last is None:
            break
        after = some.last.number
    return [one for one in found[:MOST_EXPECTED] if _is_due(one.held, now)]


def asked_for(
    conn: Connection,
    own: Administration,
    actor: Actor,
    office: str,
    numbers: Sequence[int],
    now: datetime,
) -> Iterator[Due]:
    """Yield of these manifests those that an office may be told of at this moment."""
    agreements = held_agreements(conn)
    for number in numbers:
        try:
            held = manifests.get(conn, number)
        except UnknownRecordError:
            continue
        is_expected = (
            held.direction is Direction.RECEIVED
            and held.superseded_by is None
            and held.disposed_at is None
            and held.exchange.test == own.test
            and held.exchange.handling in CARRIED
            and folded(office) in {folded(one) for one in held.offices}
        )
        one = manifest_looked_at(held)
        if is_expected and weighed(conn, agreements, actor, one, purpose="", at=now).may_be_listed:
            over = manifests.passed(conn, folded(office), [number])
            yield Due(held=held, passed=bool(over))


def _is_due(held: HeldManifest, now: datetime) -> bool:
    """Whether a manifest that names no time of arrival came not too long ago."""
    return held.expected_arrival is not None or held.stored_at > now - AHEAD


def tag_of(due: Due) -> str:
    """Return what tells one state of an entry from another, as far as the row knows."""
    held = due.held
    channel = held.decision.channel if held.decision else ""
    values = (
        held.number, channel, str(held.decided_at), held.means, held.equipment, held.seals,
        held.offices, str(held.expected_arrival), str(held.delete_after),
        *(("passed",) if due.passed else ()),
    )  # fmt: skip
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def entry_of(due: Due, view: TransitManifest, digest: str) -> dict[str, object]:
    """Return what an officer at the gate needs of a manifest, as plain values.

    `view` is the manifest as it may be seen, `digest` the SHA-256 of its sealed document.
    """
    held = due.held
    arrival = held.expected_arrival
    keys = {key.value for key in keys_of_manifest(view) if key.kind in _SOUGHT}
    return {
        "number": held.number,
        "tag": tag_of(due),
        "digest": digest,
        "movement": held.movement,
        "partner": held.partner,
        "handling": held.exchange.handling,
        "purpose": held.exchange.purpose,
        "delete_after": held.delete_after.isoformat(),
        "received_at": held.stored_at.isoformat(),
        "expected_arrival": arrival.isoformat() if arrival else None,
        "limit_date": view.limit_date.isoformat() if view.limit_date else None,
        "channel": held.decision.channel if held.decision else "",
        "to_confirm": held.decision.to_confirm if held.decision else False,
        **({"passed": True} if due.passed else {}),
        "offices": list(held.offices),
        "means": list(held.means),
        "equipment": list(held.equipment),
        "seals": list(held.seals),
        "keys": sorted(keys),
        "gross_mass_kg": str(view.gross_mass_kg),
        "packages": view.package_count,
        "consignments": [
            {
                "parties": [[one.role, one.name, one.country] for one in consignment.parties],
                "equipment": [[one.id, list(one.customs_seals)] for one in consignment.equipment],
                "items": [
                    [one.commodity_code, one.description, str(one.gross_mass_kg), one.package_count]
                    for one in consignment.items
                ],
            }
            for consignment in view.consignments
        ],
    }
