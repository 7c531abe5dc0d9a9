"""An alert of ours withdrawn → out of force here, and told to everybody who may hold a copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import WITHDRAWAL, RiskAlert
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidAlertError, NodeError, StoreBusyError, StoreFullError
from exchange_node.domain.releasing.release import Made
from exchange_node.policy.gates import permit_sending
from exchange_node.policy.minimising.conditions import said_by
from exchange_node.services.alerting.stopping import stop
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.clocks.force import put_out_of_force
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import LIVE, AlertState, Direction, HeldAlert
from exchange_node.store.records.recipients import Recipient, RecipientState
from exchange_node.store.releasing import letters
from exchange_node.wco.alert_codec import encode_alert
from exchange_node.wco.document import Document
from exchange_node.wco.rules.alerts import require_unnamed

log = structlog.get_logger()

WITHDRAWN = "RA-012"

_HAS_NONE = frozenset(
    {
        RecipientState.REJECTED,
        RecipientState.CANCELLED,
        RecipientState.REFUSED,
        RecipientState.LAPSED,
    }
)
"""Recipients who hold no copy and get none; whose receipt is missing may hold one."""


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
            InvalidAlertError: it is not in force, or the reason names what the alert looks for.
            InvalidDocumentError: the withdrawal does not fit the WCO document.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with reading(self.engine) as conn:
            held = alerts.get(conn, str(self.own.party), alert_id)
            if held.state not in LIVE:
                raise InvalidAlertError(why=f"{alert_id} is {held.state.value}, not in force")
            alert = self.holding.alert_of(conn, held)
            require_unnamed(why, alert)
            withdrawal = _withdrawal(alert, why, now)
            document = self.corresponding.checked(self._document(withdrawal), now)
            holders = [
                one for one in recipients.of_alert(conn, held.number) if one.state not in _HAS_NONE
            ]
            told, untold = self._prepared_for(conn, document, holders, actor, now)
        with transaction(self.engine) as conn:
            # First of all: who lets a message go locks it before its alert, and so does this.
            stopped = {
                one.partner
                for one in holders
                if stop(
                    conn,
                    self.packing,
                    one.message_id,
                    by=actor.name,
                    why=f"the alert is withdrawn: {why}",
                    at=now,
                )
            }
            told = [one for one in told if one.exchange.recipient not in stopped]
            untold = {one: why for one, why in untold.items() if one not in stopped}
            new = self.holding.file_alert(
                conn, withdrawal, _origin(held, actor, now), document.to_bytes()
            )
            judging = self.holding.judging
            if not put_out_of_force(conn, judging, held, by=actor.name, at=now):
                raise InvalidAlertError(why=f"{alert_id} was withdrawn a moment ago")
            for one in told:
                recipients.add(conn, new.number, one.exchange.recipient, one.message_id, now)
                self.packing.queue(conn, one)
            for partner, reason in untold.items():
                _leave_word(conn, new, partner, reason, now)
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

    def _prepared_for(
        self,
        conn: Connection,
        document: Document,
        holders: Sequence[Recipient],
        actor: Actor,
        now: datetime,
    ) -> tuple[list[Prepared], dict[str, str]]:
        """Return the messages for those who may be told, and why each other may not, by partner."""
        told: list[Prepared] = []
        untold: dict[str, str] = {}
        for one in holders:
            try:
                told.append(self._prepared(conn, document, one, actor, now))
            except (StoreBusyError, StoreFullError):
                raise
            except NodeError as err:  # whatever it is, it is between us and this partner
                untold[one.partner] = f"{err} ({err.code})"
        return told, untold

    def _prepared(
        self, conn: Connection, document: Document, to: Recipient, actor: Actor, now: datetime
    ) -> Prepared:
        """Return the message for one recipient, for the purpose that the alert went there for."""
        letter = letters.get(conn, to.message_id)
        purpose = letter.exchange.purpose
        return self.corresponding.prepare(
            document,
            permit_sending(
                held_agreements(conn),
                sender=str(self.own.party),
                recipient=to.partner,
                code=WITHDRAWN,
                purpose=purpose,
                test=self.own.test,
                on=day_of(now),
                said=said_by(document),
                given_on=None,
            ),
            recipient=to.partner,
            code=WITHDRAWN,
            purpose=purpose,
            conversation_id=letter.conversation_id,
            at=now,
            made=Made(by=(actor.name,)),
        )

    def _document(self, alert: RiskAlert) -> Document:
        return encode_alert(
            alert,
            metadata=self.corresponding.metadata,
            registry=self.corresponding.library.registry,
        )


def _withdrawal(alert: RiskAlert, why: str, now: datetime) -> RiskAlert:
    """Return the version that withdraws an alert: nothing in it names anybody."""
    return replace(
        alert,
        function=WITHDRAWAL,
        version=alert.version + 1,
        issued_at=now,
        text=why,
        subjects=(),
        modus_operandi="",
        feedback_requested=False,
        indicators=(),
        measures=(),
        documents=(),
        attachments=(),
    )


def _leave_word(
    conn: Connection, withdrawal: HeldAlert, partner: str, why: str, at: datetime
) -> None:
    """Tell the desk of a partner that may hold a copy, and is not told by this node."""
    leave_notice(
        conn,
        "alert.untold",
        f"{withdrawal.issuer}.{withdrawal.alert_id}.{withdrawal.version}.{partner}",
        at,
        alert=withdrawal.alert_id,
        partner=partner,
        why=why,
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
