"""An alert of ours corrected → a version that takes its place, here and at who may hold a copy.

A correction says everything anew, so that it needs nothing of what it corrects: whoever gets it
first, or alone, holds the whole alert.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import CORRECTED
from exchange_node.domain.errors import InvalidAlertError, UnknownRecordError
from exchange_node.domain.releasing.release import Made
from exchange_node.services.alerting.answering import audited
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.alert_draft import alert_from
from exchange_node.services.stations.alerting.copies import Copies, holders, leave_word
from exchange_node.services.stations.alerting.former import (
    require_as_read,
    require_names_no_former,
)
from exchange_node.services.stations.alerting.joining import require_joined
from exchange_node.services.stations.alerting.stopping import stop
from exchange_node.services.stations.clocks.alerts import start_of_ours, start_of_review
from exchange_node.services.stations.clocks.force import put_out_of_force
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.giving import named_by
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.outgoing import Packing
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import IN_FORCE, LIVE, AlertState, Direction, HeldAlert
from exchange_node.wco.alert_codec import decode_alert, encode_alert
from exchange_node.wco.document import Document
from exchange_node.wco.rules.alerts import require

log = structlog.get_logger()

CORRECTION = "RA-011"


@dataclass(frozen=True, slots=True)
class Correcting:
    """Puts another version in the place of an alert of ours."""

    own: Administration
    corresponding: Corresponding
    packing: Packing
    holding: Holding
    engine: Engine
    clock: Callable[[], datetime]

    def correct(
        self, actor: Actor, alert_id: str, plain: Mapping[str, object], *, why: str
    ) -> dict[str, object]:
        """Keep a correction of an alert as a draft; return its id, version and state.

        It takes the place of a correction that was drafted before it and not sent. Nothing changes
        until it is sent.

        Args:
            plain: the whole alert as it is to be, with the keys of a draft.
            why: a word to those who hold a copy; it names nobody.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: there is no such alert of ours.
            InvalidAlertError: the alert is not in force or has ended, no reason is given, the
                reason or the summary names what any version looks for, another changed the alert
                at the same moment, or the draft is unusable.
            InvalidDocumentError: a value does not fit the WCO document.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        if not why.strip():
            raise InvalidAlertError(why="who corrects an alert says why, and names nobody")
        with reading(self.engine) as conn:
            versions = alerts.versions(conn, str(self.own.party), alert_id)
            before = _in_force(versions, alert_id, now)
            alert = replace(
                alert_from(plain, issuer=before.issuer, alert_id=alert_id, at=now),
                version=versions[0].version + 1,
                function=CORRECTED,
                correction=why,
            )
            require_names_no_former(conn, self.holding, versions, why, alert.summary)
        require(alert)
        document = encode_alert(
            alert,
            metadata=self.corresponding.metadata,
            registry=self.corresponding.library.registry,
        )
        self.corresponding.checked(document, now)
        with transaction(self.engine) as conn:
            require_as_read(conn, versions)
            require_joined(conn, alert, now)
            for one in versions:
                alerts.advance(conn, one.number, AlertState.DISCARDED, by=actor.name, at=now)
            held = self.holding.file_alert(
                conn,
                alert,
                Origin(
                    direction=Direction.SENT,
                    state=AlertState.DRAFTED,
                    handling=before.handling,
                    test=before.test,
                    by=actor.name,
                    at=now,
                ),
                document.to_bytes(),
            )
            audited(conn, held, actor, now, "alert.drafted", corrects=str(before.version))
        return {"alert_id": alert_id, "version": held.version, "state": held.state.value}

    def send(
        self,
        actor: Actor,
        held: HeldAlert,
        document: Document,
        *,
        to: Sequence[str],
        request: str = "",
    ) -> dict[str, object]:
        """Let a correction that was drafted take the place of what it corrects.

        Here it counts at once, whatever keeps a partner from being told. Each partner that may hold
        a copy is told for the purpose that the alert went there for; what has not left yet is
        stopped, and the partner gets the correction alone. The desk learns of whom this node cannot
        tell, and why.

        Args:
            to: nobody, or exactly those who may hold a copy: a correction is kept from nobody.
            request: number of a partner's request that it is given on.

        Raises:
            InvalidAlertError: what it corrects is not in force or has ended, `to` leaves somebody
                out or names somebody else, or another changed the alert at the same moment.
        """
        now = self.clock()
        with reading(self.engine) as conn:
            agreements = held_agreements(conn)
            versions = alerts.versions(conn, held.issuer, held.alert_id)
            before = _in_force(versions, held.alert_id, now)
            holding = holders(conn, versions)
            _require_everybody(to, {one.partner for one in holding}, held.alert_id)
            told, untold = Copies(self.own, self.corresponding).prepared_for(
                conn,
                document,
                holding,
                code=CORRECTION,
                made=Made(
                    by=(held.stored_by, actor.name),
                    valid_until=held.valid_until,
                    urgency=held.urgency.value,
                ),
                at=now,
                given_on=lambda partner: named_by(conn, partner, request),
            )
        with transaction(self.engine) as conn:
            # First of all: who lets a message go locks it before its alert, and so does this.
            stopped = {
                one.partner
                for one in holding
                if stop(
                    conn,
                    self.packing,
                    one.message_id,
                    by=actor.name,
                    why=f"version {held.version} took its place",
                    at=now,
                )
            }
            require_as_read(conn, versions)
            state = AlertState.APPROVED
            if not alerts.advance(conn, held.number, state, by=actor.name, at=now):
                raise InvalidAlertError(why=f"{held.alert_id} was sent or discarded a moment ago")
            judging, gone = self.holding.judging, AlertState.SUPERSEDED
            if not put_out_of_force(conn, judging, before, gone, by=actor.name, at=now):
                raise InvalidAlertError(why=f"{held.alert_id} was taken back a moment ago")
            for one in told:
                recipients.add(conn, held.number, one.exchange.recipient, one.message_id, now)
                self.packing.queue(conn, one)
                if not one.waits:  # else it starts when officers let it go
                    start_of_ours(conn, held, agreements, one, now)
            if not all(one.waits for one in told):
                state = AlertState.SENT
                alerts.advance(conn, held.number, state, by=actor.name, at=now)
            for partner, reason in untold.items():
                leave_word(conn, held, partner, reason, now)
            start_of_review(conn, held, decode_alert(document).review_at)
            fitting = self.holding.match_alert(conn, held, now)
            audited(
                conn, held, actor, now, "alert.corrected",
                to=", ".join(one.exchange.recipient for one in told),
                untold=", ".join(untold), stopped=", ".join(sorted(stopped)),
                corrects=str(before.version),
            )  # fmt: skip
        log.info("alert-corrected", alert=held.alert_id, to=len(told), fitting=fitting)
        return {
            "alert_id": held.alert_id,
            "version": held.version,
            "state": state.value,
            "messages": {one.exchange.recipient: one.message_id for one in told},
            "waiting": [one.exchange.recipient for one in told if one.waits],
            "untold": untold,
            "stopped": sorted(stopped),
            "findings": [found.as_dict() for one in told for found in one.findings],
        }


def _in_force(versions: Sequence[HeldAlert], alert_id: str, at: datetime) -> HeldAlert:
    """Return the version that a correction takes the place of, of all that are held.

    Raises:
        UnknownRecordError: there is no such alert of ours.
        InvalidAlertError: none of them is in force.
    """
    if not versions:
        raise UnknownRecordError(kind="alert", key=alert_id)
    before = next((one for one in versions if one.state in IN_FORCE), versions[0])
    if before.state not in LIVE:
        why = f"{alert_id} is {before.state.value}, not in force: nothing of it is corrected"
        raise InvalidAlertError(why=why)
    if before.valid_until <= at:
        why = f"{alert_id} ended on {before.valid_until.isoformat()}: issue it anew"
        raise InvalidAlertError(why=why)
    return before


def _require_everybody(to: Sequence[str], holding: set[str], alert_id: str) -> None:
    if not to or set(to) == holding:
        return
    whom = ", ".join(sorted(holding)) or "nobody"
    why = f"a correction of {alert_id} goes to everybody who may hold a copy ({whom}): name nobody"
    raise InvalidAlertError(why=why)
