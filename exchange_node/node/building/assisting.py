"""The walks of the register of assistance and of onward use: wired in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.assistance.papers import INFORMATION, MESSAGES, REQUEST
from exchange_node.domain.onward.asking import ANSWERED, ASKED
from exchange_node.domain.orders.breach import BREACHED
from exchange_node.domain.orders.order import CERTIFIED, ORDERED
from exchange_node.services.assistance import Deadlines, LookingUp, Reporting, Requesting
from exchange_node.services.assistance.consenting import Consenting
from exchange_node.services.assistance.exporting import Exporting
from exchange_node.services.repeating import Repeating
from exchange_node.services.repeating.further_use import AnsweredAnew, AskedAnew
from exchange_node.services.repeating.papers import Papers
from exchange_node.services.repeating.records import (
    BreachesAnew,
    CertificatesAnew,
    Desk,
    OrdersAnew,
)
from exchange_node.services.stations.assistance.register import Register
from exchange_node.services.stations.assistance.writing import Writing
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.onward.letters import Letters
from exchange_node.wco.rules.library import WcoLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Assisting:
    """What these walks have in common."""

    library: WcoLibrary
    corresponding: Corresponding
    register: Register
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def requesting(self) -> Requesting:
        """Return the walk that asks, answers and tells of its own accord."""
        return Requesting(
            own=self.corresponding.own,
            writing=self._writing(),
            register=self.register,
            engine=self.engine,
            clock=self.clock,
            new_id=self.new_id,
        )

    def looking_up(self) -> LookingUp:
        """Return the walk that shows the register."""
        return LookingUp(register=self.register, engine=self.engine, clock=self.clock)

    def deadlines(self) -> Deadlines:
        """Return the walk that keeps the clocks of requests."""
        return Deadlines(engine=self.engine, clock=self.clock)

    def reporting(self) -> Reporting:
        """Return the walk that weighs what was asked against what was given."""
        return Reporting(engine=self.engine, clock=self.clock)

    def consenting(self) -> Consenting:
        """Return the walk that asks for and gives consent to onward use."""
        return Consenting(
            own=self.corresponding.own,
            letters=self._letters(),
            engine=self.engine,
            vault=self.register.shelf.vault,
            clock=self.clock,
        )

    def exporting(self) -> Exporting:
        """Return the walk that hands records on, as far as their suppliers consent."""
        return Exporting(
            own=self.corresponding.own,
            letters=self._letters(),
            versions=self.register.shelf.versions,
            engine=self.engine,
            vault=self.register.shelf.vault,
            clock=self.clock,
        )

    def repeating(self) -> Repeating:
        """Return the walk that says anew what partners did not take."""
        papers = Papers(writing=self._writing(), register=self.register, engine=self.engine)
        letters, engine = self._letters(), self.engine
        desk = Desk(
            corresponding=self.corresponding,
            library=self.library,
            engine=engine,
            vault=self.register.shelf.vault,
        )
        return Repeating(
            rewriters={
                **dict.fromkeys((REQUEST, *MESSAGES.values(), INFORMATION), papers),
                ASKED: AskedAnew(letters=letters, engine=engine),
                ANSWERED: AnsweredAnew(letters=letters, engine=engine),
                BREACHED: BreachesAnew(desk=desk),
                ORDERED: OrdersAnew(desk=desk),
                CERTIFIED: CertificatesAnew(engine=engine),
            },
            engine=engine,
            clock=self.clock,
        )

    def _writing(self) -> Writing:
        return Writing(
            own=self.corresponding.own,
            registry=self.library.registry,
            packing=self.corresponding.packing,
            corresponding=self.corresponding,
        )

    def _letters(self) -> Letters:
        return Letters(
            own=self.corresponding.own,
            registry=self.library.registry,
            corresponding=self.corresponding,
            packing=self.corresponding.packing,
            vault=self.register.shelf.vault,
            new_id=self.new_id,
        )
