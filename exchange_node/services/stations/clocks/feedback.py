"""When feedback on an alert is due: a duty at either end, where the alert or its grant asks for it.

At the recipient it is counted from a hit that no feedback followed, or from the end of validity of
what was never hit; at the issuer, who learns of hits only when it is told, from the end of validity
alone. How long is text of the grant (`feedback.due_days`). A clock is a row that is claimed once;
whether something is owed still is read from what is held when it runs out.

Source: reference list of messages, RA-021: five working days after the control, or at expiry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.domain.alert import MAX_VALIDITY, WITHDRAWAL, FeedbackScope, PermittedAction
from exchange_node.domain.alerting import Result
from exchange_node.domain.onward.course import due_after
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.store import duties
from exchange_node.store.alerting import feedback
from exchange_node.store.alerting.feedback import HeldFeedback
from exchange_node.store.records import hits
from exchange_node.store.records.held import Direction, HeldAlert
from exchange_node.store.releasing import letters

HIT, EXPIRY, AWAITED = "alert-feedback-hit", "alert-feedback-expiry", "alert-feedback-awaited"
"""Kinds of duty: ours is due after a hit, after the end of validity; a partner's is."""

KINDS = (HIT, EXPIRY, AWAITED)

_JUST_BEFORE = timedelta(microseconds=1)

_SATURDAY = 5

FEEDBACK_DAYS = 5
"""Working days where an alert asks and its grant does not say (reference, RA-021)."""

REMIND, OVERDUE = 1, 2
"""Rounds of a clock: as the last day begins, and when it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What a duty counts.

    Attributes:
        alert: its number.
        since: what the working days count from.
        days: how many there are.
        round: `REMIND` or `OVERDUE`.
        message_id: of ours that took the alert there; empty for a partner's.
    """

    alert: int
    since: datetime
    days: int
    round: int
    message_id: str = ""

    def __str__(self) -> str:
        """Return it as a duty names it."""
        since = self.since.isoformat()
        return f"{self.alert} {since} {self.days} {self.round} {self.message_id}".rstrip()

    @property
    def due_at(self) -> datetime:
        """When feedback is due: the end of the last of its days."""
        return due_after(self.since, self.days)

    @property
    def runs_out_at(self) -> datetime:
        """When this round is over."""
        return self.due_at if self.round == OVERDUE else due_after(self.since, self.days - 1)


def clock_of(ref: str) -> Clock:
    """Return what a duty's `ref` names."""
    alert, since, days, number, *message = ref.split(" ", 4)
    return Clock(
        alert=int(alert), since=datetime.fromisoformat(since), days=int(days), round=int(number),
        message_id="".join(message),
    )  # fmt: skip


def days_of(alert: HeldAlert, grant: Grant | None, since: datetime) -> int | None:
    """Return within how many working days feedback is due; None where nobody asks for it.

    The day that an alert names may give more of them than its grant, and never fewer.
    """
    asked = grant.feedback if grant is not None else None
    is_asked = alert.feedback_requested or (asked is not None and asked.required)
    if not is_asked or alert.function == WITHDRAWAL:
        return None
    days = (asked.due_days if asked is not None else None) or FEEDBACK_DAYS
    if alert.feedback_due_on is None:
        return days
    # A clock counts working days from its beginning: as many as end with or after the named day.
    named = min(alert.feedback_due_on, _latest(alert))
    first = since.astimezone(UTC).date()
    between = (first + timedelta(days=n) for n in range(1, (named - first).days + 1))
    days = max(days, sum(one.weekday() < _SATURDAY for one in between))
    return days if due_after(since, days).date() > named else days + 1


def _latest(alert: HeldAlert) -> date:
    """Return the last day that an alert may name, whatever came in by an older rule."""
    return (alert.valid_until + MAX_VALIDITY).date()


def start(
    conn: Connection, alert: HeldAlert, grant: Grant | None, at: datetime, message_id: str = ""
) -> None:
    """Start the clock of the end of validity, of a partner's alert or of one that leaves here."""
    since = max(alert.valid_until, at)
    days = days_of(alert, grant, since)
    if days is None:
        return
    one = Clock(
        alert=alert.number, since=since, days=days,
        round=OVERDUE if message_id else REMIND, message_id=message_id,
    )  # fmt: skip
    duties.leave(conn, AWAITED if message_id else EXPIRY, str(one), one.runs_out_at)


def start_of_hit(
    conn: Connection,
    alert: HeldAlert,
    at: datetime,
    agreements: Iterable[HeldAgreement] | None = None,
) -> None:
    """Start the clock of a partner's alert that fits something, unless an earlier hit's runs.

    Of one that wants feedback for each hit every hit has a clock; of one that wants it in total
    none has.
    """
    if alert.feedback_scope is FeedbackScope.IN_TOTAL:
        return
    days = days_here(conn, alert, agreements, at)
    if days is None:
        return
    if alert.feedback_scope is not FeedbackScope.PER_HIT and unanswered(conn, alert) != at:
        return
    _leave(conn, HIT, Clock(alert=alert.number, since=at, days=days, round=REMIND))


def start_anew(conn: Connection, alert: HeldAlert, at: datetime) -> None:
    """Start a clock again that feedback had ended which its issuer did not take.

    One that still runs goes on as it is: nothing was struck off yet.
    """
    kind, since = counted_here(conn, alert)
    days = days_here(conn, alert, None, since)
    if days is None:
        return
    one = Clock(alert=alert.number, since=since, days=days, round=REMIND)
    runs = any(
        duties.due_at(conn, kind, str(replace(one, round=number))) for number in (REMIND, OVERDUE)
    )
    if not runs:
        _leave(conn, kind, replace(one, since=at))


def counted_here(conn: Connection, alert: HeldAlert) -> tuple[str, datetime]:
    """Return what feedback of ours is counted from: the kind of its clock, and the moment."""
    in_total = alert.feedback_scope is FeedbackScope.IN_TOTAL
    hit_at = None if in_total else unanswered(conn, alert)
    return (HIT, hit_at) if hit_at else (EXPIRY, max(alert.valid_until, alert.stored_at))


def unanswered(
    conn: Connection, alert: HeldAlert, *, since: datetime | None = None
) -> datetime | None:
    """Return when a partner's alert first hit something that no feedback of ours answers.

    Feedback answers whatever was hit before it. Where it is wanted for each hit, one that names
    what was controlled answers that alone.

    Args:
        since: look no further back than that moment.

    Returns:
        None where nothing is unanswered.
    """
    given = given_here(conn, alert)
    is_single = alert.feedback_scope is FeedbackScope.PER_HIT
    named = {one.manifest for one in given if is_single and one.manifest is not None}
    said = [one.stored_at for one in given if not is_single or one.manifest is None]
    if since is not None:
        said.append(since - _JUST_BEFORE)
    return hits.first_unanswered(conn, alert.number, max(said, default=None), named)


def was_said(conn: Connection, message_id: str, alert: HeldAlert) -> bool:
    """Return whether a word of ours went to an alert's issuer, as far as is known here."""
    letter = letters.find(conn, message_id)
    return letter is not None and letter.partner == alert.partner and not letter.has_ended


def given_here(conn: Connection, alert: HeldAlert) -> list[HeldFeedback]:
    """Return what was told of a partner's alert, as it was asked for, and not kept back."""
    return [
        one
        for one in feedback.of_alerts(conn, [alert.number])
        if answers(alert, one) and was_said(conn, one.message_id, alert)
    ]


def answers(alert: HeldAlert, one: HeldFeedback) -> bool:
    """Return whether it answers what was asked; a sighting does of a covert alert alone."""
    return one.result is not Result.SIGHTED or alert.permitted_action is PermittedAction.COVERT


def days_here(
    conn: Connection,
    alert: HeldAlert,
    agreements: Iterable[HeldAgreement] | None,
    since: datetime,
) -> int | None:
    """Return within how many working days we owe feedback; None where nobody asks us for it."""
    if alert.direction is not Direction.RECEIVED:
        return None
    held = held_agreements(conn) if agreements is None else agreements
    came = grant_under(held, alert.agreement_id, alert.agreement_version, alert.grant)
    return days_of(alert, came[1] if came else None, since)


def _leave(conn: Connection, kind: str, clock: Clock) -> None:
    duties.leave(conn, kind, str(clock), clock.runs_out_at)
