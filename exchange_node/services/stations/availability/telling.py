"""Outages → finished messages to partners, queued and audited in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange_node.domain.availability.outage import Outage
from exchange_node.domain.standing import AVAILABILITY
from exchange_node.services.stations.departure.standing import StandingMail
from exchange_node.store import audit
from exchange_node.wco.registry import Registry
from exchange_node.wco.system_codec.availability import encode_outages

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingOutages:
    """Tells partners when this node is away."""

    mail: StandingMail
    registry: Registry
    new_id: Callable[[], str]

    def tell(
        self,
        conn: Connection,
        partner: str,
        outages: Sequence[Outage],
        *,
        code: str,
        at: datetime,
    ) -> str:
        """Queue a notice or a schedule; return the id of the message.

        Raises:
            MissingSettingError: no card of the partner is held.
            InvalidDocumentError: a reason has characters that XML has no room for.
        """
        number = self.new_id()
        document = encode_outages(
            outages,
            code=code,
            number=number,
            party=str(self.mail.own.party),
            at=at,
            metadata=self.mail.metadata,
            registry=self.registry,
        )
        prepared = self.mail.prepare(
            document, AVAILABILITY, code=code, partner=partner, conversation_id=number, at=at
        )
        self.mail.packing.queue(conn, prepared)
        return prepared.message_id


def record(
    conn: Connection,
    what: str,
    outage: Outage,
    actor: str,
    at: datetime,
    *,
    message_id: str = "",
    partner: str = "",
) -> None:
    """Write into audit and log what was said of an outage; its reason is left to the record."""
    functions = " ".join(one.value for one in outage.functions)
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=actor,
            action=f"outage.{what}",
            subject_kind="outage",
            subject_key=outage.number,
            message_id=message_id,
            partner=partner,
            facts={
                "functions": functions,
                "begins": outage.begins.isoformat(),
                "ends": outage.ends.isoformat(),
                "meanwhile": outage.meanwhile.value,
            },
        ),
    )
    log.info("outage", what=what, party=outage.party, number=outage.number, functions=functions)
