"""What the audit and the log say of a decision on a document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange_node.domain.finding import Finding
from exchange_node.domain.message import Exchange
from exchange_node.store import audit
from exchange_node.store.incoming import Incoming
from exchange_node.store.records.submissions import Submission

log = structlog.get_logger()


def submission_record(one: Submission, *, purpose: str) -> audit.AuditRecord:
    """Return what the audit says of a submission as it was recorded."""
    return audit.AuditRecord(
        at=one.at,
        actor=one.submitted_by,
        action="submission.refused" if one.is_refused else "submission.queued",
        subject_kind="submission",
        subject_key=one.submission_id,
        movement=one.movement,
        message_id=one.message_id,
        partner=one.partner,
        facts={
            "format": one.format,
            "purpose": purpose,
            "digest": one.digest,
            "rules": _rules(one.findings),
        },
    )


def record_message(
    conn: Connection,
    incoming: Incoming,
    exchange: Exchange,
    findings: Iterable[Finding],
    *,
    accepted: bool,
    at: datetime,
) -> None:
    """Write of a message that came that it was filed, or refused."""
    rules = _rules(findings)
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor="filing",
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


def _rules(findings: Iterable[Finding]) -> str:
    return ", ".join(sorted({one.code for one in findings}))
