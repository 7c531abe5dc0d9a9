"""The account that one node gives another of what went between them (SY-095).

Of a period each side tells the other what it sent and has a receipt for, and what it received.
What was receipted and is not held any more (a database restored from yesterday's copy) is asked
for again, and the same bytes go once more under the same MessageId. An account names messages
and nothing of what is in them: that both hold the same bytes, the receipt has proved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

PATIENCE = timedelta(hours=1)
"""After midnight, before the day's account is made: what was under way has arrived (our choice)."""

MOST_NAMED = 1_000
"""Messages in one account; of a busier period there are several (our choice)."""


class Side(StrEnum):
    """What an account lists."""

    SENT = "sent"
    RECEIVED = "received"
    WANTED = "wanted"


class Gap(StrEnum):
    """What does not agree in an account: which side lacks the message.

    UNKNOWN: the partner holds as ours what this node knows nothing of.
    GONE: the partner wants it again, and what was sent is not kept any more, or is older than what
        may still be taken.
    """

    MISSING_HERE = "missing-here"
    MISSING_THERE = "missing-there"
    UNKNOWN = "unknown"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Which messages went between two nodes.

    Attributes:
        account_id: the giving side's number.
        party: who gives it.
        begins, ends: the period: when SENT was receipted, or RECEIVED was kept, at the giving
            side; begins <= at < ends. Of what is WANTED, that of the account that showed it.
        message_ids: ebMS MessageIds.
    """

    account_id: str
    party: str
    at: datetime
    side: Side
    begins: datetime
    ends: datetime
    message_ids: tuple[str, ...]


def due_until(now: datetime) -> datetime:
    """Return the end of the last day (UTC) that an account can be given of."""
    day = (now.astimezone(UTC) - PATIENCE).date()
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
