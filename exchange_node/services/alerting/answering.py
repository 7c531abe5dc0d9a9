"""A desk here has seen an alert, takes it up, rejects it (RA-020) → word to its issuer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import (
    WITHDRAWAL,
    Acknowledgement,
    Contact,
    RejectionReason,
    Stage,
)
from exchange_node.domain.alerting import TOLD_BY, Event, State, may
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidAlertError, UnknownRecordError
from exchange_node.domain.message import Exchange
from exchange_node.domain.releasing.release import Made
from exchange_node.policy.gates import permit_answer
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.alerting.life import told_of
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.gate import alert_looked_at, require_view
from exchange_node.services.stations.looking.naming import by_id_shown
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import audit, inbox
from exchange_node.store.alerting import words
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts
from exchange_node.store.records.held import AlertState, Direction, HeldAlert
from exchange_node.wco.alert_codec import encode_acknowledgement
from exchange_node.wco.document import Document

ACKNOWLEDGED = "RA-020"

_ACTIONS = {
    Stage.SEEN: "alert.acknowledged",
    Stage.TREATMENT: "alert.taken-up",
    Stage.REJECTED: "alert.rejected",
}
"""What the audit calls each word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Tells the issuer of an alert what a desk here does with it."""

    own: Administration
    corresponding: Corresponding
    packing: Packing
    holding: Holding
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def say(
        self,
        actor: Actor,
        alert_id: str,
        stage: Stage,
        *,
        office: str,
        remark: str = "",
        rejection: RejectionReason | None = None,
        issuer: str = "",
        purpose: str = "",
    ) -> dict[str, object]:
        """Say that a desk has seen an alert, takes it up or rejects it; again it says no more.

        `issuer` is needed where two gave the same id. Whoever may not see an alert says nothing of
        it; while its agreement is suspended it is there to be read, and nobody acts on it.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: no such alert was received, or the actor may not know of it.
            UnusableQueryError: several issuers gave the id, and none was named.
            InvalidAlertError: its life does not let it be said, or a rejection has no reason.
            NotPermittedError: no grant lets the word go back, or the actor's purpose does not
                cover the alert.
            SuspendedAgreementError: its agreement or grant is suspended.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        if (rejection is None) is (stage is Stage.REJECTED):
            raise InvalidAlertError(why="who rejects it says why; who does not gives no reason")
        held = self.looked_at(actor, alert_id, issuer=issuer, purpose=purpose, at=now)
        with reading(self.engine) as conn:
            state = told_of(conn, held, now)
            lost = words.own_reference(conn, held.alert_id, held.version, held.partner, stage)
        if held.function == WITHDRAWAL or not may(state, TOLD_BY[stage]):
            return _as_it_is(held, state, stage)
        seen = Acknowledgement(
            reference=lost or self.new_id(),  # told anew it is the same word
            alert_id=held.alert_id,
            alert_version=held.version,
            issuer=str(self.own.party),
            issued_at=now,
            seen_at=now,
            contact=Contact(office=office),
            remark=remark,
            stage=stage,
            rejection=rejection,
        )
        document = encode_acknowledgement(
            seen,
            metadata=self.corresponding.metadata,
            registry=self.corresponding.library.registry,
        )
        prepared = self.prepared(document, held, ACKNOWLEDGED, actor, now)
        with transaction(self.engine) as conn:
            words.lock(conn, held.number)
            state = told_of(conn, alerts.by_number(conn, held.number), now)
            if not may(state, TOLD_BY[stage]):
                return _as_it_is(held, state, stage)
            alerts.advance(conn, held.number, AlertState.ACKNOWLEDGED, by=actor.name, at=now)
            words.say(
                conn,
                seen,
                alert=held,
                direction=Direction.SENT,
                message_id=prepared.message_id,
                by=actor.name,
                at=now,
            )
            self.packing.queue(conn, prepared)
            said = {"reason": rejection.value} if rejection else {}
            audited(conn, held, actor, now, _ACTIONS[stage], office=office, **said)
            after = told_of(conn, alerts.by_number(conn, held.number), now)
            return {"alert_id": held.alert_id, "state": after.value}

    def looked_at(
        self, actor: Actor, alert_id: str, *, issuer: str, purpose: str, at: datetime
    ) -> HeldAlert:
        """Return the last version of a partner's alert that the actor may see; a look at it.

        Raises:
            UnknownRecordError, UnusableQueryError, NotPermittedError: as `say`.
        """
        with reading(self.engine) as conn:
            held = by_id_shown(
                conn, held_agreements(conn), actor, alert_id,
                issuer=issuer, direction=Direction.RECEIVED, purpose=purpose, at=at,
            )  # fmt: skip
        if held is None:
            raise UnknownRecordError(kind="alert", key=alert_id)
        require_view(
            self.engine,
            actor,
            at,
            alert_looked_at(held),
            action="look.alert",
            kind="alert",
            key=alert_id,
            purpose=purpose,
        )
        return held

    def prepared(
        self, document: Document, held: HeldAlert, code: str, actor: Actor, at: datetime
    ) -> Prepared:
        """Return the message that takes a word on an alert to its issuer.

        Raises:
            InvalidDocumentError: the document does not fit the WCO document.
            NotPermittedError: no grant lets it go back.
            SuspendedAgreementError: the agreement or grant is suspended.
        """
        self.corresponding.checked(document, at)
        with reading(self.engine) as conn:
            agreements = held_agreements(conn)
            answered: Exchange = exchange_in(inbox.get(conn, held.partner, held.message_id))
        return self.corresponding.prepare(
            document,
            permit_answer(agreements, answered, code=code, on=day_of(at)),
            recipient=held.partner,
            code=code,
            purpose=answered.purpose,
            conversation_id=held.alert_id,
            at=at,
            made=Made(by=(actor.name,)),
            answers=held.message_id,
        )


def _as_it_is(held: HeldAlert, state: State, stage: Stage) -> dict[str, object]:
    """Return what is answered where the word was said before, and changes nothing.

    Raises:
        InvalidAlertError: it cannot be said of an alert that stands so.
    """
    is_said = state in _AFTER.get(TOLD_BY[stage], frozenset())
    if held.function == WITHDRAWAL or not is_said:
        stands = State.WITHDRAWN if held.function == WITHDRAWAL else state
        raise InvalidAlertError(why=_REFUSED.format(held.alert_id, stands.value))
    return {"alert_id": held.alert_id, "state": state.value}


_REFUSED = "{} is {}: docs/alert-life.md says what may follow"
_AFTER = {
    Event.ACKNOWLEDGEMENT: frozenset(
        {State.ACKNOWLEDGED, State.IN_TREATMENT, State.FEEDBACK_GIVEN, State.CLOSED}
    ),
    Event.TREATMENT: frozenset({State.IN_TREATMENT, State.FEEDBACK_GIVEN, State.CLOSED}),
    Event.REJECTION: frozenset({State.REJECTED}),
}
"""States in which a word has been said already: saying it again changes nothing."""


def audited(
    conn: Connection, held: HeldAlert, actor: Actor, at: datetime, action: str, **facts: str
) -> None:
    """Write a line about an alert into the audit."""
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=actor.name,
            action=action,
            subject_kind="alert",
            subject_key=held.alert_id,
            partner=held.partner,
            facts=facts,
        ),
    )
