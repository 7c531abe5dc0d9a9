"""The line in the audit of a register that was told what became of a message of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.releasing.fate import Fate
from exchange_node.store import audit
from exchange_node.store.releasing.letters import Letter


def audited(conn: Connection, letter: Letter, at: datetime, kind: str, **facts: str) -> None:
    """Write what became of a message into the audit, under what it is about."""
    said = "undelivered" if letter.has_ended else "delivered"
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=letter.partner if letter.fate is Fate.REJECTED else "node",
            action=f"{kind}.{said}",
            subject_kind=kind,
            subject_key=letter.conversation_id,
            message_id=letter.message_id,
            partner=letter.partner,
            facts={"message": letter.code, "fate": letter.fate.value, "why": letter.why, **facts},
        ),
    )
