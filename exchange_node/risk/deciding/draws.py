"""The random share: who is drawn follows from a key that was committed to before the day.

The key of a day is 32 random bytes. Its SHA-256 is published beforehand, the key itself when the
day is over; whoever has both recomputes every draw. Nobody outside can foresee a draw, and nobody
inside can choose one after the commitment.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from exchange_node.risk.deciding.rules import MILLION

KEY_BYTES = 32
NUMBER_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What was drawn for a movement, once and for all.

    Attributes:
        day: whose key drew, in UTC.
        rules: digest of the rule set of that moment.
        number: 0 up to 2**64.
        per_million: the share of that moment.
        is_verifiable: whether the key was committed to before the day began.
    """

    day: date
    rules: str
    number: int
    per_million: int
    is_verifiable: bool

    @property
    def is_drawn(self) -> bool:
        """Whether the movement is of the random share; whole numbers, so that all agree."""
        return self.number * MILLION < self.per_million << (8 * NUMBER_BYTES)


def commitment_to(key: bytes) -> str:
    """Return what is published of a day's key beforehand: its SHA-256, lower-case hex."""
    return hashlib.sha256(key).hexdigest()


def number_for(key: bytes, movement: str, rules: str, *, test: bool) -> int:
    """Return the number of a movement: the first 8 bytes of an HMAC-SHA256 (RFC 2104)."""
    made = hmac.digest(key, drawn_text(movement, rules, test=test), hashlib.sha256)
    return int.from_bytes(made[:NUMBER_BYTES], "big")


def drawn_text(movement: str, rules: str, *, test: bool) -> bytes:
    """Return what the HMAC is taken of, as docs/decisions.md has it for others to do the same."""
    return f"{movement}|{'test' if test else 'production'}|{rules}".encode()


def begins(day: date) -> datetime:
    """Return the moment at which a day begins: midnight UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def is_over(day: date, at: datetime) -> bool:
    """Whether a day has ended, so that its key may be shown."""
    return at >= begins(day) + timedelta(days=1)
