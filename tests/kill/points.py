"""Seed and number → where a point kills, drawn from the marks of an undisturbed exchange."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.kill.process import Mark, Strike

LONGEST_DELAY = 0.3
"""Seconds after a mark within which a node is killed at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where nodes are killed during one exchange.

    Attributes:
        strikes: by side; the first is what the point is about.
        in_start: seconds into the restart at which the node is killed once more.
        in_work: seconds after the first thing that the restarted node does, the same.
    """

    number: int
    strikes: Mapping[str, Strike]
    in_start: float | None = None
    in_work: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A mark of one side, its how-manieth, and how long that side then had nothing to say."""

    side: str
    mark: str
    nth: int
    gap: float

    def strike(self, chance: random.Random) -> Strike:
        return Strike(self.mark, self.nth, chance.random() * min(self.gap, LONGEST_DELAY))


def steps_of(marks: Mapping[str, Sequence[Mark]]) -> list[Step]:
    """Return the steps of an undisturbed exchange, by name."""
    steps = []
    for side, passed in marks.items():
        times: Counter[str] = Counter()
        nexts = [*(one.at for one in passed[1:]), passed[-1].at + LONGEST_DELAY]
        for one, until in zip(passed, nexts, strict=True):
            times[one.name] += 1
            steps.append(Step(side, one.name, times[one.name], until - one.at))
    return sorted(steps, key=lambda one: (one.side, one.mark, one.nth))


def point_of(seed: str, number: int, steps: list[Step], start_seconds: float) -> Point:
    """Return a point: every step has its turn before one comes twice."""
    order = list(steps)
    random.Random(seed).shuffle(order)
    chance = random.Random(f"{seed}/{number}")
    step = order[number % len(order)]
    strikes = {step.side: step.strike(chance)}
    match chance.randrange(8):
        case 0:
            others = [one for one in steps if one.side != step.side]
            other = chance.choice(others)
            strikes[other.side] = other.strike(chance)
            return Point(number=number, strikes=strikes)
        case 1:
            in_start = chance.random() * start_seconds
            return Point(number=number, strikes=strikes, in_start=in_start)
        case 2:
            in_work = chance.random() * LONGEST_DELAY / 3
            return Point(number=number, strikes=strikes, in_work=in_work)
        case _:
            return Point(number=number, strikes=strikes)
