"""An alert of ours withdrawn → out of force here, and told to everybody who may hold a copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import WITHDRAWAL, RiskAlert
from exchange_node.domain.errors import InvalidAlertError, UnknownRecordError
from exchange_node.domain.releasing.release import Made
from exchange_node.services.stations.alerting.copies import (
    Copies,
    holders,
    leave_word,
    left_with,
)
from exchange_node.services.stations.alerting.former import (
    require_as_read,
    require_names_no_former,
)
from exchange_node.services.stations.alerting.stopping import stop
from exchange_node.services.stations.clocks.force import put_out_of_force
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.outgoing import Packing
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import IN_FORCE, LIVE, AlertState, Direction, HeldAlert
from exchange_node.wco.alert_codec import encode_alert
from exchange_node.wco.document import Document

log = structlog.get_logger()

WITHDRAWN = "RA-012"


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """Takes an alert of ours back."""

    own: Administration
    corresponding: Corresponding
    packing: Packing
    holding: Holding
    engine: Engine
    clock: Callable[[], datetime]

    def withdraw(self, actor: Actor, alert_id: str, *, why: str) -> dict[str, object]:
        """Withdraw an alert here, and at every recipient that may hold it and may be told.

        Here it is out of force whatever keeps a partner from being told: the desk learns of each
        such partner, and why, and tells it by another way. What has not left yet is stopped, and
        needs no withdrawal. The withdrawal is a version of its own,
        without names; the last one stays as it was.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: there is no such alert of ours.
            InvalidAlertError: it is not in force, the reason names what any version of it looks
                for, or another changed it at the same moment.
            InvalidDocumentError: the withdrawal does not fit the WCO document.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with reading(self.engine) as conn:
            versions = alerts.versions(conn, str(self.own.party), alert_id)
            held = _in_force(versions, alert_id)
            alert = self.holding.alert_of(conn, held)
            require_names_no_former(conn, self.holding, versions, why)
            withdrawal = _withdrawal(alert, versions[0].version + 1, why, now)
            document = self.corresponding.checked(self._document(withdrawal), now)
            holding = holders(conn, versions)
            told, untold = Copies(self.own, self.corresponding).prepared_for(
                conn, document, holding, code=WITHDRAWN, made=Made(by=(actor.name,)), at=now
            )
        with transaction(self.engine) as conn:
            # First of all: who lets a message go locks it before its alert, and so does this.
            kept_back = [
                one.message_id
                for one in holding
                if stop(
                    conn,
                    self.packing,
                    one.message_id,
                    by=actor.name,
                    why=f"the alert is withdrawn: {why}",
                    at=now,
                )
            ]
            require_as_read(conn, versions)
            left = left_with(holding, kept_back)
            stopped = {one.partner for one in holding} - left
            told = [one for one in told if one.exchange.recipient in left]
            untold = {one: why for one, why in untold.items() if one in left}
            for version in versions:  # a correction that was not sent yet corrects nothing more
                alerts.advance(conn, version.number, AlertState.DISCARDED, by=actor.name, at=now)
            new = self.holding.file_alert(
                conn, withdrawal, _origin(held, actor, now), document.to_bytes()
            )
            judging = self.holding.judging
            if not put_out_of_force(
                conn, judging, held, AlertState.WITHDRAWN, by=actor.name, at=now
            ):
                raise InvalidAlertError(why=f"{alert_id} was withdrawn a moment ago")
            for one in told:
                recipients.add(conn, new.number, one.exchange.recipient, one.message_id, now)
                self.packing.queue(conn, one)
            for partner, reason in untold.items():
                leave_word(conn, new, partner, reason, now)
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now, actor=actor.name, action="alert.withdrawn", subject_kind="alert",
                    subject_key=alert_id, partner="",
                    facts={
                        "to": ", ".join(one.exchange.recipient for one in told),
                        "untold": ", ".join(untold),
                        "stopped": ", ".join(sorted(stopped)),
                    },
                ),
            )  # fmt: skip
        log.info("alert-withdrawn", alert=alert_id, to=len(told), untold=len(untold))
        return {
            "alert_id": alert_id,
            "version": new.version,
            "state": new.state.value,
            "messages": {one.exchange.recipient: one.message_id for one in told},
            "waiting": [one.exchange.recipient for one in told if one.waits],
            "untold": untold,
            "stopped": sorted(stopped),
        }

    def _document(self, alert: RiskAlert) -> Document:
        return encode_alert(
            alert,
            metadata=self.corresponding.metadata,
            registry=self.corresponding.library.registry,
        )


def _in_force(versions: Sequence[HeldAlert], alert_id: str) -> HeldAlert:
    """Return the version in force of an alert of ours, of all that are held, the newest first.

    Raises:
        UnknownRecordError: there is no such alert of ours.
        InvalidAlertError: none of them is in force.
    """
    if not versions:
        raise UnknownRecordError(kind="alert", key=alert_id)
    standing = next((one for one in versions if one.state in IN_FORCE), versions[0])
    if standing.state not in LIVE:
        raise InvalidAlertError(why=f"{alert_id} is {standing.state.value}, not in force")
    return standing


def _withdrawal(alert: RiskAlert, version: int, why: str, now: datetime) -> RiskAlert:
    """Return the version that withdraws an alert: nothing in it names anybody."""
    return replace(
        alert,
        function=WITHDRAWAL,
        version=version,
        issued_at=now,
        review_on=None,
        correction="",
        related_alert="",  # free text: a name somebody gave
        text=why,
        subjects=(),
        classification="",
        modus_operandi="",
        concealments=(),
        seen_from=None,
        seen_until=None,
        seen_places=(),
        feedback_requested=False,
        feedback_due_on=None,
        feedback_scope=None,
        questions=(),
        indicators=(),
        measures=(),
        documents=(),
        attachments=(),
    )


def _origin(held: HeldAlert, actor: Actor, now: datetime) -> Origin:
    return Origin(
        direction=Direction.SENT,
        state=AlertState.WITHDRAWN,
        handling=held.handling,
        test=held.test,
        by=actor.name,
        at=now,
    )
