"""When somebody must have seen an alert: a duty at either end, from the moment it is issued.

How long is text of the grant that it goes or came under (`acknowledge_within_minutes`), by its
urgency; a grant that does not say starts no clock. The duty comes twice: to remind, then to go up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.services.stations.clocks import feedback
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import duties
from exchange_node.store.records.held import HeldAlert

UNSEEN, UNACKNOWLEDGED = "alert-unseen", "alert-unacknowledged"
"""Kinds of duty: nobody here has seen a partner's alert; nobody there has seen ours."""

REVIEW = "alert-review"
"""Kind of duty: the day has come on which an alert of ours is to be reviewed."""

ROUNDS = 2
"""A reminder, and after the same time again the word to whoever stands above (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a clock of an alert is about.

    Attributes:
        alert: its number.
        minutes: how long the clock runs.
        round: 1 to remind, 2 to go up.
        message_id: of ours that took the alert there; empty for a partner's.
    """

    alert: int
    minutes: int
    round: int
    message_id: str = ""

    def __str__(self) -> str:
        """Return it as a duty names it."""
        return f"{self.alert} {self.minutes} {self.round} {self.message_id}".rstrip()


def watched(ref: str) -> Watched:
    """Return what a duty's `ref` names."""
    alert, minutes, number, *message = ref.split(" ", 3)
    return Watched(
        alert=int(alert), minutes=int(minutes), round=int(number), message_id="".join(message)
    )


def start_of_ours(
    conn: Connection,
    alert: HeldAlert,
    agreements: Iterable[HeldAgreement],
    sent: Prepared,
    at: datetime,
) -> None:
    """Start the clocks of an alert of ours that a message takes to a partner."""
    under = sent.exchange
    came = grant_under(agreements, under.agreement_id, under.agreement_version, under.grant)
    grant = came[1] if came else None
    start(conn, alert, grant, at, sent.message_id)
    feedback.start(conn, alert, grant, at, sent.message_id)


def start_of_review(conn: Connection, alert: HeldAlert, review_at: datetime | None) -> None:
    """Have the desk told of a version of ours when the day of its review begins, if it has one."""
    if review_at is not None:
        duties.leave(conn, REVIEW, str(alert.number), review_at)


def start_anew(conn: Connection, alert: HeldAlert, at: datetime) -> None:
    """Start the clock of a partner's alert again, whose acknowledgement did not come, from now on.

    One that still runs goes on as it is.
    """
    held = held_agreements(conn)
    came = grant_under(held, alert.agreement_id, alert.agreement_version, alert.grant)
    start(conn, alert, came[1] if came else None, at, is_anew=True)


def start(
    conn: Connection,
    alert: HeldAlert,
    grant: Grant | None,
    at: datetime,
    message_id: str = "",
    *,
    is_anew: bool = False,
) -> None:
    """Start the clock of an alert that came, or of one that a message of ours takes to a partner.

    It counts from the issue of a partner's alert, and of our own from the moment it is sent.
    """
    within = grant.acknowledge_within_minutes if grant is not None else None
    if within is None:
        return
    minutes: int = getattr(within, alert.urgency.value)
    one = Watched(alert=alert.number, minutes=minutes, round=1, message_id=message_id)
    begins = at if message_id or is_anew else alert.issued_at
    kind = UNACKNOWLEDGED if message_id else UNSEEN
    duties.leave(conn, kind, str(one), begins + timedelta(minutes=minutes))
