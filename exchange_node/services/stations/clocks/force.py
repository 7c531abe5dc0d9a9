"""An alert that was withdrawn: out of force, its content gone; a tombstone without names stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.orders.order import RecordName
from exchange_node.domain.retention import Kept
from exchange_node.policy.disposal import permit_ordered
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.store import audit
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.held import AlertState, HeldAlert
from exchange_node.store.retention import disposals, due, holds

NODE = "node"


def is_withdrawn(conn: Connection, alert: HeldAlert) -> bool:
    """Whether a later version took an alert back, that overtook it on its way."""
    return any(
        one.version > alert.version and one.state is AlertState.WITHDRAWN
        for one in alerts.versions(conn, alert.issuer, alert.alert_id)
    )


def bury(conn: Connection, judging: Judging, alert: HeldAlert, at: datetime) -> int:
    """Put a partner's alert out of force and delete what it says; return what it had fitted.

    A legal hold keeps the content, as it does when its deletion is ordered; out of force it is all
    the same.
    """
    fitted = {one.manifest for one in hits.of_alert(conn, alert.number)}
    put_out_of_force(conn, judging, alert, by=NODE, at=at)
    name = RecordName(
        kind=Kept.ALERT, subject=f"{alert.issuer}/{alert.alert_id}", version=alert.version
    )
    found = due.named(conn, name, alert.partner)
    if found is None or found.gone_at is not None or not due.lock(conn, found.stamp):
        return len(fitted)
    hold = holds.standing(conn, Kept.ALERT, found.stamp.subject)
    verdict = permit_ordered(held_agreements(conn), found.stamp, hold, at)
    if verdict.is_permitted:
        disposals.dispose(
            conn, found.stamp, clause=f"{verdict.clause}; withdrawn by its issuer",
            due_at=at, at=at,
        )  # fmt: skip
    audit.write(
        conn,
        audit.AuditRecord(
            at=at, actor=NODE, action="alert.withdrawn", subject_kind="alert",
            subject_key=alert.alert_id, partner=alert.partner,
            facts={"version": str(alert.version), "fitted": str(len(fitted)),
                   "content": "deleted" if verdict.is_permitted else "held"},
        ),
    )  # fmt: skip
    return len(fitted)


def put_out_of_force(
    conn: Connection, judging: Judging, alert: HeldAlert, *, by: str, at: datetime
) -> bool:
    """Let an alert count no more; the channels that rested on it are decided anew.

    Its hits stay, and say that it is withdrawn. Returns False where it was not in force.
    """
    hits.queue_as_alert(conn)
    if not alerts.advance(conn, alert.number, AlertState.WITHDRAWN, by=by, at=at):
        return False
    for number in sorted({one.manifest for one in hits.of_alert(conn, alert.number)}):
        held = manifests.get(conn, number)
        judging.judge(conn, held, at)
    return True
