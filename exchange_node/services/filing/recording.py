"""What became of a message that was filed → the audit and the log."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange_node.domain.finding import Finding
from exchange_node.domain.message import Exchange
from exchange_node.store import audit
from exchange_node.store.incoming import Incoming

log = structlog.get_logger()

FILING = "filing"
"""The walk's name in the audit."""


def record_filed(
    conn: Connection,
    incoming: Incoming,
    exchange: Exchange,
    now: datetime,
    *,
    accepted: bool,
    findings: tuple[Finding, ...],
) -> None:
    """Write down what became of a message."""
    rules = ", ".join(sorted({one.code for one in findings}))
    audit.write(
        conn,
        audit.AuditRecord(
            at=now,
            actor=FILING,
            action="message.filed" if accepted else "message.rejected",
            subject_kind="conversation",
            subject_key=incoming.header.get("conversation", ""),
            message_id=incoming.message_id,
            partner=incoming.sender,
            facts={"message": exchange.code, "rules": rules},
        ),
    )
    log.info(
        "filed" if accepted else "rejected",
        message_id=incoming.message_id,
        partner=incoming.sender,
        code=exchange.code,
        rules=rules,
    )
