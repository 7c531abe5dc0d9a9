"""Refusals of callers whom nobody knows: so many a minute are recorded, the others are counted.

Whoever reaches the listener can be refused as often as it likes, with a certificate that an
authority of some partner's has issued, for instance. A record of each would let it fill the store.
What is refused to a partner is recorded each time.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_A_MINUTE = 60
"""Refusals of strangers that are recorded one by one (our choice)."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Refusals that were counted and are recorded nowhere else.

    Attributes:
        codes: how many of each code.
    """

    since: datetime
    codes: Counter[str]

    @property
    def facts(self) -> dict[str, str]:
        """What a line about them says."""
        return {
            "count": str(self.codes.total()),
            "codes": ", ".join(f"{code} {count}" for code, count in sorted(self.codes.items())),
            "since": self.since.isoformat(),
        }


class Strangers:
    """Counts the refusals of strangers, minute by minute; shared by the threads of a node."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._recorded = 0
        self._codes: Counter[str] = Counter()

    def is_recorded(self, code: str, now: datetime) -> bool:
        """Return whether a refusal is to be recorded; if not, it was counted."""
        with self._lock:
            # Threads that looked at the clock before may come after: theirs is the same minute.
            if self._since is None or not abs(now - self._since) < MINUTE:
                # What is left of the minute before stays counted until it is taken.
                self._since, self._recorded = now, 0
            self._recorded += 1
            if self._recorded > MOST_A_MINUTE:
                self._codes[code] += 1
            return self._recorded <= MOST_A_MINUTE

    def take(self, now: datetime, *, is_last: bool = False) -> Counted | None:
        """Take what was counted when its minute has ended, or now if nothing comes after."""
        with self._lock:
            if self._since is None or not self._codes:
                return None
            if not is_last and abs(now - self._since) < MINUTE:
                return None
            taken = Counted(since=self._since, codes=self._codes)
            self._codes = Counter()
            return taken

    def give_back(self, counted: Counted) -> None:
        """Count again what could not be recorded."""
        with self._lock:
            self._codes += counted.codes
