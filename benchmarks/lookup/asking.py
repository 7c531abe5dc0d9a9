"""Questions at a steady pace while manifests arrive → how long each took, from when it was due.

A question that waits for the one before it is late, and its lateness counts: the pace does not
slow down because answers do.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Self

from exchange_node.domain.errors import StoreBusyError

WORKERS = 8
"""Threads that answer, as those of the API do."""


@dataclass(slots=True)
class Arriving:
    """Something that is done at a steady pace in a thread of its own, until it is told to stop."""

    act: Callable[[int], object]
    per_second: float
    done: int = 0
    turned_away: int = 0
    behind_s: float = 0.0
    failed: BaseException | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="arriving")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and say what went wrong."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        if self.failed is not None:
            raise self.failed

    def _run(self) -> None:
        began = time.perf_counter()
        try:
            while not self._stop.is_set():
                due = began + self.done / self.per_second
                wait = due - time.perf_counter()
                if wait > 0:
                    self._stop.wait(wait)
                    continue
                try:
                    self.act(self.done)
                except StoreBusyError:  # as filing does: the same one again
                    self.turned_away += 1
                    continue
                self.done += 1
                self.behind_s = max(self.behind_s, time.perf_counter() - due)
        except BaseException as err:  # noqa: BLE001 - told by the thread that waits for this one
            self.failed = err


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How long questions took, in seconds, and how many of them found something."""

    seconds: Sequence[float]
    found: int
    turned_away: int

    def quantile(self, hundredth: int) -> float:
        """Return a percentile."""
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[hundredth - 1]


def ask(questions: Sequence[Callable[[], int]], per_second: float) -> Taken:
    """Ask each question when it is due; a question returns how much it found."""
    began = time.perf_counter() + 0.05

    def one(at: int) -> tuple[float, int, bool]:
        due = began + at / per_second
        wait = due - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        try:
            found, is_answered = questions[at](), True
        except StoreBusyError:  # the API answers 503
            found, is_answered = 0, False
        return time.perf_counter() - due, found, is_answered

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = list(pool.map(one, range(len(questions))))
    return Taken(
        seconds=[seconds for seconds, _, _ in answers],
        found=sum(found > 0 for _, found, _ in answers),
        turned_away=sum(not is_answered for _, _, is_answered in answers),
    )
