"""How long an exchange may take: a fixed time to be taken and one to be answered, more by the byte.

Who moves bytes at the least pace is never cut, however much there is to move and whichever way; who
moves less than that is, however little passes between two of its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

from exchange_node.domain.transmission.content import Content, size_of
from exchange_node.transport.line import patience

LEAST_BYTES_A_SECOND = 10_000
"""How slowly bytes may move, either way (our choice): as slowly as partners may send to us, which
is less than any line between offices."""

HEAD_BYTES = 100_000
"""Bytes beside a body that earn time: a head, and what frames a body (our choice)."""

BUFFERED_BYTES = 4_000_000
"""Bytes that this machine may hold back after they were written (Linux, the most that a socket's
buffer grows to by default); the partner gets them while its answer is waited for already."""


def longest(body: Content, most_bytes: int, seconds: float, asking: float = 0.0) -> float:
    """Return how many seconds an exchange may take at the most, with an answer of so many bytes.

    `asking` are those for which authorities may be asked about the partner meanwhile.
    """
    moved = size_of(body) + _buffered(body) + most_bytes + 2 * HEAD_BYTES
    return 2 * (seconds + patience(body).total_seconds()) + asking + moved / LEAST_BYTES_A_SECOND


def _buffered(body: Content) -> int:
    return min(size_of(body), BUFFERED_BYTES)


class Allowance:
    """The time that one exchange has left, by a clock that counts seconds.

    There are two stretches: from the beginning until all is sent, and from then to the answer's
    end. Each begins with the same time; bytes that move earn more, and never more than there was at
    the beginning, so that what a quick line saves is not the partner's to dawdle with.
    """

    def __init__(
        self,
        body: Content,
        most_bytes: int,
        seconds: float,
        clock: Callable[[], float],
        ends: Callable[[], float] = lambda: inf,
        asking: float = 0.0,
    ) -> None:
        """Begin now; `ends` says by the same clock when all must end, whatever is earned.

        `asking` is for how many seconds others may be asked about the partner at no cost to it.
        """
        # A partner checks and keeps all of a message before it answers.
        self._seconds = seconds + patience(body).total_seconds()
        self._earns = float(size_of(body) + HEAD_BYTES)
        self._buffered = _buffered(body)
        self._answer_earns = float(most_bytes + HEAD_BYTES)
        self._clock = clock
        self._ends = ends
        self._asking = asking
        self._may_ask = asking > 0
        self._is_overdrawn = False
        self._begin = clock()
        self._end = self._begin + self._seconds
        self._is_answered = False

    @property
    def left(self) -> float:
        """How many seconds are left: none or less, and the exchange is to be broken off."""
        return min(self._end, self._ends()) - self._clock()

    @property
    def why(self) -> str:
        """What is said of an exchange that has no time left."""
        if self._ends() <= self._end:
            return "this node is stopping"
        if self._is_overdrawn and not self._is_answered:
            return "its authorities were asked for too long whether its certificate still holds"
        what = "the answer is not there" if self._is_answered else "what is sent is not taken"
        return f"{what} after {self._end - self._begin:.0f} s"

    def awaits(self) -> None:
        """Note that an answer is waited for: all is sent."""
        if not self._is_answered:
            self._is_answered = True
            self._begin, self._earns = self._clock(), self._answer_earns
            self._end = self._begin + self._seconds + self._buffered / LEAST_BYTES_A_SECOND

    @contextmanager
    def spared(self) -> Iterator[None]:
        """Let the block's time count for nothing, as long as there is time for asking.

        What it takes beyond that is the exchange's own: nothing was sent yet that could be lost.
        """
        began = self._clock()
        yield
        took = self._clock() - began
        free = min(took, self._asking)
        self._asking -= free
        self._begin += free
        self._end += free
        self._is_overdrawn = self._may_ask and took > free

    def moved(self, count: int) -> None:
        """Note that so many bytes went or came; beyond what there may be they earn nothing."""
        earns = min(count, self._earns)
        self._earns -= earns
        later = self._end + earns / LEAST_BYTES_A_SECOND
        self._end = min(later, max(self._end, self._clock() + self._seconds))
