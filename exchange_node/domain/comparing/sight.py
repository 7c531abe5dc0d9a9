"""A notice → what of it is compared: values as they are compared, or veiled.

Plates, containers and seals are only ever asked whether they are the same: whoever keeps a sight
may veil them (a keyed hash), and what is compared then names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exchange_node.domain.identifiers import folded
from exchange_node.domain.movement import Event, MovementNotice, SeenSeal

_BROKEN, _MISSING = "2", "3"
"""Of the list `seal_conditions`."""

_SEVERAL = re.compile(r"[/,;+]")
"""What stands between a tractor's plate and its trailer's where both are told in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What an office saw, as it is compared; whatever is empty was not told.

    Attributes:
        seals: those that are there.
        broken: those that are there and broken.
        missing: those that are said to be missing.
        replaced: old and new of each that took another's place.
    """

    notice_id: str
    party: str
    event: Event
    office: str
    occurred_at: datetime
    issued_at: datetime
    ground: str = ""
    vehicles: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()
    seals: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    replaced: frozenset[tuple[str, str]] = frozenset()
    gross_mass_kg: Decimal | None = None
    packages: int | None = None


def sight_of(notice: MovementNotice, veil: Callable[[str], str] = str) -> Sight:
    """Return what of a notice is compared.

    Args:
        notice: as it was told.
        veil: turns a folded value into what stands for it; the same into the same.
    """
    seals = tuple(seal for unit in notice.equipment for seal in unit.seals if folded(seal.id))
    return Sight(
        notice_id=notice.notice_id,
        party=notice.issuer,
        event=notice.event,
        office=notice.office,
        occurred_at=notice.occurred_at,
        issued_at=notice.issued_at,
        ground=notice.ground,
        vehicles=frozenset(
            veil(one) for one in _plates(notice.means.id if notice.means is not None else "")
        ),
        containers=frozenset(veil(one) for unit in notice.equipment if (one := folded(unit.id))),
        seals=_of_condition(seals, veil, without=_MISSING),
        broken=_of_condition(seals, veil, only=_BROKEN),
        missing=_of_condition(seals, veil, only=_MISSING),
        replaced=frozenset(
            (veil(folded(one.replaces)), veil(folded(one.id)))
            for one in seals
            if folded(one.replaces)
        ),
        gross_mass_kg=notice.gross_mass_kg,
        packages=notice.packages,
    )


def _plates(text: str) -> Iterator[str]:
    for part in _SEVERAL.split(text):
        if plate := folded(part):
            yield plate


def _of_condition(
    seals: tuple[SeenSeal, ...],
    veil: Callable[[str], str],
    *,
    only: str = "",
    without: str = "",
) -> frozenset[str]:
    return frozenset(
        veil(folded(one.id))
        for one in seals
        if (one.condition == only if only else one.condition != without)
    )
