"""Every look at a record leaves a line: who looked at what, when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor
from exchange_node.store import audit
from exchange_node.store.database import transaction

LONGEST_FACT = 200
"""Characters of what somebody asked for that are written down (our choice)."""


def looked(
    engine: Engine,
    actor: Actor,
    at: datetime,
    action: str,
    kind: str,
    key: str = "",
    *,
    movement: str = "",
    message_id: str = "",
    partner: str = "",
    **facts: str,
) -> None:
    """Write into the access log that an actor looked at something.

    Args:
        action: what was done: `look.manifest`, `look.alerts`, …
        kind, key: of what was looked at; no key where it was a list.
        facts: what was asked for, or how much was shown; nothing of the content.

    Raises:
        StoreError: the line could not be written; then nothing may be shown.
    """
    record = audit.AuditRecord(
        at=at,
        actor=actor.name,
        action=action,
        subject_kind=kind,
        subject_key=key,
        movement=movement,
        message_id=message_id,
        partner=partner,
        facts={name: value[:LONGEST_FACT] for name, value in facts.items()},
    )
    with transaction(engine) as conn:
        audit.write(conn, record)
