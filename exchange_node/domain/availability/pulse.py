"""What a node answers when it is asked whether it is there (SY-074, SY-075).

A ping says of its sender what the answer says of the other: so either learns of both. None of it is
kept but what was said last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PING, ANSWER = "SY-074", "SY-075"

SILENT_AFTER = timedelta(minutes=10)
"""How long a partner gives no sign before it is called silent (our choice)."""

CLOCKS_APART = timedelta(seconds=30)
"""Clocks that differ by more are remarked (our choice, as `ping` does)."""


@dataclass(frozen=True, slots=True, order=True)
class HeldText:
    """A version of an agreement, by its digest."""

    agreement_id: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What a node says of itself.

    Attributes:
        number: the sender's, of this message.
        at: by the sender's clock.
        answers: number of the ping that it answers; empty for a ping.
        program: its version.
        schemas: versions of the documents that it reads.
        agreements: versions that count between the two.
    """

    number: str
    party: str
    at: datetime
    answers: str
    program: str
    schemas: tuple[str, ...]
    agreements: tuple[HeldText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is known of a partner.

    Attributes:
        asked_at, asked_id: of the last ping.
        heard_at: the last sign of it; None for none yet.
        silent_since: the first ping since then that brought none.
        last_error: why the last ping brought none.
        clock_seconds: its clock less ours, when it said something last.
        unknown_schemas: versions that it reads and this node does not know.
        owed: number of a ping that this node has to answer; empty for none.
    """

    partner: str
    asked_at: datetime
    asked_id: str
    heard_at: datetime | None
    silent_since: datetime | None
    last_error: str
    clock_seconds: int
    program: str
    schemas: tuple[str, ...]
    unknown_schemas: tuple[str, ...]
    agreements: tuple[HeldText, ...]
    owed: str

    def is_silent(self, now: datetime) -> bool:
        """Whether it has given no sign for so long that a person should know."""
        return self.silent_since is not None and now - self.silent_since >= SILENT_AFTER
