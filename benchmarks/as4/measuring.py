"""Nodes, phase4 and floor side by side → one row for each suite and document.

What is measured alternates, round by round, so that a busy moment of the machine hits all alike.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.as4 import phase4
from benchmarks.as4.documents import sealed_sample, sized
from benchmarks.as4.floor.message import Floor
from benchmarks.as4.floor.samples import corridor, newest
from benchmarks.as4.loop import Loop
from benchmarks.as4.nodes.corridor import crossing
from benchmarks.as4.nodes.exchange import exchanging
from benchmarks.as4.nodes.messages import Messages
from benchmarks.as4.nodes.pair import DEFAULT_SUITE, PASSPHRASE, SUITES, Pair, commission
from benchmarks.as4.rows import Effort, Row, Side
from benchmarks.documents import enlarged, sample_declaration
from exchange_node import node as nodes
from exchange_node.ebms.message import UserMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is measured, and how.

    Attributes:
        long_effort: for the whole corridor.
        profiles: a folder for a profile of each of our processes.
        with_peer: whether phase4 is measured beside.
    """

    effort: Effort
    long_effort: Effort
    concurrency: int
    profiles: Path | None
    with_peer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """One row's ways, ready for its rounds; `measure` calls measure a round of theirs."""

    ours: Side
    theirs: Side | None = None
    floor: Floor
    measure: Sequence[Callable[[], object]]

    def row(self, what: Row, effort: Effort, concurrency: int) -> Row:
        """Take the rounds and return one object of the results."""
        for side in (self.ours, self.theirs):
            if side is not None:
                side.forget_peaks()
        floors = []
        for _ in range(effort.rounds):
            for measure in self.measure:
                measure()
            floors.append(self.floor.cpu_ms(effort.floor_seconds))
        ratios = [cpu / below for cpu, below in zip(self.ours.both_cpu_ms, floors, strict=True)]
        ratio = None
        if self.theirs is not None:
            ratio = round(
                statistics.median(
                    ours / theirs
                    for ours, theirs in zip(self.ours.per_s, self.theirs.per_s, strict=True)
                ),
                3,
            )
        return {
            **what,
            "concurrency": concurrency,
            **self.ours.figures(),
            "floor_cpu_ms": round(statistics.median(floors), 3),
            "ratio_to_phase4": ratio,
            "ratio_to_floor": round(statistics.median(ratios), 2),
            "phase4": self.theirs.figures() if self.theirs is not None else None,
        }


def exchanges(folder: Path, suite: str, sizes: Sequence[int], asked: Asked) -> Iterator[Row]:
    """Measure finished documents of so many bytes."""
    effort, concurrency = asked.effort, asked.concurrency
    pair = commission(folder, SUITES[suite], concurrency)
    documents, header = _documents(folder, pair, sizes)
    with ExitStack() as stack:
        way = stack.enter_context(exchanging(pair, asked.profiles))
        peers = None
        if asked.with_peer:
            peers = stack.enter_context(phase4.peers(folder, pair, SUITES[suite], header))
        warm_up = effort.peer_warm_up
        for size, document in zip(sizes, documents, strict=True):
            way.document = document
            ours, loop = Side(sender=way.sender, receiver=way.receiver), Loop(way, concurrency)
            loop.run(least=effort.warm_up)
            measure: list[Callable[[], object]] = [partial(ours.measure_round, loop, effort)]
            theirs = None
            if peers is not None:
                theirs = peers.side()
                rounds = peers.rounds(theirs, document, warm_up, effort, concurrency)
                measure.append(partial(next, rounds))
                next(rounds)
            with Floor(folder, SUITES[suite], newest(pair.kz, pair.uz), group=concurrency) as floor:
                measured = _Measured(ours=ours, theirs=theirs, floor=floor, measure=measure)
                what: Row = {"kind": "exchange", "suite": suite, "document_bytes": size}
                yield measured.row(what, effort, concurrency)
            warm_up = effort.peer_warm_up // 3  # the program is warm, this document is not


def corridors(folder: Path, items: Sequence[int], asked: Asked) -> Iterator[Row]:
    """Measure the whole way of declarations with so many items, in the suite that `init` makes."""
    suite, effort, concurrency = DEFAULT_SUITE, asked.long_effort, asked.concurrency
    pair = commission(folder, SUITES[suite], concurrency)
    with crossing(pair, concurrency, asked.profiles) as way:
        for number in items:
            way.declaration = enlarged(sample_declaration(), number)
            ours, loop = Side(sender=way.sender, receiver=way.receiver), Loop(way, concurrency)
            loop.run(least=effort.warm_up)
            message, beside = corridor(pair, way.declaration)
            with Floor(folder, SUITES[suite], message, group=concurrency, corridor=beside) as floor:
                measured = _Measured(
                    ours=ours,
                    floor=floor,
                    measure=[partial(ours.measure_round, loop, effort)],
                )
                what: Row = {"kind": "corridor", "suite": suite, "items": number}
                what["document_bytes"] = len(way.declaration)
                yield measured.row(what, effort, concurrency)


def _documents(folder: Path, pair: Pair, sizes: Sequence[int]) -> tuple[list[Path], UserMessage]:
    """Write the documents; return where, and the header that messages with them have."""
    with nodes.opened(pair.kz.folder, passphrase=PASSPHRASE) as node:
        sealed = sealed_sample(node)
        header = Messages(node).header(f"header@{pair.kz.party}", sealed)
    paths = []
    for size in sizes:
        paths.append(folder / f"{size}.xml")
        paths[-1].write_bytes(sized(sealed, size))
    return paths, header
