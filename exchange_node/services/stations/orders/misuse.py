"""MA-040: what a partner tells of its misuse of what it got is written down, and a person told."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.orders.breach import BreachNotice
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import NODE
from exchange_node.services.stations.faults import NOTICE_TAKEN
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.orders.taking import agreement_of
from exchange_node.store import audit
from exchange_node.store.orders import breaches
from exchange_node.store.orders.kept import Origin
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction
from exchange_node.wco.orders import decode_breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Misuses:
    """Takes notices of unauthorised use."""

    vault: Vault

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Write a notice down and leave word for the desk; one that comes again changes nothing.

        Raises:
            InvalidDocumentError: it cannot be read, or another notice has its id.
        """
        notice = decode_breach(opened.document)
        sender, digest = opened.incoming.sender, digest_of(notice)
        origin = Origin(
            direction=Direction.RECEIVED,
            partner=sender,
            message_id=opened.incoming.message_id,
            digest=digest,
            test=opened.exchange.test,
            by=NODE,
            at=now,
        )
        under = (opened.exchange.agreement_id, opened.exchange.agreement_version)
        due = due_at(agreement_of(conn, opened.exchange), notice.discovered_at)
        if not breaches.add(conn, notice, origin, under, due, self.vault):
            known = breaches.find(conn, Direction.RECEIVED, sender, notice.breach_id)
            if known is None or known.digest != digest:
                raise InvalidDocumentError((NOTICE_TAKEN.found(value=notice.breach_id),))
            return
        audited(conn, notice, origin, "breach.received")
        leave_notice(
            conn, "breach.received", f"{sender}.{notice.breach_id}", now,
            partner=sender, breach=notice.breach_id, misuse=notice.misuse.value,
            records=str(len(notice.records)), agreement=under[0], version=str(under[1]),
        )  # fmt: skip


def due_at(agreement: Agreement | None, discovered_at: datetime) -> datetime | None:
    """Return by when the supplier is to be told; None where there is no such moment."""
    if agreement is None or agreement.breach is None:
        return None
    try:
        return discovered_at + timedelta(hours=agreement.breach.notify_hours)
    except OverflowError:  # the end of the calendar, as a partner may name it
        return None


def digest_of(notice: BreachNotice) -> str:
    """Return what tells one notice from another: SHA-256 of all that it says."""
    plain = json.dumps(asdict(notice), sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def audited(conn: Connection, notice: BreachNotice, origin: Origin, action: str) -> None:
    """Write a notice into the audit: who, which, when; nothing of its words."""
    audit.write(
        conn,
        audit.AuditRecord(
            at=origin.at,
            actor=origin.by,
            action=action,
            subject_kind="breach",
            subject_key=notice.breach_id,
            message_id=origin.message_id,
            partner=origin.partner,
            facts={
                "misuse": notice.misuse.value,
                "discovered": notice.discovered_at.isoformat(),
                "records": str(len(notice.records)),
            },
        ),
    )
