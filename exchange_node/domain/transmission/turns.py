"""Whose turn it is when what an outage left behind and what is fresh wait for the same partner.

Both go on: what is fresh never waits until a backlog is through, and a backlog gets on however much
is fresh. Alerts take no part in it: they go before both.
"""

from __future__ import annotations

from datetime import timedelta

FRESH_BETWEEN = 3
"""Fresh messages that go between two of the backlog while both wait (our choice)."""

OUTAGE = timedelta(minutes=1)
"""How long nothing got through before it counts as an outage (our choice): one message that fails
among others that do not is none, and keeps to its own waits."""


def backlog_places(concurrency: int) -> int:
    """Return how many messages of a backlog may be on their way at once: half of the places."""
    return max(1, concurrency // 2)


def is_backlogs_turn(
    *, is_fresh_waiting: bool, fresh_since: int, on_its_way: int, most: int
) -> bool:
    """Whether the next place goes to a backlog that waits.

    Args:
        is_fresh_waiting: whether anything else waits for that place.
        fresh_since: fresh messages that went since the last of the backlog.
        on_its_way: messages of the backlog that are being sent now.
        most: what `backlog_places` says.
    """
    if on_its_way >= most:
        return False
    return not is_fresh_waiting or fresh_since >= FRESH_BETWEEN
