"""A message that waits for officers is kept back for good → settled, told, and in the audit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.finding import Finding
from exchange_node.domain.releasing.release import Release
from exchange_node.services.stations.faults import NOT_RELEASED
from exchange_node.services.stations.letters.telling import tell_owner
from exchange_node.services.stations.waiting.room import tell
from exchange_node.store import audit
from exchange_node.store.records import submissions
from exchange_node.store.releasing import releases


def refuse(conn: Connection, one: Release, by: str, why: str, at: datetime) -> Release:
    """Keep a message back for good; its row is locked by the caller.

    Raises:
        ReleaseNotNowError: it waits no longer.
    """
    after = one.refused(by, why, at)
    end(conn, after, NOT_RELEASED.found(by=by, why=why), at)
    record(conn, after, at, "release.refused", actor=by, why=why)
    tell(conn, "release.refused", after, at)
    return after


def end(conn: Connection, after: Release, found: Finding, at: datetime) -> None:
    """Settle a message that does not leave, and say so to whatever wrote it."""
    releases.settle(conn, after)
    tell_owner(conn, after.message_id, at)
    submissions.advance(conn, after.message_id, submissions.State.REFUSED, at=at, findings=(found,))


def record(
    conn: Connection, one: Release, at: datetime, action: str, *, actor: str, **facts: str
) -> None:
    """Write a line about a message of the waiting room into the audit."""
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=actor,
            action=action,
            subject_kind="release",
            subject_key=one.message_id,
            message_id=one.message_id,
            partner=one.exchange.recipient,
            facts={"message": one.exchange.code, "digest": one.digest, **facts},
        ),
    )
