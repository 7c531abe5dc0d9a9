"""How often a message is tried, and how long after a try the next one comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How long to keep trying: waits grow by `factor` from `first` up to `most`.

    The defaults try for about a day (our choice, see ADR 3): 30 s, 1 min, 2 min … then hourly.
    """

    first: timedelta = timedelta(seconds=30)
    factor: float = 2.0
    most: timedelta = timedelta(hours=1)
    max_retries: int = 30

    def wait_after(self, tries: int) -> timedelta:
        """Return how long to wait after the given number of tries."""
        return min(self.most, self.first * self.factor ** min(tries - 1, 40))

    def is_spent(self, tries: int) -> bool:
        """Whether no try is left after the given number of tries."""
        return tries > self.max_retries

    @property
    def window(self) -> timedelta:
        """How long from the first try to giving up."""
        return sum(
            (self.wait_after(tries) for tries in range(1, self.max_retries + 2)), timedelta()
        )
