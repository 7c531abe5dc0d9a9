"""Any number of administrations, each with a store of its own: over sockets, or a line in memory.

Over sockets everything is as it is between two buildings: AS4 in HTTPS with certificates on both
sides. The clock on all walls is the test's.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from exchange_node import node as nodes
from exchange_node.channels.memory import MemoryChannel
from exchange_node.config.settings import Listener
from exchange_node.domain.movement import Event, Report
from exchange_node.node import Node
from exchange_node.transport.memory import Exchange
from exchange_node.web import server
from exchange_node.web.as4 import as4_application
from tests.world import (
    DECLARATION,
    FACTS,
    NATIONAL,
    OFFICES,
    PASSPHRASE,
    POST,
    RSA_SUITE,
    Clock,
    databases,
    door_of,
    empty_store,
    made_folder,
    party_of,
    replaced,
)

MRN = "26KZ55010100041703"
BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
DEFAULT_BEGIN = Clock().now
"""What all clocks show first."""
PATIENCE = 30
"""Seconds until a test is lost; nothing waits for them to pass."""


@dataclass
class Wall:
    """The clock on one node's wall: right, unless it goes wrong by so much."""

    clock: Clock
    wrong: timedelta = timedelta()

    def __call__(self) -> datetime:
        return self.clock() + self.wrong


Agree = Callable[[str, str, Clock], Sequence[str]]
"""Two countries → the texts of what they agree on."""


def sample(first: str, second: str, clock: Clock) -> Sequence[str]:
    """Return the sample agreement; manifests go from the first to the second."""
    return (nodes.pair_agreement(first.upper(), second.upper(), on=clock().date()),)


@dataclass
class Corridor:
    """The nodes by country, in lower case, and what is around them."""

    nodes: dict[str, Node]
    clock: Clock
    walls: Mapping[str, Wall]
    told: Mapping[str, MemoryChannel]
    exchange: Exchange
    build: Callable[[str], Node] = field(repr=False)

    def run(self, rounds: int = 10) -> None:
        """Let every worker walk until nothing is left to be done now."""
        for _ in range(rounds):
            if not sum(self.walk(name) for name in self.nodes):
                return

    def walk(self, name: str) -> int:
        """Let one worker walk once; return how much it did."""
        return sum(walk() for walk in self.nodes[name].timetable().values())

    def pass_by(self, seconds: float, step: float = 30) -> None:
        """Let time go by, and everybody work meanwhile."""
        end = self.clock() + timedelta(seconds=seconds)
        while self.clock() < end:
            left = (end - self.clock()).total_seconds()
            self.clock.forward(seconds=min(step, left))
            self.run()

    def restart(self, name: str) -> None:
        """Build one node anew over what it has kept."""
        self.nodes[name].close()
        self.nodes[name] = self.build(name)

    def close(self) -> None:
        """Close every node."""
        for node in self.nodes.values():
            node.close()

    def submit(self, sender: str, *recipients: str, facts: str = "") -> None:
        """Submit the sample declaration for each recipient."""
        for one in recipients:
            self.nodes[sender].dispatch.submit(
                NATIONAL,
                DECLARATION.read_bytes(),
                partner=f"customs.{one}",
                facts=facts or FACTS.read_text("utf-8"),
            )

    def tell(self, name: str, event: Event, office: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a Report takes
        """Tell an event at one node."""
        report = Report(movement=MRN, event=event, office=office, **more)
        return dict(self.nodes[name].movements.telling.tell(NATIONAL, report))

    def show(self, name: str) -> dict[str, Any]:
        """Return the movement as one node sees it."""
        found: Any = self.nodes[name].movements.timeline.show(POST, MRN)["movements"]
        (one,) = found
        return dict(one)

    def states(self) -> dict[str, str]:
        """Return where the movement stands, by node."""
        return {name: self.show(name)["state"] for name in self.nodes}

    def events(self, name: str) -> list[str]:
        """Return what happened in the view of one node."""
        return [one["event"] for one in self.show(name)["events"]]


@functools.cache
def socket_folder(country: str, suites: tuple[str, ...] = RSA_SUITE) -> Path:
    """Return a node's folder whose certificates hold on the machine's clock and on the test's.

    What checks them on a socket asks the machine.
    """
    begin = min(BEGIN, datetime.now(UTC).replace(microsecond=0) - timedelta(days=1))
    return made_folder(country, suites, at=begin)


def nothing(name: str, node: nodes.Node) -> None:
    """Leave a node as it was built."""


@contextmanager
def corridor(
    folder: Path,
    names: Sequence[str],
    *,
    agree: Agree = sample,
    pairs: Sequence[tuple[str, str]] | None = None,
    over_sockets: bool = False,
    around: Callable[[str, Node], None] = nothing,
    pmode: str = "",
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Corridor]:
    """Let administrations be there for a while, each knowing each, or those of `pairs`.

    An office with a node of its own is named by its party id, and there by `pairs` alone.

    `around` is told of every node when it is built, before anything reaches it. `pmode` is what
    each writes down of each `{other}`, `settings` what is changed in every node.toml, old by new.
    """
    clock, exchange = Clock(), Exchange()
    walls = {name: Wall(clock) for name in names}
    told = {name: MemoryChannel() for name in names}
    known = list(itertools.combinations(names, 2)) if pairs is None else list(pairs)
    numbers = {name: itertools.count(1) for name in names}
    with ExitStack() as stack:
        bound = {
            name: stack.enter_context(server.bind(Listener(host="127.0.0.1", port=0), name))
            for name in (names if over_sockets else ())
        }
        _lay_out(folder, names, known, bound, clock)
        for name in names:
            toml = folder / name / "node.toml"
            for old, new in settings.items():
                toml.write_text(replaced(toml.read_text("utf-8"), old, new), encoding="utf-8")
            for other in names if pmode else ():
                if other != name:
                    (folder / name / "pmodes").mkdir(exist_ok=True)
                    path = folder / name / "pmodes" / f"customs.{other}.toml"
                    path.write_text(pmode.format(other=other), encoding="utf-8")

        def build(name: str) -> nodes.Node:
            node = nodes.build(
                folder / name,
                passphrase=PASSPHRASE,
                clock=walls[name],
                new_id=lambda: f"{name}{next(numbers[name]):030d}",
                line=None if over_sockets else exchange.line_of(party_of(name)),
                channel=told[name],
            )
            exchange.doors[party_of(name)] = door_of(node, folder)
            around(name, node)
            return node

        stack.enter_context(databases(folder, tuple(names)))
        world = Corridor(
            nodes={}, clock=clock, walls=walls, told=told, exchange=exchange, build=build
        )
        stack.callback(world.close)
        world.nodes |= {name: build(name) for name in names}
        for first, second in known:
            is_office = "." in first + second
            for text in () if is_office else agree(first, second, clock):
                for name in (first, second):
                    world.nodes[name].commissioning.add_agreement(text, actor="test")
        for name, one in bound.items():
            stack.enter_context(_listening(world.nodes[name], one))
        yield world


def _lay_out(
    folder: Path,
    names: Sequence[str],
    known: Sequence[tuple[str, str]],
    bound: Mapping[str, socket.socket],
    clock: Clock,
) -> None:
    """Make a folder for each, with the cards of whom it knows."""
    made = {name: (socket_folder if bound else made_folder)(name.upper()) for name in names}
    for name in names:
        shutil.copytree(made[name], folder / name)
        shutil.copy(OFFICES, folder / name / "codelists")
        (folder / name / "var").mkdir(exist_ok=True)
        shutil.copy(empty_store(), folder / name / "var" / "node.db")
    for pair in known:
        for name, other in (pair, pair[::-1]):
            card = nodes.card_of(made[other], at=clock())
            if bound:
                port = bound[other].getsockname()[1]
                card = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", card)
            path = folder / name / "partners" / f"{party_of(other)}.toml"
            path.write_text(card, encoding="utf-8")


@contextmanager
def _listening(node: nodes.Node, bound: socket.socket) -> Iterator[None]:
    """Serve a node's AS4 endpoint from a thread of its own."""
    one = server._server(as4_application(node), node.tls_context())

    def serve() -> None:
        with asyncio.Runner(loop_factory=server._Loop) as runner:
            runner.run(one.serve(sockets=[bound]))

    thread = threading.Thread(target=serve, name=f"as4 {node.settings.administration.party}")
    thread.start()
    try:
        yield
    finally:
        one.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()
