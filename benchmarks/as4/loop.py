"""So many messages under way at one time, each followed by the next → how long each one took.

That a message is through is seen in the database, as anybody sees it: what another process reads
there was committed, and has reached the disk. The waiting is done here and not in the nodes, so
that it costs them nothing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

LOOK_SECONDS = 0.001
MOST_SECONDS = 60
"""How long nothing may get through until the run is given up."""


class Way(Protocol):
    """Where messages begin and where they are seen to be through."""

    def begin(self, key: str) -> None:
        """Hand one message in."""
        ...

    def through(self, keys: Collection[str]) -> Iterable[str]:
        """Return those of the keys whose messages are through; look, and wait for nothing."""
        ...

    def settle(self) -> None:
        """Wait for whatever a message that is through leaves behind."""
        ...

    def require_alive(self) -> None:
        """Stop the run if a process ended."""
        ...


@dataclass(slots=True)
class Taken:
    """What was measured in one round.

    Attributes:
        seconds: from the first message handed in to the last one through.
        each_ms: of every message, from handed in to through.
    """

    seconds: float = 0.0
    each_ms: list[float] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        """Messages in a second."""
        return len(self.each_ms) / self.seconds


class Loop:
    """Keeps messages under way."""

    def __init__(self, way: Way, concurrency: int) -> None:
        self._way = way
        self.concurrency = concurrency
        self._round = self._number = 0

    def run(self, *, seconds: float = 0.0, least: int) -> Taken:
        """Begin messages for so many seconds, `least` of them at any rate; wait for them all."""
        taken, under_way = Taken(), dict[str, float]()
        begun = moved = time.perf_counter()
        while True:
            while len(under_way) < self.concurrency and (
                self._number < least or time.perf_counter() - begun < seconds
            ):
                self._number += 1
                key = f"{self._round}-{self._number}"
                under_way[key] = time.perf_counter()
                self._way.begin(key)
            if not under_way:
                break
            through = list(self._way.through(under_way))
            for key in through:
                moved = time.perf_counter()
                taken.each_ms.append((moved - under_way.pop(key)) * 1000)
            if not through:
                self._way.require_alive()
                if time.perf_counter() - moved > MOST_SECONDS:
                    raise SystemExit(f"nothing gets through: {len(under_way)} are under way")
                time.sleep(LOOK_SECONDS)
        taken.seconds = moved - begun
        self._way.settle()
        self._round, self._number = self._round + 1, 0
        return taken


class Watch:
    """Looks into a node's database for messages that have come so far."""

    def __init__(self, database: Path, question: Callable[[str], str]) -> None:
        """Take the file and what makes a query of the placeholders for message ids."""
        # Read alone; a look keeps no writer waiting (https://www.sqlite.org/wal.html).
        self._conn = sqlite3.connect(
            f"file:{database}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._question = question
        self._nothing: object = None

    def found(self, message_ids: Collection[str]) -> list[str]:
        """Return those of the messages that have come so far."""
        (version,) = self._conn.execute("PRAGMA data_version").fetchone()
        seen = (version, tuple(message_ids))
        if seen == self._nothing:
            return []
        query = self._question(",".join("?" * len(message_ids)))
        found = [row[0] for row in self._conn.execute(query, tuple(message_ids))]
        if not found:
            self._nothing = seen
        return found

    def close(self) -> None:
        """Close the database."""
        self._conn.close()


def receipted(marks: str) -> str:
    """Return the query for messages whose receipt was verified and committed."""
    return (
        f"SELECT message_id FROM outbox WHERE message_id IN ({marks})"  # noqa: S608 - our own text
        " AND receipted_at IS NOT NULL"
    )


def filed(marks: str) -> str:
    """Return the query for messages whose manifest was filed."""
    return (
        f"SELECT message_id FROM inbox WHERE message_id IN ({marks})"  # noqa: S608 - our own text
        " AND state = 'filed'"
    )


def accepted(marks: str) -> str:
    """Return the query for messages whose answer came back and said yes."""
    return (
        f"SELECT message_id FROM submission WHERE message_id IN ({marks})"  # noqa: S608 - ours
        " AND state = 'accepted'"
    )
