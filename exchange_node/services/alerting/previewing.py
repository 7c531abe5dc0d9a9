"""An alert of ours + partners → what each of them would read, before anything is let go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import CORRECTED
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.retention import Kept
from exchange_node.policy.cutting import is_summary
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.gates import permit_sending
from exchange_node.policy.minimising import permit_conditions
from exchange_node.policy.minimising.conditions import said_by
from exchange_node.policy.verdict import Verdict
from exchange_node.services.alerting.correcting import CORRECTION
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.gate import alert_looked_at, require_view
from exchange_node.services.stations.looking.views import finding
from exchange_node.services.stations.outgoing import Packing
from exchange_node.store.database import reading
from exchange_node.store.records import alerts
from exchange_node.store.records.held import Direction
from exchange_node.wco.document import Document
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary

ALERT = "RA-010"


@dataclass(frozen=True, slots=True)
class Previewing:
    """Shows what an alert would say to each partner; nothing is queued, and nothing is sealed."""

    own: Administration
    library: WcoLibrary
    packing: Packing
    holding: Holding
    engine: Engine
    clock: Callable[[], datetime]

    def preview(
        self, actor: Actor, alert_id: str, *, to: Sequence[str], purpose: str
    ) -> dict[str, object]:
        """Return by partner what would leave, what would stay behind, and who lets it go.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: there is no such alert of ours.
            NotPermittedError, DisposedRecordError: the actor may not see it, or it is gone.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with reading(self.engine) as conn:
            try:
                held = alerts.by_id(
                    conn, alert_id, issuer=str(self.own.party), direction=Direction.SENT
                )
            except UnknownRecordError:
                held = None
        require_view(
            self.engine, actor, now, alert_looked_at(held) if held else None,
            action="look.alert", kind="alert", key=alert_id,
        )  # fmt: skip
        assert held is not None  # noqa: S101 - the gate lets nothing through that is not there
        with reading(self.engine) as conn:
            document = self.holding.document_of(conn, Kept.ALERT, held)
            code = CORRECTION if held.function == CORRECTED else ALERT
            agreements = held_agreements(conn)
        return {
            "alert_id": alert_id,
            "version": held.version,
            "partners": {
                one: self._for(document, agreements, one, code, purpose, now)
                for one in dict.fromkeys(to)
            },
        }

    def _for(
        self,
        document: Document,
        agreements: Sequence[HeldAgreement],
        partner: str,
        code: str,
        purpose: str,
        now: datetime,
    ) -> dict[str, object]:
        verdict = permit_sending(
            agreements,
            sender=str(self.own.party),
            recipient=partner,
            code=code,
            purpose=purpose,
            test=self.own.test,
            on=day_of(now),
            said=said_by(document),
        )
        agreement, grant = verdict.agreement, verdict.grant
        if not verdict.is_permitted or agreement is None or grant is None:
            return _denied(verdict)
        condition = permit_conditions(document, grant, code=code)
        if not condition.is_permitted:
            return _denied(condition)
        left = self.packing.minimised(document, agreement, grant)
        return {
            "permitted": True,
            "grant": grant.grant_id,
            "clause": grant.clause,
            "officers": grant.approval.value,
            "summary_only": is_summary(left.document),
            "reads": [
                {"at": leaf.pointer, "value": leaf.value}
                for leaf in left.document.leaves()
                if leaf.path.startswith("InterGov/")
            ],
            "withheld": list(dict.fromkeys(one.path for one in left.withheld)),
            "masked": list(dict.fromkeys(one.path for one in left.masked)),
            "findings": [
                finding(one) for one in validate(left.document, self.library, day_of(now))
            ],
        }


def _denied(verdict: Verdict) -> dict[str, object]:
    return {
        "permitted": False,
        "code": verdict.code.value,
        "clause": verdict.clause,
        "why": verdict.text,
    }
