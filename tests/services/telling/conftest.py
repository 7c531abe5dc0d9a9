from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange_node.channels.channel import Notice
from exchange_node.domain.desks.desk import Desk, Desks, Route, Way
from exchange_node.domain.errors import ChannelError
from exchange_node.domain.transmission import Retry
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.database import transaction
from tests.world import OPERATOR, Pair, pair_of_nodes

SOON = {severity: timedelta(minutes=30) for severity in (1, 2)}


@dataclass
class Line:
    """A channel that may be down, and remembers what it was told, as often as it was."""

    told: list[Notice] = field(default_factory=list)
    is_down: bool = False

    def tell(self, notice: Notice) -> None:
        if self.is_down:
            raise ChannelError(where="the line", why="it is down")
        self.told.append(notice)


@dataclass
class Room:
    """Kazakhstan's node with three desks; the clock stands at eight in the morning."""

    pair: Pair
    office: Line = field(default_factory=Line)
    duty: Line = field(default_factory=Line)
    hook: Line = field(default_factory=Line)

    @property
    def codes(self) -> tuple[list[str], list[str], list[str]]:
        """What office, duty desk and its hook were told."""
        office, duty, hook = ([one.code for one in line.told] for line in self.lines)
        return office, duty, hook

    @property
    def lines(self) -> tuple[Line, Line, Line]:
        return self.office, self.duty, self.hook

    def happens(self, code: str = "channel.red", key: str = "1", **facts: str) -> None:
        with transaction(self.pair.kz.engine) as conn:
            leave_notice(conn, code, key, self.pair.clock(), **facts)

    def run(self) -> None:
        self.pair.run(rounds=4)

    def later(self, **by: float) -> None:
        self.pair.clock.forward(**by)
        self.run()

    def states(self) -> list[tuple[str, str]]:
        shown = self.pair.kz.telling.noticing.list(OPERATOR)["notices"]
        return [(one["desk"], one["state"]) for one in reversed(shown)]


@pytest.fixture(name="room")
def _room(tmp_path: Path) -> Iterator[Room]:
    with pair_of_nodes(tmp_path) as pair:
        room = Room(pair)
        desks = Desks(
            desks={
                "office": Desk(name="office", ways=(Way(name="mail"),), acknowledge=SOON),
                "duty": Desk(
                    name="duty", ways=(Way(name="mail"), Way(name="hook", facts=True)),
                    acknowledge=SOON,
                ),
            },
            routes=(
                Route(codes=("channel.*", "alert.*"), desks=("office", "duty"), severity=1),
                Route(codes=("movement.missing",), desks=("duty",), severity=3),
                Route(codes=("notice.*",), desks=("office",)),
            ),
            retry=Retry(first=timedelta(minutes=1), max_retries=2),
            link="https://desk.example/{number}",
        )  # fmt: skip
        ways = {"office/mail": room.office, "duty/mail": room.duty, "duty/hook": room.hook}
        pair.kz.telling = replace(pair.kz.telling, desks=desks, ways=ways)
        yield room
