"""What a partner is told of what it sent: receipt or error, signed as agreed with it.

Before a partner is authenticated it learns the error's code and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.errors import NodeError, StoreError
from exchange_node.domain.transmission.content import Content, NewSpool
from exchange_node.ebms.message import Limits, OwnKeys, Packed, PartnerKeys, Received
from exchange_node.ebms.signals import error_for, receipt_for
from exchange_node.ebms.unpack import peek
from exchange_node.services.stations.notices import leave_identity_notice
from exchange_node.services.stations.traffic.strangers import Strangers
from exchange_node.store import audit
from exchange_node.store.database import transaction

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Writes receipts and errors, and records what was refused."""

    engine: Engine
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    limits: Limits
    new_spool: NewSpool
    new_message_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]
    strangers: Strangers = field(default_factory=Strangers)

    def receipt(self, received: Received, now: datetime) -> Packed:
        """Return the receipt for a message."""
        return receipt_for(
            received,
            message_id=self.new_message_id(),
            at=now,
            keys=self.keys,
            random_bytes=self.random_bytes,
        )

    def error(
        self,
        err: NodeError,
        partner: PartnerKeys | None,
        message_id: str,
        now: datetime,
        *,
        explains: bool,
    ) -> Packed:
        """Return an error about a message, signed where it is known for whom."""
        return error_for(
            err,
            ref_to=message_id or None,
            message_id=self.new_message_id(),
            at=now,
            random_bytes=self.random_bytes,
            keys=self.keys,
            partner=partner,
            explains=explains,
        )

    def refuse(
        self, err: NodeError, partner: str, content_type: str, body: Content, now: datetime
    ) -> Packed:
        """Record a refusal and return the error to answer; `partner` is empty for nobody known.

        Raises:
            StoreError: the refusal could not be recorded.
        """
        message_id = peek(content_type, body, self.limits, self.new_spool) or ""
        is_identity = self.record_refusal(err, partner, message_id, now)
        explains = bool(partner) and not is_identity
        known = self.partners.get(partner)
        return self.error(err, known, message_id, now, explains=explains)

    def record_refusal(self, err: NodeError, partner: str, message_id: str, now: datetime) -> bool:
        """Write a refusal into the audit; return whether it is about who somebody is.

        Then the operator is told. Of nobody known so many a minute are written, the others counted.

        Raises:
            StoreError: it could not be recorded.
        """
        if not partner:
            self.count_strangers(now)
            if not self.strangers.is_recorded(err.code, now):
                return True  # whatever it is about: a stranger learns the code alone
        log.warning("refused", partner=partner, message_id=message_id, code=err.code, why=str(err))
        with transaction(self.engine) as conn:
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now,
                    actor="reception",
                    action="message.refused",
                    message_id=message_id,
                    partner=partner,
                    facts={"code": err.code, "why": str(err)},
                ),
            )
            return leave_identity_notice(conn, err, partner, now)

    def count_strangers(self, now: datetime, *, is_last: bool = False) -> int:
        """Write how many refusals of strangers were not recorded, when their minute has ended.

        Return how many lines were written. `is_last` writes it at once: the node is stopping.

        Raises:
            StoreError: it could not be recorded; the count is kept.
        """
        counted = self.strangers.take(now, is_last=is_last)
        if counted is None:
            return 0
        log.warning("refused-strangers", **counted.facts)
        record = audit.AuditRecord(
            at=now, actor="reception", action="message.refused-counted", facts=counted.facts
        )
        try:
            with transaction(self.engine) as conn:
                audit.write(conn, record)
        except StoreError:
            self.strangers.give_back(counted)
            raise
        return 1
