"""Seals that a post recorded → as a notice says them: on which unit, and how they were found."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.movement import SeenSeal
from exchange_node.services.stations.movement.following import of_party, official_number
from exchange_node.services.stations.posts.records import Offline
from exchange_node.store.movements import views
from exchange_node.store.records import manifests

CONDITIONS: Mapping[str, str] = MappingProxyType(
    {"intact": "1", "broken": "2", "missing": "3", "replaced": "4"}
)
"""Words of a post, and their codes of the list `seal_conditions`."""


def seals_of(one: Offline) -> tuple[SeenSeal, ...]:
    """Return the seals as they were found; a condition may be said by its word or by its code."""
    return tuple(
        SeenSeal(id=number, condition=CONDITIONS.get(said.casefold(), said))
        for number, said in one.seals
    )


def unit_of(conn: Connection, own: Administration, one: Offline) -> str:
    """Return the unit that was seen, or "" where nobody said one and nothing tells.

    Who writes down the seals of a lorry seldom writes which unit they are on: it is the only one of
    the manifest, and where that lists none, the vehicle itself.
    """
    if one.equipment or not one.seals:
        return one.equipment
    movements = views.named(conn, official_number(one.movement), test=own.test)
    kept = of_party(movements, str(own.party))
    held = manifests.versions(conn, kept.movement) if kept is not None else []
    listed = next((each for each in held if each.superseded_by is None), None)
    if listed is None or len(listed.equipment) > 1:
        return ""
    return next(iter((*listed.equipment, one.means, *listed.means)), "")
