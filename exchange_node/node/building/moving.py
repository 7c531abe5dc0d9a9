"""What a node does about movements, wired."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.node.surroundings import Clock
from exchange_node.services.movements import (
    Clearing,
    Comparing,
    Minding,
    Movements,
    Telling,
    Timeline,
    Waking,
)
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.manifests.restoring import Restoring
from exchange_node.services.stations.movement.following import Following
from exchange_node.services.stations.movement.writing import Writing


def writing_of(corresponding: Corresponding, new_id: Callable[[], str]) -> Writing:
    """Return what makes notices of movements."""
    return Writing(
        own=corresponding.own,
        corresponding=corresponding,
        following=Following(own=corresponding.own, key_of=corresponding.packing.mask_key),
        new_id=new_id,
    )


def movements(
    writing: Writing,
    holding: Holding,
    modes: Mapping[str, PartnerMode],
    engine: Engine,
    clock: Clock,
) -> Movements:
    """Return the walks of movements over one store."""
    return Movements(
        telling=Telling(writing=writing, engine=engine, clock=clock),
        timeline=Timeline(own=writing.own, following=writing.following, engine=engine, clock=clock),
        waking=Waking(engine=engine, clock=clock),
        clearing=Clearing(own=writing.own, engine=engine, clock=clock),
        comparing=Comparing(writing=writing, engine=engine, clock=clock),
        minding=Minding(
            writing=writing,
            restoring=Restoring(own=writing.own, holding=holding),
            modes=modes,
            engine=engine,
            clock=clock,
        ),
    )
