"""A way with messages under way → rounds → one row of figures, each the median of the rounds."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.as4.loop import Loop
from benchmarks.as4.processes import Watched

SHARES = (50, 95, 99)
"""The percentiles of a row."""

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
        peer_seconds: how long that may take at most.
        floor_seconds: of one round of the floor.
    """

    rounds: int
    seconds: float
    least: int
    warm_up: int
    peer_warm_up: int
    peer_seconds: float
    floor_seconds: float


@dataclass(slots=True, kw_only=True)
class Side:
    """Sender and receiver of one way while they are measured: ours, or a peer's.

    Attributes:
        per_s: messages in a second, by round.
        shares_ms: within how long so many of a hundred were through, by round.
        cpu_ms: of one message, by round; of the sender, of the receiver.
    """

    sender: Watched
    receiver: Watched
    messages: int = 0
    per_s: list[float] = field(default_factory=list)
    shares_ms: dict[int, list[float]] = field(default_factory=lambda: {one: [] for one in SHARES})
    cpu_ms: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))

    @property
    def both(self) -> tuple[Watched, Watched]:
        """The two processes."""
        return self.sender, self.receiver

    @property
    def both_cpu_ms(self) -> list[float]:
        """What a message took of the processor on both sides together, by round."""
        return [sum(one) for one in zip(*self.cpu_ms, strict=True)]

    def spent(self) -> list[float]:
        """Return the seconds of processor that each has taken so far."""
        return [one.cpu_seconds() for one in self.both]

    def note_cpu(self, before: Sequence[float], messages: int, after: Sequence[float]) -> None:
        """Note what a round took of the processor, given what was spent before and after it."""
        for noted, then, now in zip(self.cpu_ms, before, after, strict=True):
            noted.append((now - then) / messages * 1000)

    def note(self, messages: int, per_s: float, shares_ms: Mapping[int, float]) -> None:
        """Note how quick a round was."""
        self.messages += messages
        self.per_s.append(per_s)
        for share, taken in shares_ms.items():
            self.shares_ms[share].append(taken)

    def measure_round(self, loop: Loop, effort: Effort) -> None:
        """Measure a round of ours; a few messages before it open the connections again."""
        loop.run(least=loop.concurrency)
        before = self.spent()
        taken = loop.run(seconds=effort.seconds, least=effort.least)
        self.note_cpu(before, len(taken.each_ms), self.spent())
        shares = {share: percentile(taken.each_ms, share) for share in SHARES}
        self.note(len(taken.each_ms), taken.per_s, shares)

    def forget_peaks(self) -> None:
        """Let the marks of the most memory start anew."""
        for one in self.both:
            one.forget_peak()

    def figures(self) -> Row:
        """Return what was measured."""
        sender, receiver = (statistics.median(one) for one in self.cpu_ms)
        peaks = [round(one.peak_mb(), 1) for one in self.both]
        low, high = min(self.per_s), max(self.per_s)
        return {
            "per_s": round(statistics.median(self.per_s), 1),
            "per_s_lowest": round(low, 1),
            "per_s_highest": round(high, 1),
            **{
                f"p{share}_ms": round(statistics.median(taken), 2)
                for share, taken in self.shares_ms.items()
            },
            "cpu_ms": round(statistics.median(self.both_cpu_ms), 3),
            "sender_cpu_ms": round(sender, 3),
            "receiver_cpu_ms": round(receiver, 3),
            "peak_mb": max(peaks),
            "sender_peak_mb": peaks[0],
            "receiver_peak_mb": peaks[1],
            "messages": self.messages,
            "rounds": len(self.per_s),
        }


def percentile(values: Sequence[float], share: int) -> float:
    """Return the smallest value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
