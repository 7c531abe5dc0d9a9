"""What a node does about movements, wired."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.node.surroundings import Clock
from exchange_node.services.movements import Minding, Movements, Telling, Timeline, Waking
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.movement.following import Following
from exchange_node.services.stations.movement.writing import Writing


def movements(
    corresponding: Corresponding,
    modes: Mapping[str, PartnerMode],
    engine: Engine,
    clock: Clock,
    new_id: Callable[[], str],
) -> Movements:
    """Return the walks of movements over one store."""
    following = Following(own=corresponding.own)
    writing = Writing(
        own=corresponding.own, corresponding=corresponding, following=following, new_id=new_id
    )
    return Movements(
        telling=Telling(writing=writing, engine=engine, clock=clock),
        timeline=Timeline(own=corresponding.own, following=following, engine=engine, clock=clock),
        waking=Waking(engine=engine, clock=clock),
        minding=Minding(writing=writing, modes=modes, engine=engine, clock=clock),
    )
