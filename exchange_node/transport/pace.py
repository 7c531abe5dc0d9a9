"""How long an exchange may take: a fixed time to be taken and one to be answered, more by the byte.

Who moves bytes at the least pace is never cut, however much there is to move and whichever way; who
moves less than that is, however little passes between two of its bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from exchange_node.domain.transmission.content import Content, size_of
from exchange_node.transport.line import patience

LEAST_BYTES_A_SECOND = 10_000
"""How slowly bytes may move, either way (our choice): as slowly as partners may send to us, which
is less than any line between offices."""

HEAD_BYTES = 100_000
"""Bytes beside a body that earn time: a head, and what frames a body (our choice)."""


def longest(body: Content, most_bytes: int, seconds: float) -> float:
    """Return how many seconds an exchange may take at the most, with an answer of so many bytes."""
    moved = size_of(body) + most_bytes + 2 * HEAD_BYTES
    return 2 * seconds + patience(body).total_seconds() + moved / LEAST_BYTES_A_SECOND


class Allowance:
    """The time that one exchange has left, by a clock that counts seconds.

    There are two stretches, each with its own time, so that what a quick line saves on the way
    there is not the partner's to dawdle with: from the beginning until all is sent, and from then
    to the answer's end.
    """

    def __init__(
        self,
        body: Content,
        most_bytes: int,
        seconds: float,
        clock: Callable[[], float],
        ends: Callable[[], float] = lambda: inf,
    ) -> None:
        """Begin now; `ends` says by the same clock when all must end, whatever is earned."""
        self._answer_seconds = seconds + patience(body).total_seconds()
        self._most_bytes = most_bytes + HEAD_BYTES
        self._clock = clock
        self._ends = ends
        self._begin = clock()
        self._seconds = seconds
        self._moved = 0
        self._is_answered = False

    @property
    def left(self) -> float:
        """How many seconds are left: none or less, and the exchange is to be broken off."""
        earned = self._moved / LEAST_BYTES_A_SECOND
        end = self._begin + self._seconds + earned
        return min(end, self._ends()) - self._clock()

    @property
    def why(self) -> str:
        """What is said of an exchange that has no time left."""
        earned = self._seconds + self._moved / LEAST_BYTES_A_SECOND
        if self._begin + earned > self._ends():
            return "this node is stopping"
        what = "the answer takes" if self._is_answered else "the partner takes what is sent for"
        return f"{what} longer than {earned:.0f} s"

    def sent(self, count: int) -> None:
        """Note that the partner's side took so many bytes."""
        self._moved += count

    def awaits(self) -> None:
        """Note that an answer is waited for: all is sent."""
        if not self._is_answered:
            self._is_answered = True
            self._begin, self._seconds, self._moved = self._clock(), self._answer_seconds, 0

    def came(self, count: int) -> None:
        """Note that so many bytes came; beyond what an answer may have they earn no more time."""
        self._moved = min(self._moved + count, self._most_bytes)
