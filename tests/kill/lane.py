"""Two nodes that exchange, are killed and come back: the same two folders for many points."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from exchange_node.domain.access import Role
from exchange_node.rehearsal.pair import Running, commission
from tests.kill.outcome import is_at_rest
from tests.kill.points import Point
from tests.kill.process import Serving

PATIENCE_SECONDS = 90
ANY_PORTS = {"as4": (0, 0), "api": (0, 0)}
LOOK_AGAIN_SECONDS = 0.1
"""A node logs inside the transaction: what it tells of may be there a moment later."""


@dataclass
class Lane:
    """A sender and a recipient as processes, with everything their clients need."""

    sender: Serving
    recipient: Serving
    parties: Mapping[str, str]
    offices: Mapping[str, str]
    tokens: Mapping[str, Mapping[Role, str]]
    http: httpx.Client
    point: Point | None = None
    broken: str = ""
    exchanges: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _changes: int = 0

    def __post_init__(self) -> None:
        for node in self.nodes.values():
            node.passed = self._passed

    @property
    def nodes(self) -> dict[str, Serving]:
        return {"sender": self.sender, "recipient": self.recipient}

    def _passed(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def aim(self, point: Point | None) -> None:
        """Make ready for a point; None is an exchange that nobody disturbs."""
        self.point = point
        for side, node in self.nodes.items():
            strike = point.strikes.get(side) if point else None
            node.arm(*([strike] if strike else []))

    def revive(self) -> None:
        """Start what is dead, and where the point says so kill it once more on the way."""
        for side, node in self.nodes.items():
            while not node.is_alive:
                in_start, in_work = self._relapse(side)
                if in_work is not None:
                    node.kill_next(in_work)
                node.start(kill_after=in_start)

    def _relapse(self, side: str) -> tuple[float | None, float | None]:
        """Return the second kill of this side, once."""
        if self.point is None or next(iter(self.point.strikes)) != side:
            return None, None
        in_start, in_work = self.point.in_start, self.point.in_work
        self.point = Point(number=self.point.number, strikes=self.point.strikes)
        return in_start, in_work

    def wait_for(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until it is so, looking whenever a node has said something."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            before = self._changes
            self.revive()
            if is_so():
                return
            assert time.monotonic() < deadline, f"no {what} after {PATIENCE_SECONDS} s"
            self.wait_a_moment(before)

    def wait_a_moment(self, since: int | None = None) -> None:
        """Wait until a node has said something, but not long."""
        with self._changed:
            before = self._changes if since is None else since
            self._changed.wait_for(lambda: self._changes != before, LOOK_AGAIN_SECONDS)

    def come_to_rest(self) -> None:
        """Let every kill happen and the nodes finish what they have to do."""
        for node in self.nodes.values():
            node.strike_out()
        self.revive()
        for node in self.nodes.values():
            node.strike_out()
        # The sender is asked again: what reached it while the recipient was asked would be missed.
        order = (self.sender, self.recipient, self.sender)
        self.wait_for(lambda: all(is_at_rest(node.folder) for node in order), "rest")

    @property
    def log(self) -> str:
        return "".join(f"--- {side}:\n{node.log}" for side, node in self.nodes.items())


@contextmanager
def open_lane(folder: Path) -> Iterator[Lane]:
    """Commission two nodes, on ports that others do not like, and start them."""
    pair = commission(folder, sender="KZ", recipient="UZ", retry_seconds=1, liked_ports=ANY_PORTS)
    with ExitStack() as stack:
        lane = Lane(
            sender=_serving(pair.sender),
            recipient=_serving(pair.recipient),
            parties={"sender": pair.sender.party, "recipient": pair.recipient.party},
            offices={"sender": pair.sender.office, "recipient": pair.recipient.office},
            tokens={"sender": pair.sender.tokens, "recipient": pair.recipient.tokens},
            http=stack.enter_context(httpx.Client(timeout=60.0, trust_env=False)),
        )
        for node in lane.nodes.values():
            stack.callback(node.close)
            node.start()
        yield lane


def _serving(running: Running) -> Serving:
    """Let a node try every second, for as long as it takes the other to come back."""
    path = running.folder / "node.toml"
    text = path.read_text("utf-8")
    for old, new in (
        ("most_seconds = 3600", "most_seconds = 1"),
        ("max_retries = 30", "max_retries = 1000"),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return Serving(running.folder, running.passphrase)
