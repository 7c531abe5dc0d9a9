"""Cases → rounds, each of which measures every case beside its floor → rows of medians.

The machine is never quiet, so nothing is measured once: in every round a slice of the floor (parse
and write the same document with lxml, nothing else) stands right beside a slice of the work, the
ratio is taken within the round, and the median of the rounds is what is reported.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml import etree

from exchange_node.node import settle

LEAST_FOR_P95 = 40
"""Calls below which a 95th percentile says nothing (our choice: two calls lie above it)."""

Row = dict[str, str | int | float]
"""One line of the table: a name, and figures with their units in the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One step with one document.

    Attributes:
        items: of the document.
        document: what the floor parses and writes; the step's input.
        work: one call handles one document.
        is_whole: whether this is the whole program at work, so that its memory is of interest.
    """

    name: str
    items: int
    document: bytes
    work: Callable[[], object]
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to measure: rounds, and seconds that a slice of one round should take."""

    rounds: int
    slice_seconds: float


@dataclass(slots=True)
class _Taken:
    """What was measured of one case; per call, in seconds, one entry a round."""

    calls: int
    floor_calls: int
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    floor_cpu: list[float] = field(default_factory=list)
    each_wall: list[float] = field(default_factory=list)


def floor(document: bytes) -> bytes:
    """Parse a document and write it again: what no program that looks at it can go below."""
    return etree.tostring(etree.fromstring(document), encoding="UTF-8", xml_declaration=True)


def measure(cases: Iterable[Case], effort: Effort) -> list[Row]:
    """Measure every case in every round; return one row for each."""
    listed = list(cases)
    taken = [_prepare(one, effort) for one in listed]
    settle()  # as `serve` does before the first document comes
    for number in range(effort.rounds):
        for case, one in zip(listed, taken, strict=True):
            _round(case, one, floor_first=number % 2 == 0)
    return [_row(case, one) for case, one in zip(listed, taken, strict=True)]


def _prepare(case: Case, effort: Effort) -> _Taken:
    """Warm up, and see how many calls fill a slice; the whole way has two at least, for its p95."""
    case.work()
    return _Taken(
        calls=max(1 + case.is_whole, _calls(case.work, effort.slice_seconds)),
        floor_calls=_calls(lambda: floor(case.document), effort.slice_seconds / 4),
    )


def _calls(work: Callable[[], object], seconds: float) -> int:
    started = time.perf_counter()
    work()
    return max(1, round(seconds / (time.perf_counter() - started)))


def _round(case: Case, taken: _Taken, *, floor_first: bool) -> None:
    """Measure the two slices side by side; which goes first alternates."""
    if floor_first:
        taken.floor_cpu.append(_floor_slice(case, taken))
    each: list[float] = []
    cpu = time.process_time()
    for _ in range(taken.calls):
        started = time.perf_counter()
        case.work()
        each.append(time.perf_counter() - started)
    taken.cpu.append((time.process_time() - cpu) / taken.calls)
    taken.wall.append(sum(each) / taken.calls)
    taken.each_wall += each
    if not floor_first:
        taken.floor_cpu.append(_floor_slice(case, taken))


def _floor_slice(case: Case, taken: _Taken) -> float:
    cpu = time.process_time()
    for _ in range(taken.floor_calls):
        floor(case.document)
    return (time.process_time() - cpu) / taken.floor_calls


def _row(case: Case, taken: _Taken) -> Row:
    """Return the medians over the rounds, and how far the middle half of the rounds spreads."""
    ratios = [cpu / below for cpu, below in zip(taken.cpu, taken.floor_cpu, strict=True)]
    low, middle, high = _quartiles(ratios)
    row: Row = {
        "name": case.name,
        "items": case.items,
        "document_bytes": len(case.document),
        "per_s": round(1 / statistics.median(taken.wall), 1),
        "wall_ms": round(statistics.median(taken.wall) * 1000, 4),
        "cpu_ms": round(statistics.median(taken.cpu) * 1000, 4),
        "floor_cpu_ms": round(statistics.median(taken.floor_cpu) * 1000, 4),
        "ratio_to_floor": round(middle, 2),
        "ratio_low_quartile": round(low, 2),
        "ratio_high_quartile": round(high, 2),
        "rounds": len(ratios),
        "calls": len(taken.each_wall),
    }
    if len(taken.each_wall) >= LEAST_FOR_P95:
        row["p95_s"] = round(statistics.quantiles(taken.each_wall, n=20)[-1], 6)
    if case.is_whole:
        # Linux counts in KiB; the most this process ever held, the nodes and the run together.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        row["peak_mb"] = round(peak * 1024 / 1e6, 1)
    return row


def _quartiles(values: list[float]) -> tuple[float, float, float]:
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high
