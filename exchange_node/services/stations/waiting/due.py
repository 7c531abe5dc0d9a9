"""A message of ours tells of what happened → the duty to look whether it was there in time.

How long it may take is text of its grant (`told_within`). `clocks.prompt` does the duty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.domain.movement import MovementNotice
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import grant_under
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import duties

TOLD_DUE = "movement-told-due"
"""Tell the desk if a message of ours was not there in time; `ref` is a `Due`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a message tells of happened at `since`, and is there in time up to `until`."""

    message_id: str
    since: datetime
    until: datetime

    def __str__(self) -> str:
        """Return it as a duty names it."""
        return f"{self.message_id} {self.since.isoformat()} {self.until.isoformat()}"


def due_of(ref: str) -> Due:
    """Return what a duty's `ref` names."""
    message_id, since, until = ref.split(" ")
    return Due(
        message_id=message_id,
        since=datetime.fromisoformat(since),
        until=datetime.fromisoformat(until),
    )


def due_in(grant: Grant, code: str, message_id: str, since: datetime) -> Due | None:
    """Return by when a message has to be there; None where its grant does not say."""
    minutes = grant.told_within_minutes(code)
    if minutes is None:
        return None
    return Due(message_id=message_id, since=since, until=since + timedelta(minutes=minutes))


def start(conn: Connection, told: Prepared, grant: Grant, since: datetime) -> None:
    """Start the clock of a message of ours that tells of what happened at a moment."""
    due = due_in(grant, told.exchange.code, told.message_id, since)
    if due is not None:
        duties.leave(conn, TOLD_DUE, str(due), due.until)


def start_all(
    conn: Connection,
    told: Iterable[Prepared],
    notice: MovementNotice,
    agreements: tuple[HeldAgreement, ...],
) -> None:
    """Start the clocks of a notice of ours; what was recorded without the line has none."""
    for one in told if notice.fallback is None else ():
        by = one.exchange
        found = grant_under(agreements, by.agreement_id, by.agreement_version, by.grant)
        if found is not None:
            start(conn, one, found[1], notice.occurred_at)
