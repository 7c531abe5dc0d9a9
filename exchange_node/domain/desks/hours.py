"""When a desk is open: days of the week and a shift on the wall clock of its time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_A_WEEK = 8
"""Days to look ahead: a shift that has begun today comes again on the same day of next week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A shift that begins on these days.

    Attributes:
        zone: of the desk; the shift follows its wall clock, summer time included.
        days: of the week on which a shift begins; Monday is 0.
        begin, end: of the shift; an end that is not later than its beginning is on the next day.
    """

    zone: tzinfo
    days: frozenset[int]
    begin: time
    end: time

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at a moment."""
        today = at.astimezone(self.zone).date()
        yesterday = today - timedelta(days=1)
        return any(begin <= at < end for begin, end in self._shifts(yesterday, 2))

    def next_opening(self, at: datetime) -> datetime:
        """Return the first moment (UTC), now or later, at which the desk is open.

        A week without any shift, as where each falls into the hour that summer time takes, leaves
        the moment as it is: nobody waits for a desk that never opens.
        """
        if self.is_open(at):
            return at
        today = at.astimezone(self.zone).date()
        later = (begin for begin, _ in self._shifts(today, _A_WEEK + 1) if begin >= at)
        return next(later, at)

    def _shifts(self, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Yield beginning and end (UTC) of each shift of so many days."""
        over_night = timedelta(days=1 if self.end <= self.begin else 0)
        for day in (first + timedelta(days=one) for one in range(days)):
            if day.weekday() not in self.days:
                continue
            begin = datetime.combine(day, self.begin, tzinfo=self.zone).astimezone(UTC)
            end = datetime.combine(day + over_night, self.end, tzinfo=self.zone).astimezone(UTC)
            if begin < end:  # the clock that goes ahead may swallow a short shift
                yield begin, end
