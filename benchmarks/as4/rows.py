"""A way with messages under way → rounds → one row of figures, each the median of the rounds."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.as4.loop import Loop, Taken
from benchmarks.as4.processes import Watched

Row = dict[str, object]
"""One object of the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to measure.

    Attributes:
        seconds: of one round.
        least: messages of one round, however long they take.
        warm_up: messages before the first round.
        peer_warm_up: the same for a peer whose compiler learns while it works.
    """

    rounds: int
    seconds: float
    least: int
    warm_up: int
    peer_warm_up: int


@dataclass(slots=True, kw_only=True)
class Side:
    """Sender and receiver of one way while they are measured: ours, or a peer's.

    Attributes:
        cpu_ms: of one message, by round; of the sender, of the receiver.
    """

    sender: Watched
    receiver: Watched
    per_s: list[float] = field(default_factory=list)
    each_ms: list[float] = field(default_factory=list)
    cpu_ms: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))

    @property
    def both(self) -> tuple[Watched, Watched]:
        """The two processes."""
        return self.sender, self.receiver

    def spent(self) -> list[float]:
        """Return the seconds of processor that each has taken so far."""
        return [one.cpu_seconds() for one in self.both]

    def note_cpu(self, before: Iterable[float], messages: int) -> None:
        """Note what a round took of the processor, given what was spent before it."""
        for noted, then, now in zip(self.cpu_ms, before, self.spent(), strict=True):
            noted.append((now - then) / messages * 1000)

    def forget_peaks(self) -> None:
        """Let the marks of the most memory start anew."""
        for one in self.both:
            one.forget_peak()

    def figures(self) -> Row:
        """Return what was measured."""
        sender, receiver = (statistics.median(one) for one in self.cpu_ms)
        both = [sum(one) for one in zip(*self.cpu_ms, strict=True)]
        peaks = [round(one.peak_mb(), 1) for one in self.both]
        low, high = min(self.per_s), max(self.per_s)
        return {
            "per_s": round(statistics.median(self.per_s), 1),
            "per_s_lowest": round(low, 1),
            "per_s_highest": round(high, 1),
            **{f"p{share}_ms": round(percentile(self.each_ms, share), 2) for share in (50, 95, 99)},
            "cpu_ms": round(statistics.median(both), 3),
            "sender_cpu_ms": round(sender, 3),
            "receiver_cpu_ms": round(receiver, 3),
            "peak_mb": max(peaks),
            "sender_peak_mb": peaks[0],
            "receiver_peak_mb": peaks[1],
            "messages": len(self.each_ms),
            "rounds": len(self.per_s),
        }


def percentile(values: Sequence[float], share: int) -> float:
    """Return the smallest value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def measure_round(loop: Loop, side: Side, effort: Effort, concurrency: int) -> Taken:
    """Measure one round of ours; a few messages go before it, which open the connections again."""
    loop.run(least=concurrency)
    before = side.spent()
    taken = loop.run(seconds=effort.seconds, least=effort.least)
    side.note_cpu(before, len(taken.each_ms))
    side.per_s.append(taken.per_s)
    side.each_ms += taken.each_ms
    return taken
