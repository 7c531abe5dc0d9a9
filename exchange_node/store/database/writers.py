"""Writers of one process, one at a time and in the order in which they came.

SQLite has one writer. Who finds its lock taken sleeps and looks again, each time longer, so that of
many writers the last may be the first and another wait until it is turned away. In one process
nobody has to look: whoever is through hands the turn to who has waited longest. Other processes
still meet at SQLite's lock.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from exchange_node.domain.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITERS = "exchange_node_writers"
"""The execution option of an engine that names its queue."""


class Writers:
    """A queue for one turn: first come, first served."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._is_taken = False

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Wait for the turn, at most so long, and keep it until the block ends.

        Raises:
            StoreBusyError: the turn did not come in time.
        """
        mine = Lock()
        mine.acquire()
        with self._guard:
            if self._is_taken:
                self._waiting.append(mine)
            else:
                self._is_taken = True
                mine.release()
        try:
            came = mine.acquire(timeout=seconds)
        except BaseException:  # an interrupt while waiting: nobody may be handed a lost turn
            self._leave(mine)
            raise
        if not came and self._give_up(mine):
            raise StoreBusyError(why=f"other writers of this process took {seconds:g} s")
        try:
            yield
        finally:
            self._pass_on()

    def waiting(self) -> int:
        """Return how many wait for their turn."""
        with self._guard:
            return len(self._waiting)

    def _give_up(self, mine: Lock) -> bool:
        """Leave the queue; False where the turn has come at this very moment."""
        with self._guard:
            if mine not in self._waiting:
                return False
            self._waiting.remove(mine)
            return True

    def _leave(self, mine: Lock) -> None:
        if not self._give_up(mine):
            self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
