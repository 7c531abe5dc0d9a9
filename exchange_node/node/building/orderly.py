"""The walks that order, carry out and tell of what was handed over: wired in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.services.assistance.fulfilling import Fulfilling
from exchange_node.services.assistance.ordering import Ordering
from exchange_node.services.assistance.telling_breach import TellingBreach
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.orders.carrying_out import CarryingOut
from exchange_node.services.stations.orders.writing import Writing
from exchange_node.services.stations.outgoing import Packing
from exchange_node.wco.rules.library import WcoLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Orderly:
    """What these walks have in common."""

    library: WcoLibrary
    packing: Packing
    corresponding: Corresponding
    holding: Holding
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def ordering(self) -> Ordering:
        """Return the walk that orders what was sent to be corrected or deleted."""
        return Ordering(
            writing=Writing(
                own=self.corresponding.own,
                library=self.library,
                packing=self.packing,
                corresponding=self.corresponding,
                holding=self.holding,
            ),
            engine=self.engine,
            vault=self.holding.vault,
            clock=self.clock,
            new_id=self.new_id,
        )

    def fulfilling(self) -> Fulfilling:
        """Return the walk that does what partners order."""
        return Fulfilling(
            own=self.corresponding.own,
            carrying_out=CarryingOut(
                own=self.corresponding.own, holding=self.holding, library=self.library
            ),
            corresponding=self.corresponding,
            library=self.library,
            engine=self.engine,
            clock=self.clock,
            new_id=self.new_id,
        )

    def telling_breach(self) -> TellingBreach:
        """Return the walk that tells suppliers of misuse."""
        return TellingBreach(
            corresponding=self.corresponding,
            library=self.library,
            engine=self.engine,
            vault=self.holding.vault,
            clock=self.clock,
            new_id=self.new_id,
        )
