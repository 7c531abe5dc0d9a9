"""What the clock says + what else tells the time → how far disposal believes it.

Nothing that is disposed of comes back, so a clock is believed only while something else agrees: the
moment it was believed last, the seconds that this process has counted since, a partner's signed
message, an officer. It fails closed: what nobody vouches for disposes of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_PLAIN = timedelta(days=1)
"""Within so much of a witness the clock is simply believed (our choice): a night switched off."""

MOST_LEAP = timedelta(days=14)
"""Farther from every witness than this it is not believed (our choice): two weeks of downtime."""


class Trust(StrEnum):
    """How far the clock is believed: `careful` lets little go at a time, so that somebody sees."""

    FULL = "believed"
    CAREFUL = "careful"
    AHEAD = "ahead"
    BEHIND = "behind"

    @property
    def lets_dispose(self) -> bool:
        """Whether anything may be disposed of by this clock."""
        return self in (Trust.FULL, Trust.CAREFUL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """What tells the time beside the clock; None where there is no such witness.

    Attributes:
        believed_at: what the clock said when it was last believed, or an officer vouched for it.
        counted: where `believed_at` and the seconds counted since would have the clock now.
        heard_at: when the newest message of a partner was taken. A message is taken only while
            what its sender has signed as the moment fits the clock.
    """

    believed_at: datetime | None = None
    counted: datetime | None = None
    heard_at: datetime | None = None

    @property
    def all(self) -> tuple[datetime, ...]:
        """Everything that counts: a count of seconds says more than where it began."""
        own = self.counted or self.believed_at
        return tuple(one for one in (own, self.heard_at) if one is not None)

    def nearest(self, now: datetime) -> datetime | None:
        """Return the witness that the clock is nearest to."""
        return min(self.all, key=lambda one: abs(now - one), default=None)


def weigh_clock(now: datetime, witnesses: Witnesses) -> Trust:
    """Return how far a clock that says `now` is believed.

    With no witness at all it is: nothing has come from anybody that could be disposed of.
    """
    nearest = witnesses.nearest(now)
    if nearest is None or abs(now - nearest) <= MOST_PLAIN:
        return Trust.FULL
    if abs(now - nearest) <= MOST_LEAP:
        return Trust.CAREFUL
    return Trust.AHEAD if now > nearest else Trust.BEHIND
