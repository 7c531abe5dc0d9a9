"""A notice ↔ what is kept of it to be compared: plates, containers and seals as keyed hashes.

Each movement has a key of its own, so that nobody learns from the store which vehicle it was, nor
whether two movements had the same one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from exchange_node.domain.comparing import Sight, sight_of
from exchange_node.domain.movement import Event, MovementNotice
from exchange_node.domain.movement.compared import Comparison
from exchange_node.store.movements.events import KeptEvent

COMPARE = "movement-compare"
"""The kind of duty that is to compare the crossings of a movement; `ref` is its number,
and after it that of a comparison which the neighbour told."""

SEEN = frozenset({Event.EXIT, Event.ENTRY, Event.INCIDENT, Event.REFUSAL, Event.DIVERSION})
"""Events that are compared, or explain what differs."""

_VEIL = 24
"""Hex digits of a hash: with a key for each movement there are a handful to keep apart."""

_SETS = ("vehicles", "containers", "seals", "broken", "missing")
_TO = "to "
"""Before the party that was told less than the notice says: what is compared with what it told."""

_HIDDEN = frozenset({"issued", "gross_mass_kg", "packages", "replaced", *_SETS})


def kept_sight(notice: MovementNotice, key: bytes) -> dict[str, str]:
    """Return what of a notice is kept to be compared; empty for one that is not."""
    if notice.event not in SEEN:
        return {}

    def veil(text: str) -> str:
        octets = text.encode("utf-8", "surrogatepass")
        return hmac.new(key, octets, hashlib.sha256).hexdigest()[:_VEIL]

    sight = sight_of(notice, veil)
    kept = {name: " ".join(sorted(getattr(sight, name))) for name in _SETS}
    kept |= {
        "issued": notice.issued_at.isoformat(),
        "replaced": " ".join(f"{old}:{new}" for old, new in sorted(sight.replaced)),
        "gross_mass_kg": "" if notice.gross_mass_kg is None else f"{notice.gross_mass_kg:f}",
        "packages": "" if notice.packages is None else str(notice.packages),
    }
    return {name: value for name, value in kept.items() if value}


def kept_as_told(
    notice: MovementNotice, known: Mapping[str, MovementNotice], key: bytes
) -> dict[str, str]:
    """Return what is kept for each party that knows less of a notice than it says.

    `known` is what each was told of it, as it is, by party id.
    """
    whole = kept_sight(notice, key)
    return {
        f"{_TO}{party}": json.dumps(told, sort_keys=True)
        for party, one in known.items()
        if (told := kept_sight(one, key)) != whole
    }


def sight_in(event: KeptEvent, known_to: str = "") -> Sight:
    """Return what was kept of an event; of one that an older program recorded, when and where.

    `known_to` is the party that it is compared with: what that was not told is left out.
    """
    less = event.details.get(f"{_TO}{known_to}")
    kept = event.details if less is None else json.loads(less)
    mass, packages = kept.get("gross_mass_kg"), kept.get("packages")
    issued = kept.get("issued")
    return Sight(
        notice_id=event.notice_id,
        party=event.party,
        event=event.event,
        office=event.office,
        occurred_at=event.occurred_at,
        issued_at=datetime.fromisoformat(issued) if issued else event.occurred_at,
        ground=event.said,
        replaced=frozenset(
            (old, new)
            for old, _, new in (one.partition(":") for one in kept.get("replaced", "").split())
        ),
        gross_mass_kg=Decimal(mass) if mass else None,
        packages=int(packages) if packages else None,
        **{name: frozenset(kept.get(name, "").split()) for name in _SETS},
    )


def plain_details(details: Mapping[str, str]) -> dict[str, str]:
    """Return what people are shown of an event: nothing that is kept to be compared alone."""
    return {
        name: value
        for name, value in details.items()
        if name not in _HIDDEN and not name.startswith(_TO)
    }


def kept_comparison(compared: Comparison | None) -> dict[str, str]:
    """Return what is kept of a comparison: verdicts and reasons, never a value."""
    if compared is None:
        return {}
    return {
        "exit": compared.exit_notice,
        "entry": compared.entry_notice,
        "verdict": compared.verdict.value,
        **{
            one.field.value: ": ".join(filter(None, (one.verdict.value, ", ".join(one.reasons))))
            for one in compared.fields
        },
    }
