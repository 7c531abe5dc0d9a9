"""RA-021: what a partner tells of an alert of ours is filed, and its desk here told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.alerting.feedback import check
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import until
from exchange_node.services.stations.faults import FEEDBACK_TAKEN, NOT_YOURS
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.alerting import feedback
from exchange_node.store.alerting.feedback import Came
from exchange_node.store.payloads import Vault
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.held import Direction
from exchange_node.store.records.recipients import RecipientState
from exchange_node.wco.alert_codec import decode_feedback

NODE = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedbacks:
    """Takes what partners tell of what came of our alerts."""

    own: Administration
    vault: Vault

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """File a feedback on an alert that its sender was sent, whatever became of it since.

        A control that was done stays done: what comes after a withdrawal, a correction or the end
        of validity is filed as well.

        Raises:
            InvalidDocumentError: it cannot be read, contradicts itself, is on an alert that was not
                sent to the partner, or its reference is that of another text.
        """
        said = decode_feedback(opened.document)
        if findings := check(said):
            raise InvalidDocumentError(findings)
        held = alerts.find(conn, str(self.own.party), said.alert_id, said.alert_version)
        sent = recipients.of_alert(conn, held.number) if held else []
        to_sender = [one for one in sent if one.partner == opened.incoming.sender]
        if held is None or not to_sender:
            raise InvalidDocumentError((NOT_YOURS.found(value=said.alert_id),))
        is_new = feedback.file(
            conn,
            said,
            Came(
                alert=held,
                direction=Direction.RECEIVED,
                message_id=opened.incoming.message_id,
                by=NODE,
                at=now,
                until=until(opened, now),
            ),
            opened.document.to_bytes(),  # as far as its grant lets it be read
            self.vault,
        )
        if not is_new:
            raise InvalidDocumentError((FEEDBACK_TAKEN.found(value=said.reference),))
        # Who has controlled something has seen the alert, whether that word arrives or not.
        recipients.mark(conn, to_sender[0].message_id, RecipientState.ACKNOWLEDGED, said.issued_at)
        leave_notice(
            conn,
            "alert.feedback",
            f"{said.issuer}.{said.reference}",
            now,
            alert=said.alert_id,
            partner=said.issuer,
            result=said.result.value,
            seizure="yes" if said.is_seizure else "no",
        )
