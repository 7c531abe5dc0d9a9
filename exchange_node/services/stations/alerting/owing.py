"""Whether feedback on an alert is owed still, here and by each partner: read from what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection

from exchange_node.domain.alert import FeedbackScope
from exchange_node.domain.alerting import State
from exchange_node.domain.onward.course import due_after
from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.services.stations.alerting.life import at_issuer, told_of
from exchange_node.services.stations.clocks.feedback import (
    AWAITED,
    EXPIRY,
    OVERDUE,
    Clock,
    answers,
    counted_here,
    days_here,
    days_of,
    given_here,
    unanswered,
)
from exchange_node.store.alerting import feedback
from exchange_node.store.records import recipients
from exchange_node.store.records.held import AlertState, Direction, HeldAlert
from exchange_node.store.records.recipients import Recipient, RecipientState
from exchange_node.store.releasing import letters

GIVEN = "given"
"""What ends a clock as it should; else a state of the alert does."""

_HOLDS_IT = frozenset(
    {RecipientState.DELIVERED, RecipientState.ACCEPTED, RecipientState.ACKNOWLEDGED}
)
_ENDED_BY: Mapping[State, str] = MappingProxyType(
    {one: one.value for one in (State.REJECTED, State.SUPERSEDED, State.WITHDRAWN)}
)
_GONE = frozenset({AlertState.SUPERSEDED, AlertState.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How feedback on an alert stands with one party.

    Attributes:
        since, due_at: what it counts from, and when it is due.
        ended_by: `given`, `rejected`, `superseded`, `withdrawn`; empty while it is owed.
    """

    since: datetime
    due_at: datetime
    ended_by: str

    def state_at(self, at: datetime) -> str:
        """Return what ended it, else whether its time has not begun, runs or is over."""
        if self.ended_by:
            return self.ended_by
        if at < self.since:
            return "not yet due"
        return "overdue" if self.due_at <= at else "due"


def ended_by(conn: Connection, alert: HeldAlert, kind: str, clock: Clock, at: datetime) -> str:
    """Return what ended a clock: `given`, a state of the alert; empty where feedback is owed."""
    if kind == AWAITED:
        to = recipients.by_message(conn, clock.message_id)
        return "not sent" if to is None else _ended_there(conn, alert, to, at)
    state = told_of(conn, alert, at)
    if state in _ENDED_BY:
        return _ENDED_BY[state]
    given = given_here(conn, alert)
    if any(one.is_last for one in given):
        return GIVEN
    if kind == EXPIRY and unanswered(conn, alert) is not None:
        # A hit has a clock of its own, unless all of them are to be answered together.
        return "" if alert.feedback_scope is FeedbackScope.IN_TOTAL else "hit"
    if kind == EXPIRY:
        is_given = bool(given)
    elif alert.feedback_scope is FeedbackScope.PER_HIT:
        is_given = unanswered(conn, alert, since=clock.since) != clock.since
    else:
        is_given = any(one.stored_at >= clock.since for one in given)
    return GIVEN if is_given else ""


def dues(conn: Connection, alert: HeldAlert, at: datetime, here: str) -> dict[str, Due]:
    """Return how feedback on a version stands: of a partner's as `here`, of ours by party id.

    Nobody stands there of whom none is asked, or whom the alert has not reached.
    """
    held = held_agreements(conn)
    if alert.direction is Direction.RECEIVED:
        kind, since = counted_here(conn, alert)
        days = days_here(conn, alert, held, since)
        if days is None:
            return {}
        one = Clock(alert=alert.number, since=since, days=days, round=OVERDUE)
        why = ended_by(conn, alert, kind, one, at)
        return {here: Due(since=since, due_at=one.due_at, ended_by=why)}
    found: dict[str, Due] = {}
    for to in recipients.of_alert(conn, alert.number):
        letter = letters.find(conn, to.message_id)
        if letter is None or to.state not in _HOLDS_IT:
            continue
        under = letter.exchange
        came = grant_under(held, under.agreement_id, under.agreement_version, under.grant)
        since = max(alert.valid_until, to.queued_at)
        days = days_of(alert, came[1] if came else None, since)
        if days is None:
            continue
        found[to.partner] = Due(
            since=since, due_at=due_after(since, days), ended_by=_ended_there(conn, alert, to, at)
        )
    return found


def _ended_there(conn: Connection, alert: HeldAlert, to: Recipient, at: datetime) -> str:
    if alert.state in _GONE:
        return alert.state.value
    if to.state not in _HOLDS_IT:
        return to.state.value
    state = at_issuer(conn, alert, to, at)
    if state in _ENDED_BY:
        return _ENDED_BY[state]
    given = (one for one in feedback.of_alerts(conn, [alert.number]) if one.issuer == to.partner)
    return GIVEN if any(answers(alert, one) for one in given) else ""
