"""RA-010 to RA-020: a partner's alert is filed, corrected, taken back; ours is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import (
    WITHDRAWAL,
    Acknowledgement,
    RejectionReason,
    RiskAlert,
    Stage,
)
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import NODE, until
from exchange_node.services.stations.clocks import feedback
from exchange_node.services.stations.clocks.alerts import start
from exchange_node.services.stations.clocks.force import bury, overtaken_by
from exchange_node.services.stations.faults import (
    ACKNOWLEDGEMENT_TAKEN,
    GONE,
    UNKNOWN_ALERT,
    UNREASONED,
)
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.alerting import words
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import AlertState, Direction
from exchange_node.store.records.recipients import RecipientState
from exchange_node.wco.alert_codec import decode_acknowledgement, decode_alert
from exchange_node.wco.rules.alerts import require


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """Takes risk alerts."""

    holding: Holding

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """File an alert, match it against every held manifest and leave word for the desk.

        One that its withdrawal or a correction has overtaken is filed as such, and fits nothing.

        Raises:
            InvalidDocumentError: it is no alert that can be read, or another text is held already.
            InvalidAlertError: it lacks what an alert must have.
        """
        alert = decode_alert(opened.document)
        require(alert)
        held = self.holding.file_alert(
            conn,
            alert,
            _origin(opened, alert, AlertState.RECEIVED, now),
            opened.content,
        )
        if (gone := overtaken_by(conn, held)) is not None:
            bury(conn, self.holding.judging, held, gone, now)
            return
        start(conn, held, opened.grant, now)
        feedback.start(conn, held, opened.grant, now)
        fitting = self.holding.match_alert(conn, held, now)
        leave_notice(
            conn,
            "alert.received",
            f"{held.issuer}.{held.alert_id}.{held.version}",
            now,
            alert=held.alert_id,
            issuer=held.issuer,
            urgency=held.urgency.value,
            severity=str(alert.severity),
            fitting=str(fitting),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """Takes versions that correct an alert."""

    holding: Holding

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Let a version take the place of every earlier one that is held, and tell the desk.

        It says everything anew, and so needs none of them: one that comes later is filed as
        superseded. What a withdrawal or a later correction has overtaken fits nothing itself.

        Raises:
            InvalidDocumentError: it cannot be read, that version is held with another text, or
                what it corrects was withdrawn before it.
            InvalidAlertError: it lacks what an alert must have.
        """
        correction = decode_alert(opened.document)
        require(correction)
        _require_not_gone(conn, correction)
        held = self.holding.file_alert(
            conn,
            correction,
            _origin(opened, correction, AlertState.RECEIVED, now),
            opened.content,
        )
        judging = self.holding.judging
        if (gone := overtaken_by(conn, held)) is not None:
            bury(conn, judging, held, gone, now)
            return
        fitted = sum(
            bury(conn, judging, one, AlertState.SUPERSEDED, now)
            for one in alerts.versions(conn, held.issuer, held.alert_id)
            if one.version < held.version
        )
        start(conn, held, opened.grant, now)
        feedback.start(conn, held, opened.grant, now)
        fitting = self.holding.match_alert(conn, held, now)
        leave_notice(
            conn,
            "alert.corrected",
            f"{held.issuer}.{held.alert_id}.{held.version}",
            now,
            alert=held.alert_id,
            issuer=held.issuer,
            urgency=held.urgency.value,
            severity=str(held.severity),
            fitted=str(fitted),
            fitting=str(fitting),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawals:
    """Takes what a partner says of an alert that it takes back."""

    holding: Holding

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Put every version of an alert out of force that is held, and tell the desk.

        Raises:
            InvalidDocumentError: it cannot be read, or that version is held with another text.
            InvalidAlertError: it has no summary.
        """
        withdrawal = decode_alert(opened.document)
        require(withdrawal)
        tombstone = self.holding.file_alert(
            conn,
            withdrawal,
            _origin(opened, withdrawal, AlertState.WITHDRAWN, now),
            opened.content,
        )
        fitted = sum(
            bury(conn, self.holding.judging, one, AlertState.WITHDRAWN, now)
            for one in alerts.versions(conn, tombstone.issuer, tombstone.alert_id)
            if one.version < tombstone.version
        )
        leave_notice(
            conn,
            "alert.withdrawn",
            f"{tombstone.issuer}.{tombstone.alert_id}.{tombstone.version}",
            now,
            alert=tombstone.alert_id,
            issuer=tombstone.issuer,
            fitted=str(fitted),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgements:
    """Takes what a partner's desk says of an alert: seen, taken up, rejected."""

    own: Administration

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Record that a partner's desk has seen an alert of ours, and what it does with it.

        Raises:
            InvalidDocumentError: it cannot be read, the alert was not sent to the partner, or it
                is rejected without a reason, or its reference is that of another text.
        """
        seen = decode_acknowledgement(opened.document)
        if (seen.rejection is None) is (seen.stage is Stage.REJECTED):
            raise InvalidDocumentError((UNREASONED.found(value=seen.stage.value),))
        held = alerts.find(conn, str(self.own.party), seen.alert_id, seen.alert_version)
        sent = recipients.of_alert(conn, held.number) if held else []
        to_sender = [one for one in sent if one.partner == opened.incoming.sender]
        if held is None or not to_sender:
            raise InvalidDocumentError((UNKNOWN_ALERT.found(value=seen.alert_id),))
        is_new = words.say(
            conn,
            seen,
            alert=held,
            direction=Direction.RECEIVED,
            message_id=opened.incoming.message_id,
            by=NODE,
            at=now,
            until=until(opened, now),
        )
        if not is_new:
            _require_same(conn, seen)
            return
        recipients.mark(conn, to_sender[0].message_id, RecipientState.ACKNOWLEDGED, seen.seen_at)
        if seen.rejection is not None:  # why in words goes when its retention ends; a notice stays
            leave_notice(
                conn,
                "alert.rejected",
                f"{seen.issuer}.{seen.reference}",
                now,
                alert=seen.alert_id,
                partner=seen.issuer,
                reason=seen.rejection.value,
            )


def _require_same(conn: Connection, seen: Acknowledgement) -> None:
    """Pass what was said under its number before: told anew, it has other moments at most.

    Raises:
        InvalidDocumentError: something else was.
    """
    before = words.find(conn, seen.issuer, seen.reference)
    if before is None or _word_of(before.said) != _word_of(seen):
        raise InvalidDocumentError((ACKNOWLEDGEMENT_TAKEN.found(value=seen.reference),))


def _word_of(said: Acknowledgement) -> tuple[str, int, Stage, RejectionReason | None]:
    return said.alert_id, said.alert_version, said.stage, said.rejection


def _require_not_gone(conn: Connection, correction: RiskAlert) -> None:
    """Pass a correction of an alert that no earlier version took back.

    Raises:
        InvalidDocumentError: one did.
    """
    for one in alerts.versions(conn, correction.issuer, correction.alert_id):
        if one.function == WITHDRAWAL and one.version < correction.version:
            found = GONE.found(value=correction.alert_id, version=str(one.version))
            raise InvalidDocumentError((found,))


def _origin(opened: Opened, alert: RiskAlert, state: AlertState, now: datetime) -> Origin:
    """Return how what a partner says of an alert came, and how long its grant lets it be kept."""
    retention = opened.grant.retention
    return Origin(
        direction=Direction.RECEIVED,
        state=state,
        handling=opened.grant.handling,
        test=opened.exchange.test,
        by=NODE,
        at=now,
        partner=opened.incoming.sender,
        message_id=opened.incoming.message_id,
        exchange=opened.exchange,
        kept_since=retention.begins(now, alert.valid_until),
        retention=timedelta(days=retention.max_days),
    )
