"""What is said of a search: in the audit, and to the desk where it went on in portions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit
from exchange_node.store.records.held import HeldAlert
from exchange_node.store.records.search.progress import Search, Stage

log = structlog.get_logger()

NODE = "node"


def search_of(one: Search | None) -> dict[str, object] | None:
    """Return how far an alert has been held against what was here before it, as doors show it.

    None for an alert that counts not yet, or was held against everything before that was kept.
    """
    if one is None:
        return None
    return {
        "stage": one.stage.value,
        "looked_at": one.looked,
        "candidates": one.candidates,
        "fitting": one.fitted,
        "unread": one.unread,
        "begun_at": one.begun_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }


def finish(conn: Connection, held: HeldAlert, search: Search, at: datetime) -> None:
    """Tell that a search that went on in portions is over."""
    tell(conn, held, search, at, "alert.matched")
    if search.stage is Stage.ENDED:
        return
    leave_notice(
        conn,
        "alert.matched",
        f"{held.issuer}.{held.alert_id}.{held.version}.{search.round}",
        at,
        alert=held.alert_id,
        issuer=held.issuer,
        severity=str(held.severity),
        fitting=str(search.fitted),
        looked=str(search.looked),
        unread=str(search.unread),
    )


def tell(conn: Connection, held: HeldAlert, search: Search, at: datetime, action: str) -> None:
    """Write into the audit how far a search is."""
    audit.write(
        conn,
        audit.AuditRecord(
            at=at, actor=NODE, action=action, subject_kind="alert", subject_key=held.alert_id,
            partner=held.partner,
            facts={
                "version": str(held.version),
                "stage": search.stage.value,
                "looked": str(search.looked),
                "fitting": str(search.fitted),
                "unread": str(search.unread),
            },
        ),
    )  # fmt: skip
    log.info(action.replace(".", "-"), alert=held.alert_id, looked=search.looked)


def tell_unread(
    conn: Connection, held: HeldAlert, unread: Sequence[tuple[int, str]], at: datetime
) -> None:
    """Write into the audit which manifests an alert could not be held against."""
    lines = [
        audit.AuditRecord(
            at=at, actor=NODE, action="alert.unmatched", subject_kind="manifest",
            subject_key=str(number), partner=held.partner,
            facts={"alert": held.alert_id, "version": str(held.version), "error": why},
        )
        for number, why in unread
    ]  # fmt: skip
    if lines:
        audit.write_all(conn, lines)
        log.warning("manifests-not-matched", alert=held.alert_id, count=len(lines))
