"""The plain keys of a draft → an alert, its document, what the rules find → kept as a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.agreement import Administration, Handling
from exchange_node.domain.alert import RiskAlert
from exchange_node.services.stations.alert_draft import alert_from
from exchange_node.services.stations.alerting.joining import require_joined
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.holding import Holding
from exchange_node.store import audit
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import AlertState, Direction, HeldAlert
from exchange_node.wco.alert_codec import encode_alert
from exchange_node.wco.document import Document
from exchange_node.wco.rules.library import WcoLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """Makes drafts of this administration's alerts, and keeps them."""

    own: Administration
    library: WcoLibrary
    corresponding: Corresponding
    holding: Holding
    new_id: Callable[[], str]

    def made(self, plain: Mapping[str, object], at: datetime) -> RiskAlert:
        """Return the first version of an alert, with an id of its own.

        Raises:
            InvalidAlertError: a key is unknown or unusable.
        """
        party = str(self.own.party)
        alert_id = f"{party}-{at.year}-{self.new_id()[-12:]}"
        return alert_from(plain, issuer=party, alert_id=alert_id, at=at)

    def document(self, alert: RiskAlert) -> Document:
        """Return an alert as it is kept and sent.

        Raises:
            InvalidDocumentError: a value has no place in the document.
        """
        metadata = self.corresponding.metadata
        return encode_alert(alert, metadata=metadata, registry=self.library.registry)

    def keep(
        self,
        conn: Connection,
        actor: Actor,
        alert: RiskAlert,
        document: Document,
        at: datetime,
        **facts: str,
    ) -> HeldAlert:
        """Keep an alert as a draft, with a line in the audit.

        Raises:
            InvalidAlertError: it belongs to an operation that it may not belong to.
        """
        require_joined(conn, alert, at)
        held = self.holding.file_alert(
            conn,
            alert,
            Origin(
                direction=Direction.SENT,
                state=AlertState.DRAFTED,
                handling=Handling.CONFIDENTIAL,
                test=self.own.test,
                by=actor.name,
                at=at,
            ),
            document.to_bytes(),
        )
        line = audit.AuditRecord(
            at=at,
            actor=actor.name,
            action="alert.drafted",
            subject_kind="alert",
            subject_key=held.alert_id,
            partner=held.partner,
            facts=facts,
        )
        audit.write(conn, line)
        return held
