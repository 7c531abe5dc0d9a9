"""Bad weather between nodes: what they send is lost, doubled, late; every example begins anew.

The patience of the nodes is set longer than any weather here.
`EXCHANGE_NODE_CONVERGENCE_EXAMPLES` asks for more examples, and for others each time.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from exchange_node.domain.errors import PartnerUnreachableError
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.transport.line import Answer
from exchange_node.transport.memory import Door
from tests.exchange.corridor import Corridor

EXAMPLES = "EXCHANGE_NODE_CONVERGENCE_EXAMPLES"
PATIENT = """
partner = "customs.{other}"
accounts = false
[retry]
first_seconds = 30
factor = 1.0
most_seconds = 30
max_retries = 1000
"""
UNHURRIED = {"park_minutes = 60": "park_minutes = 10080"}
"""What is changed in node.toml, old by new."""

FATES = ("lost", "kept", "doubled", "answer lost", "arrives")


@dataclass
class Weather:
    """What the line does with the next requests; kept ones come later, after others."""

    fates: list[str] = field(default_factory=list)
    kept: list[Callable[[], object]] = field(default_factory=list)
    is_down: bool = False
    """Whether nothing comes through at all."""

    def over(self, door: Door, partner: str) -> Door:
        """Return a door that a request reaches in this weather."""

        def post(party: str, content_type: str, body: Content) -> Answer:
            if self.is_down:
                raise _unreachable(partner)
            fate = self.fates.pop(0) if self.fates else "arrives"
            octets = whole(body)
            if fate in ("lost", "kept"):
                if fate == "kept":
                    self.kept.append(lambda: door(party, content_type, octets))
                raise _unreachable(partner)
            answer = door(party, content_type, octets)
            if fate == "doubled":
                answer = door(party, content_type, octets)
            if fate == "answer lost":
                raise _unreachable(partner)
            return answer

        return post


def _unreachable(partner: str) -> PartnerUnreachableError:
    return PartnerUnreachableError(partner=partner, url="memory:", why="the weather")


@dataclass
class Sky:
    """The four nodes, made once, and the stores that each example begins with."""

    world: Corridor
    folder: Path
    begin: datetime
    weather: Weather = field(default_factory=Weather)

    def clear(self) -> None:
        """Begin anew: every store as it was after the agreements, the clock where it began."""
        self.weather = Weather()
        self.world.clock.now = self.begin
        for name, node in self.world.nodes.items():
            node.engine.dispose()
            store = self.folder / name / "var" / "node.db"
            for end in ("", "-wal", "-shm"):  # a log that is left would be taken for this store's
                store.with_name(store.name + end).unlink(missing_ok=True)
            shutil.copy(self.folder / f"{name}.db", store)
            self.hang(name)

    def hang(self, name: str) -> None:
        """Put the weather before the door of a node."""
        door, partner = self.world.exchange.doors[f"customs.{name}"], f"customs.{name}"
        door = getattr(door, "behind", door)
        hung = self.weather.over(door, partner)
        hung.behind = door  # type: ignore[attr-defined]  # found again when the weather changes
        self.world.exchange.doors[partner] = hung


def sky_over(world: Corridor, folder: Path) -> Sky:
    """Return a sky under which every example begins with the stores as they are now."""
    if os.environ.get("EXCHANGE_NODE_TEST_DSN"):
        pytest.skip("stores are copied as files")
    for name, node in world.nodes.items():
        node.engine.dispose()  # the last connection to go folds the log into the file
        shutil.copy(folder / name / "var" / "node.db", folder / f"{name}.db")
    return Sky(world=world, folder=folder, begin=world.clock())


def law(*, examples: int, steps: int) -> settings:
    """Return how long a law is tried: the same few examples, or as many others as are asked for."""
    more = int(os.environ.get(EXAMPLES, "0"))
    return settings(
        max_examples=more or examples,
        stateful_step_count=steps,
        derandomize=not more,
        deadline=None,
        # Shrinking what fails takes as long as it likes: for whoever asked for more.
        phases=tuple(Phase) if more else (Phase.explicit, Phase.generate),
    )
