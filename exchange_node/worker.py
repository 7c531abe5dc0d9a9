"""The timetable: claims what is due and walks it, every few seconds and whenever woken.

APScheduler keeps the hours; leases in the store keep two workers from doing one thing twice. Each
walk has threads of its own, as many as its slots, so that no walk holds up another: filing goes on
while a partner is slow, and so does what goes to the other partners.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor as Hands
from datetime import UTC, datetime

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from exchange_node.domain.errors import NodeError
from exchange_node.node import Node, Walk

log = structlog.get_logger()

GRACE_SECONDS = 10
"""How long exchanges under way may finish once the worker is asked to stop (our choice)."""


class _Post:
    """The slots of one walk: how many are under way, and whether one more was asked for."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self._lock = threading.Condition()
        self._under_way = 0
        self._called = 0
        self._asked = False
        self._closed = False

    def ask(self) -> None:
        """Note that there is something to do."""
        with self._lock:
            self._asked = True

    def call(self) -> bool:
        """Note that there is something to do; return whether somebody is to come for it."""
        with self._lock:
            self._asked = True
            is_free = not self._closed and self._under_way + self._called < self.walk.slots
            self._called += is_free
            return is_free

    def enter(self, *, is_called: bool) -> bool:
        """Take a slot, and what was asked for with it; return False where none is free."""
        with self._lock:
            self._called -= is_called
            self._lock.notify_all()
            if self._closed or self._under_way >= self.walk.slots:
                return False
            self._under_way += 1
            self._asked = False
            return True

    def leave(self) -> bool:
        """Give the slot back; return whether something was asked for since it was taken."""
        with self._lock:
            self._under_way -= 1
            self._lock.notify_all()
            return self._asked

    def close(self) -> None:
        """Give no slot away any more; return when every one was given back and all called came."""
        with self._lock:
            self._closed = True
            self._lock.wait_for(lambda: not self._under_way + self._called)


class Worker:
    """Runs the walks that nobody asks for."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._posts = {name: _Post(walk) for name, walk in node.timetable().items()}
        # A job that is due while every slot is taken ends at once, and needs a thread for it.
        threads = sum(post.walk.slots + 1 for post in self._posts.values())
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(threads)},
            job_defaults={"coalesce": True, "misfire_grace_time": None},
        )
        # Whoever is woken comes at once: the scheduler's way is long, and is for what has its hour.
        self._hands = Hands(threads, thread_name_prefix="walk")

    def start(self) -> None:
        """Begin; what waited while the node was down is walked at once."""
        for name, post in self._posts.items():
            self._scheduler.add_job(
                self._walk,
                "interval",
                args=[name],
                id=name,
                seconds=self._node.settings.poll_seconds,
                next_run_time=self._node.clock(),
                max_instances=post.walk.slots + 1,
            )
        self._scheduler.start()
        self._node.on_wake(self.wake)

    def wake(self, name: str) -> None:
        """Walk at once, or once more after what is under way; `sending` is every partner's."""
        for known, post in self._posts.items():
            is_meant = known == name or known.startswith(f"{name} ")
            if is_meant and post.call():
                self._hands.submit(self._come, known)

    def stop(self) -> None:
        """Finish the walks that are under way and begin no more.

        What is exchanged with a partner is broken off when the grace is over, at the latest with
        the wait, on the line or for an authority, that is then under way: the same bytes go again.
        """
        self._node.on_wake(None)
        self._node.hasten(GRACE_SECONDS)
        if self._scheduler.running:
            # It holds a lock while it waits, which a walk that wakes another would wait for.
            self._scheduler.shutdown(wait=False)
        for post in self._posts.values():
            post.close()
        self._hands.shutdown()

    def _come(self, name: str) -> None:
        try:
            self._walk(name, is_called=True)
        except Exception:  # nobody waits for what a called walk has to say
            log.exception("walk-broken", walk=name)

    def _set(self, name: str, at: datetime) -> None:
        """Let a walk begin at that moment, unless it begins sooner."""
        try:
            job = self._scheduler.get_job(name)
            if self._scheduler.running and job is not None and job.next_run_time > at:
                self._scheduler.modify_job(name, next_run_time=at)
        except JobLookupError:  # the worker is stopping
            return

    def _walk(self, name: str, *, is_called: bool = False) -> None:
        post = self._posts[name]
        is_asked = True
        while is_asked and post.enter(is_called=is_called):
            is_called = False
            try:
                began = self._node.clock()
                done = post.walk()
                for other in post.walk.leaves if done else ():
                    self.wake(other)
                if done >= post.walk.batch:
                    post.ask()  # there may be more of the same
                elif (at := post.walk.again(began)) is not None:
                    self._set(name, at)
            except NodeError as err:
                # The rows stay claimed until their lease ends, and are walked again then.
                log.warning("walk-failed", walk=name, code=err.code, why=str(err))
                post.leave()
                return
            except BaseException:
                post.leave()
                raise
            is_asked = post.leave()
