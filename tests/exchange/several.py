"""Several administrations with lines between some of them, each with a store of its own."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange_node import node as nodes
from exchange_node.channels.memory import MemoryChannel
from exchange_node.domain.movement import Event, Report
from exchange_node.store import duties
from exchange_node.store.database import reading
from exchange_node.transport.memory import Exchange
from tests.world import (
    DECLARATION,
    FACTS,
    NATIONAL,
    OFFICES,
    PASSPHRASE,
    POST,
    Clock,
    databases,
    door_of,
    empty_store,
    made_folder,
)

MRN = "26KZ55010100041703"
AT_BORDER = {"kz": "KZ550302", "uz": "UZ270101", "tm": "TM001001"}


@dataclass
class Several:
    """Administrations by their country, one clock on all their walls."""

    nodes: dict[str, nodes.Node]
    clock: Clock
    told: dict[str, MemoryChannel]
    exchange: Exchange = field(repr=False)
    build: Callable[[str], None] = field(repr=False)
    """Builds a node of that country over what its folder holds; the one before it is closed."""

    def forget(self, name: str, other: str) -> None:
        """Take one administration's card of another away, and build its node anew."""
        node = self.nodes[name]
        (node.settings.folder / "partners" / f"customs.{other}.toml").unlink()
        self.build(name)

    def run(self, rounds: int = 8) -> None:
        """Let every worker walk until nothing is left to be done."""
        for _ in range(rounds):
            walks = [walk for node in self.nodes.values() for walk in node.timetable().values()]
            if not sum(walk() for walk in walks):
                return

    def submit(self) -> None:
        """Send the sample's manifest from Kazakhstan to Uzbekistan."""
        self.nodes["kz"].dispatch.submit(
            NATIONAL, DECLARATION.read_bytes(), partner="customs.uz", facts=FACTS.read_text("utf-8")
        )

    def tell(self, name: str, event: Event, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a Report takes
        """Tell an event at one node, an hour after the last."""
        self.clock.forward(minutes=60)
        plain = {"movement": MRN, "office": AT_BORDER[name], **more}
        report = Report(event=event, **plain)
        return dict(self.nodes[name].movements.telling.tell(NATIONAL, report))

    def show(self, name: str) -> dict[str, Any]:
        """Return the movement as one node sees it."""
        shown: dict[str, Any] = self.nodes[name].movements.timeline.show(POST, MRN)
        (one,) = shown["movements"]
        return dict(one)

    def states(self) -> dict[str, str]:
        """Return where the movement stands at each node."""
        return {name: self.show(name)["state"] for name in self.nodes}

    def events(self, name: str) -> list[str]:
        """Return what happened in the view of one node."""
        return [one["event"] for one in self.show(name)["events"]]

    def notices(self, name: str) -> list[str]:
        """Return the notices that wait to be handed over at a node."""
        with reading(self.nodes[name].engine) as conn:
            return [one.ref for one in duties.waiting(conn, "tell")]


@contextmanager
def several(folder: Path, lines: Mapping[tuple[str, str], str]) -> Iterator[Several]:
    """Return the nodes that some lines join; each line's text is the agreement of its two ends."""
    names = tuple(dict.fromkeys(name for line in lines for name in line))
    clock, exchange = Clock(), Exchange()
    told = {name: MemoryChannel() for name in names}
    for name in names:
        shutil.copytree(made_folder(name.upper()), folder / name)
        shutil.copy(OFFICES, folder / name / "codelists")
        (folder / name / "var").mkdir(exist_ok=True)
        shutil.copy(empty_store(), folder / name / "var" / "node.db")
    for first, second in lines:
        for name, other in ((first, second), (second, first)):
            card = nodes.card_of(made_folder(other.upper()), at=clock())
            (folder / name / "partners" / f"customs.{other}.toml").write_text(card, "utf-8")
    numbers = {name: itertools.count(1) for name in names}
    built: dict[str, nodes.Node] = {}

    def build(name: str) -> None:
        if name in built:
            built[name].close()
        built[name] = nodes.build(
            folder / name,
            passphrase=PASSPHRASE,
            clock=clock,
            new_id=lambda: f"{name}{next(numbers[name]):030d}",
            line=exchange.line_of(f"customs.{name}"),
            channel=told[name],
        )
        exchange.doors[f"customs.{name}"] = door_of(built[name], folder)

    with databases(folder, names):
        for name in names:
            build(name)
        for (first, second), text in lines.items():
            for name in (first, second):
                built[name].commissioning.add_agreement(text, actor="test")
        yield Several(nodes=built, clock=clock, told=told, exchange=exchange, build=build)
        for node in built.values():
            node.close()
