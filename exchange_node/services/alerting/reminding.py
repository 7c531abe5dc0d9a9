"""Clocks of alerts that have run out → the desk is reminded, and once more with whom to turn to.

One clock, one transaction: the notice is left and the duty struck off together. Of several machines
one is given it, whatever was restarted meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.agreement import Administration
from exchange_node.domain.agreement.clauses.operation import ContactRole
from exchange_node.domain.errors import NodeError
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.alerting.owing import ended_by
from exchange_node.services.stations.clocks import feedback
from exchange_node.services.stations.clocks.alerts import (
    REVIEW,
    ROUNDS,
    UNACKNOWLEDGED,
    UNSEEN,
    Watched,
    watched,
)
from exchange_node.services.stations.clocks.force import standing
from exchange_node.services.stations.clocks.rounds import one_by_one
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit, duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.held import LIVE, AlertState, HeldAlert
from exchange_node.store.records.recipients import RecipientState

log = structlog.get_logger()

BATCH = 20
"""Clocks of alerts that run out in one walk (our choice)."""

LEASE = timedelta(minutes=5)
"""How long a claimed clock is nobody else's (our choice)."""

TRY_AGAIN = timedelta(minutes=10)
"""After this a clock that could not be let run out is tried again (our choice)."""

NODE = "node"

_KINDS = (UNSEEN, UNACKNOWLEDGED, REVIEW, *feedback.KINDS)
_WAITED_FOR = frozenset(
    {
        RecipientState.QUEUED,
        RecipientState.DELIVERED,
        RecipientState.ACCEPTED,
        RecipientState.FAILED,
    }
)
"""Where a recipient may stand that is yet to acknowledge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """Watches the clocks of alerts, at either end."""

    own: Administration
    engine: Engine
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Let what is due run out, up to a batch; return how many clocks did here."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not duties.may_claim(conn, _KINDS, now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, _KINDS, now, LEASE, BATCH)

        def run_out(duty: Duty) -> None:
            with transaction(self.engine) as conn:
                if duty.kind in feedback.KINDS:
                    self._feedback_due(conn, duty, now)
                elif duty.kind == REVIEW:
                    _review_due(conn, duty, now)
                else:
                    self._run_out(conn, duty, now)
                duties.done(conn, duty)

        def put_off(duty: Duty, err: NodeError) -> None:
            with transaction(self.engine) as conn:
                duties.put_off(conn, duty, now + TRY_AGAIN, err.code)

        return one_by_one(claimed, run_out, put_off)

    def _run_out(self, conn: Connection, duty: Duty, now: datetime) -> None:
        about = watched(duty.ref)
        alert = alerts.by_number(conn, about.alert)
        partner = self._owing(conn, alert, about, now)
        if not partner:
            return
        is_last = about.round >= ROUNDS
        leave_notice(
            conn,
            "alert.overdue" if is_last else "alert.unacknowledged",
            f"{alert.issuer}.{alert.alert_id}.{alert.version}.{partner}"
            f".{duty.due_at:%Y%m%dT%H%MZ}",  # a clock that starts again tells again
            duty.due_at,
            alert=alert.alert_id,
            issuer=alert.issuer,
            urgency=alert.urgency.value,
            owed_by=partner,
            due=duty.due_at.isoformat(),
            **(self._contact(conn, partner) if is_last else {}),
        )
        log.info("alert-clock", alert=alert.alert_id, owed_by=partner, round=about.round)
        if not is_last:
            later = replace(about, round=about.round + 1)
            duties.leave(
                conn, duty.kind, str(later), duty.due_at + timedelta(minutes=about.minutes)
            )

    def _feedback_due(self, conn: Connection, duty: Duty, now: datetime) -> None:
        clock = feedback.clock_of(duty.ref)
        alert = alerts.by_number(conn, clock.alert)
        to = recipients.by_message(conn, clock.message_id) if clock.message_id else None
        partner = to.partner if to is not None else str(self.own.party)
        if why := ended_by(conn, alert, duty.kind, clock, now):
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now, actor=NODE, action="alert.feedback-clock-ended", subject_kind="alert",
                    subject_key=alert.alert_id, partner=alert.partner or partner,
                    facts={"version": str(alert.version), "owed_by": partner, "by": why},
                ),
            )  # fmt: skip
            return
        is_last = clock.round == feedback.OVERDUE
        leave_notice(
            conn,
            "alert.feedback-overdue" if is_last else "alert.feedback-due",
            f"{alert.issuer}.{alert.alert_id}.{alert.version}.{partner}"
            f".{clock.due_at:%Y%m%dT%H%MZ}",
            duty.due_at,
            alert=alert.alert_id,
            issuer=alert.issuer,
            urgency=alert.urgency.value,
            owed_by=partner,
            since=clock.since.isoformat(),
            due=clock.due_at.isoformat(),
            **(self._contact(conn, partner) if is_last else {}),
        )
        log.info("alert-feedback", alert=alert.alert_id, owed_by=partner, round=clock.round)
        if not is_last:
            later = replace(clock, round=feedback.OVERDUE)
            duties.leave(conn, duty.kind, str(later), later.runs_out_at)

    def _owing(self, conn: Connection, alert: HeldAlert, about: Watched, now: datetime) -> str:
        """Return who still owes the acknowledgement of an alert that counts; "" for nobody."""
        if not _counts(conn, alert, now):
            return ""
        if not about.message_id:
            return str(self.own.party) if alert.state is AlertState.RECEIVED else ""
        to = recipients.by_message(conn, about.message_id)
        return to.partner if to is not None and to.state in _WAITED_FOR else ""

    def _contact(self, conn: Connection, party: str) -> dict[str, str]:
        """Return the desk that an agreement names for the operations of who owes it."""
        return next(
            (
                {"desk": one.name}
                for held in held_agreements(conn)
                for one in held.agreement.contact_points
                if one.role is ContactRole.OPERATIONS and one.party == party
            ),
            {},
        )


def _review_due(conn: Connection, duty: Duty, now: datetime) -> None:
    alert = alerts.by_number(conn, int(duty.ref))
    if _counts(conn, alert, now):
        leave_notice(
            conn,
            "alert.review-due",
            f"{alert.issuer}.{alert.alert_id}.{alert.version}",
            duty.due_at,
            alert=alert.alert_id,
            issuer=alert.issuer,
            review_on=duty.due_at.date().isoformat(),
            valid_until=alert.valid_until.isoformat(),
        )


def _counts(conn: Connection, alert: HeldAlert, now: datetime) -> bool:
    """Return whether a version is in force: each has clocks of its own."""
    last = standing(conn, alert.issuer, alert.alert_id)
    is_last = last is not None and last.number == alert.number and last.state in LIVE
    return is_last and alert.valid_until > now
