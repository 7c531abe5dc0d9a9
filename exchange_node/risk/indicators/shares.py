"""How many of how many, and between what the true share lies: E. B. Wilson's interval.

E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
American Statistical Association 22 (1927), 209-212: the score interval, without correction.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""The quantile of the normal distribution of which 95 of 100 intervals hold the true share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of a count, each from 0 to 1.

    Attributes:
        low, high: the bounds of the interval at 95 %.
    """

    count: int
    n: int
    share: float
    low: float
    high: float


def share_of(count: int, n: int, *, least: int) -> Share | None:
    """Return a share with its interval; None where `n` is less than can be told from chance.

    Raises:
        ValueError: more are counted than there are, or fewer than none.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n}")
    if n < max(1, least):
        return None
    low, high = wilson(count, n)
    return Share(count=count, n=n, share=count / n, low=low, high=high)


def wilson(count: int, n: int) -> tuple[float, float]:
    """Return the bounds, from 0 to 1, between which a share lies of which `count` of `n` is seen.

    Both bounds hold at 0 and at `n` too, where the usual interval shrinks to a point.
    """
    p, square = count / n, Z_95 * Z_95
    middle = p + square / (2 * n)
    reach = Z_95 * sqrt(p * (1 - p) / n + square / (4 * n * n))
    below = 1 + square / n
    # Rounding must not leave a bound on the wrong side of what was seen.
    return max(0.0, min(p, (middle - reach) / below)), min(1.0, max(p, (middle + reach) / below))
