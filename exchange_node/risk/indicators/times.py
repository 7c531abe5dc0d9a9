"""How long something takes: the middle, and what nine of ten take at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times of `n` happenings, in minutes.

    Attributes:
        p90_minutes: the least time that nine of ten do not exceed (nearest rank).
    """

    n: int
    median_minutes: float
    p90_minutes: float


def times_of(taken: Iterable[timedelta], *, least: int) -> Times | None:
    """Return middle and ninth decile; None where there are fewer than can be told from chance.

    What is less than nothing, as where two clocks differ, counts as nothing.
    """
    minutes = sorted(max(0.0, one / _MINUTE) for one in taken)
    n = len(minutes)
    if n < max(1, least):
        return None
    rank = -(-9 * n // 10)
    return Times(n=n, median_minutes=median(minutes), p90_minutes=minutes[rank - 1])
