"""Points played on pairs of nodes, as many at a time as there are pairs."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue

from tests.kill.lane import Lane
from tests.kill.outcome import Outcome, outcome
from tests.kill.points import Point, Step, point_of, steps_of
from tests.kill.story import Story

POINTS = int(os.environ.get("EXCHANGE_NODE_KILL_POINTS", "6"))
SEED = os.environ.get("EXCHANGE_NODE_KILL_SEED", "1")


@dataclass
class Killing:
    """What each point came to, by its number, and what an undisturbed exchange comes to."""

    lanes: list[Lane]
    undisturbed: dict[str, Outcome] = field(default_factory=dict)
    ended: dict[int, Future[dict[str, Outcome]]] = field(default_factory=dict)
    _steps: list[Step] = field(default_factory=list)
    _start_seconds: float = 0.0

    def learn(self) -> None:
        """Play one exchange that nobody disturbs: what it passes is where the points kill."""
        lane = self.lanes[0]
        self.undisturbed = _played(lane, None)
        self._steps = steps_of({side: node.marks for side, node in lane.nodes.items()})
        self._start_seconds = max(node.start_seconds for node in lane.nodes.values())

    def point(self, number: int) -> Point:
        return point_of(SEED, number, self._steps, self._start_seconds)

    def play(self, numbers: list[int]) -> ThreadPoolExecutor:
        """Begin with these points; `ended` tells."""
        free: SimpleQueue[Lane] = SimpleQueue()
        for lane in self.lanes:
            free.put(lane)

        def one(number: int) -> dict[str, Outcome]:
            lane = free.get()
            try:
                return _played(lane, self.point(number))
            finally:
                free.put(lane)

        pool = ThreadPoolExecutor(len(self.lanes))
        self.ended = {number: pool.submit(one, number) for number in numbers}
        return pool

    def summary(self) -> str:
        kills: Counter[str] = Counter()
        for lane in self.lanes:
            for side, node in lane.nodes.items():
                kills.update(f"{side} at {where}" for where in node.kills)
        points = sum(lane.exchanges for lane in self.lanes) - 1
        places = ", ".join(f"{place} {count}" for place, count in sorted(kills.items()))
        return f"{points} kill points of seed {SEED}, {kills.total()} kills: {places}"


def _played(lane: Lane, point: Point | None) -> dict[str, Outcome]:
    """Play a point and return what it came to at both sides.

    A lane on which one point failed plays no other.
    """
    assert not lane.broken, lane.broken
    lane.broken = f"these nodes were left as they were at {point}"
    try:
        lane.aim(point)
        told = Story(lane, point.number if point else 0).play()
        lane.come_to_rest()
        assert [one for node in lane.nodes.values() for one in node.faults] == []
    except BaseException as err:
        err.add_note(f"EXCHANGE_NODE_KILL_SEED={SEED}, {point}\n{lane.log}")
        raise
    lane.broken = ""
    lane.exchanges += 1
    return {
        side: outcome(node.folder, told.movement, told.alert_id)
        for side, node in lane.nodes.items()
    }
