"""Drafted → approved → outbox or waiting room; from a desk that saw an alert, the word back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import CORRECTED, Stage
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidAlertError
from exchange_node.domain.releasing.release import Made
from exchange_node.policy.gates import permit_sending
from exchange_node.policy.minimising.conditions import said_by
from exchange_node.services.alerting.answering import Answering, audited
from exchange_node.services.alerting.correcting import Correcting
from exchange_node.services.alerting.reporting import Reporting
from exchange_node.services.alerting.withdrawing import Withdrawing
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.alerting.drafting import Drafting
from exchange_node.services.stations.alerting.joining import addressed
from exchange_node.services.stations.clocks.alerts import start_of_ours, start_of_review
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.giving import named_by
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.outgoing import Packing
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.payloads import Vault
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.held import AlertState
from exchange_node.wco.alert_codec import decode_alert
from exchange_node.wco.document import read
from exchange_node.wco.rules.alerts import require
from exchange_node.wco.rules.library import WcoLibrary

log = structlog.get_logger()

ALERT = "RA-010"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerting:
    """What a liaison officer does with alerts."""

    own: Administration
    library: WcoLibrary
    packing: Packing
    corresponding: Corresponding
    holding: Holding
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def draft(self, actor: Actor, plain: Mapping[str, object]) -> dict[str, object]:
        """Keep an alert as a draft; return its id and state.

        Raises:
            RoleError: the actor is no liaison officer.
            InvalidAlertError: a key is unknown or unusable, or the alert lacks what it must have.
            InvalidDocumentError: a value does not fit the WCO document.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        alert = self.drafting.made(plain, now)
        require(alert)
        document = self.corresponding.checked(self.drafting.document(alert), now)
        with transaction(self.engine) as conn:
            held = self.drafting.keep(conn, actor, alert, document, now)
        return {"alert_id": held.alert_id, "version": held.version, "state": held.state.value}

    def send(
        self,
        actor: Actor,
        alert_id: str,
        *,
        to: Sequence[str] = (),
        purpose: str = "",
        request: str = "",
    ) -> dict[str, object]:
        """Approve a draft, match it here and queue it for each partner: all of them or none.

        Where a partner's grant asks for officers, its message waits for them; the alert counts here
        from now on, and is sent when the first message leaves.

        `request` is the number of a partner's request that it is given on. The findings say
        what the version that a partner takes has no place for. An alert of a joint operation goes
        to nobody else but who takes part, and to all of them where `to` names none.
        A correction needs no `to`, and goes for the purpose that its alert went for
        (`Correcting.send`).

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: there is no such alert of ours.
            NotPermittedError: no grant covers it for one of the partners.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with reading(self.engine) as conn:
            held = alerts.get(conn, str(self.own.party), alert_id)
            document = read(payloads.fetch(conn, held.document_id, self.vault))
            agreements = held_agreements(conn)
            if held.state is AlertState.DRAFTED and held.function != CORRECTED:
                to = addressed(conn, held.operation, to, str(self.own.party), now)
            given_on = {partner: named_by(conn, partner, request) for partner in to}
        if held.valid_until <= now:
            raise InvalidAlertError(why=f"{alert_id} ended on {held.valid_until.isoformat()}")
        if held.state is not AlertState.DRAFTED:
            raise InvalidAlertError(why=f"{alert_id} is {held.state.value}, not a draft")
        if held.function == CORRECTED:
            return self.correcting.send(actor, held, document, to=to, request=request)
        if not to:
            raise InvalidAlertError(why=f"nobody is named whom {alert_id} goes to")
        made = Made(
            by=(held.stored_by, actor.name),
            valid_until=held.valid_until,
            urgency=held.urgency.value,
        )
        prepared = [
            self.corresponding.prepare(
                document,
                permit_sending(
                    agreements,
                    sender=str(self.own.party),
                    recipient=partner,
                    code=ALERT,
                    purpose=purpose,
                    test=self.own.test,
                    on=day_of(now),
                    said=said_by(document),
                    given_on=given_on[partner],
                ),
                recipient=partner,
                code=ALERT,
                purpose=purpose,
                conversation_id=alert_id,
                at=now,
                made=made,
            )
            for partner in dict.fromkeys(to)
        ]
        with transaction(self.engine) as conn:
            if not alerts.advance(conn, held.number, AlertState.APPROVED, by=actor.name, at=now):
                raise InvalidAlertError(why=f"{alert_id} was sent or discarded a moment ago")
            for one in prepared:
                recipients.add(conn, held.number, one.exchange.recipient, one.message_id, now)
                self.packing.queue(conn, one)
                if not one.waits:  # else it starts when officers let it go
                    start_of_ours(conn, held, agreements, one, now)
            state = AlertState.APPROVED
            if not all(one.waits for one in prepared):
                state = AlertState.SENT
                alerts.advance(conn, held.number, state, by=actor.name, at=now)
            start_of_review(conn, held, decode_alert(document).review_at)
            self.holding.match_alert(conn, held, now)
            audited(conn, held, actor, now, "alert.sent", to=", ".join(to), purpose=purpose)
        log.info("alert-sent", alert=alert_id, to=list(to))
        return {
            "alert_id": alert_id,
            "state": state.value,
            "messages": {one.exchange.recipient: one.message_id for one in prepared},
            "waiting": [one.exchange.recipient for one in prepared if one.waits],
            "findings": [found.as_dict() for one in prepared for found in one.findings],
        }

    @property
    def drafting(self) -> Drafting:
        """What makes drafts and keeps them."""
        return Drafting(
            own=self.own,
            library=self.library,
            corresponding=self.corresponding,
            holding=self.holding,
            new_id=self.new_id,
        )

    @property
    def answering(self) -> Answering:
        """What tells an issuer what a desk here does with its alert."""
        return Answering(
            corresponding=self.corresponding,
            packing=self.packing,
            holding=self.holding,
            engine=self.engine,
            clock=self.clock,
            new_id=self.new_id,
            own=self.own,
        )

    def acknowledge(
        self,
        actor: Actor,
        alert_id: str,
        *,
        office: str,
        remark: str = "",
        issuer: str = "",
        purpose: str = "",
    ) -> dict[str, object]:
        """Tell the issuer that a desk here has seen its alert; as `Answering.say`."""
        return self.answering.say(
            actor, alert_id, Stage.SEEN, office=office, remark=remark, issuer=issuer,
            purpose=purpose,
        )  # fmt: skip

    @property
    def reporting(self) -> Reporting:
        """What tells an issuer what came of its alert."""
        return Reporting(answering=self.answering)

    @property
    def correcting(self) -> Correcting:
        """What puts another version in the place of an alert."""
        return Correcting(
            self.own, self.corresponding, self.packing, self.holding, self.engine, self.clock
        )

    @property
    def withdrawing(self) -> Withdrawing:
        """What takes an alert back."""
        return Withdrawing(
            self.own, self.corresponding, self.packing, self.holding, self.engine, self.clock
        )
