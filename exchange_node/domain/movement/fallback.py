"""What is told of an event that was recorded without the line: on paper, or at a post offline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MARK = "FALLBACK"
"""The mark on the wire and in every view; what stands on the paper is text of the agreement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """That an event was recorded without the line, and why. Who recorded it stays at home.

    Attributes:
        reason: in words.
        recorded_at: when, by the clock of where it was recorded.
        sequence: its number there; 0 where nobody counted.
    """

    reason: str
    recorded_at: datetime
    sequence: int = 0
    mark: str = MARK
