"""The timetable: claims what is due and walks it, every few seconds and whenever woken.

APScheduler keeps the hours; leases in the store keep two workers from doing one thing twice. Each
walk has a job of its own, so that a slow partner does not hold up filing.
"""

from __future__ import annotations

import threading
from datetime import UTC

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from exchange_node.domain.errors import NodeError
from exchange_node.node import Node

log = structlog.get_logger()


class Worker:
    """Runs the walks that nobody asks for; one walk is under way at most once in this process."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._walks = node.timetable()
        self._under_way = {name: threading.Lock() for name in self._walks}
        self._asked = {name: threading.Event() for name in self._walks}
        # A job that is due while it runs ends at once (`_walk`), so two of each need a thread.
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2 * len(self._walks))},
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin; what waited while the node was down is walked at once."""
        for name in self._walks:
            self._scheduler.add_job(
                self._walk,
                "interval",
                args=[name],
                id=name,
                seconds=self._node.settings.poll_seconds,
                next_run_time=self._node.clock(),
            )
        self._scheduler.start()
        self._node.on_wake(self.wake)

    def wake(self, name: str) -> None:
        """Walk at once, or once more after the walk that is under way."""
        self._asked[name].set()
        if self._under_way[name].locked() or not self._scheduler.running:
            return
        try:
            self._scheduler.modify_job(name, next_run_time=self._node.clock())
        except JobLookupError:  # the worker is stopping
            return

    def stop(self) -> None:
        """Finish the walks that are under way and begin no more."""
        self._node.on_wake(None)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _walk(self, name: str) -> None:
        if not self._under_way[name].acquire(blocking=False):
            return
        try:
            while True:
                self._asked[name].clear()
                if self._walks[name]():
                    # What was done may have left work for every walk, this one too.
                    self._asked[name].set()
                    for other in self._walks.keys() - {name}:
                        self.wake(other)
                if not self._asked[name].is_set() or not self._scheduler.running:
                    return
        except NodeError as err:
            # The rows stay claimed until their lease ends, and are walked again then.
            log.warning("walk-failed", walk=name, code=err.code, why=str(err))
        finally:
            self._under_way[name].release()
