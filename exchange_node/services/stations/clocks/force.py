"""An alert taken back or corrected: out of force, its content gone; a tombstone stays.

A later version puts every earlier one out of force, whichever of them came first.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.alert import CORRECTED, WITHDRAWAL
from exchange_node.domain.orders.order import RecordName
from exchange_node.domain.retention import Kept
from exchange_node.policy.disposal import permit_ordered
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.store import audit
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.held import IN_FORCE, AlertState, HeldAlert
from exchange_node.store.retention import disposals, due, holds

NODE = "node"


def standing(conn: Connection, issuer: str, alert_id: str) -> HeldAlert | None:
    """Return the last version of an alert that is more than a draft; None where there is none."""
    found = alerts.versions(conn, issuer, alert_id)
    return next((one for one in found if one.state in IN_FORCE), None)


def overtaken_by(conn: Connection, alert: HeldAlert) -> AlertState | None:
    """Return what later versions made of one that comes after them: withdrawn, superseded.

    None where none of them took its place.
    """
    later = [
        one
        for one in alerts.versions(conn, alert.issuer, alert.alert_id)
        if one.version > alert.version and one.state in IN_FORCE
    ]
    if any(one.function == WITHDRAWAL for one in later):
        return AlertState.WITHDRAWN
    return AlertState.SUPERSEDED if any(one.function == CORRECTED for one in later) else None


def bury(conn: Connection, judging: Judging, alert: HeldAlert, to: AlertState, at: datetime) -> int:
    """Put a partner's alert out of force and delete what it says; return what it had fitted.

    A legal hold keeps the content, as it does when its deletion is ordered; out of force it is all
    the same.
    """
    fitted = {one.manifest for one in hits.of_alert(conn, alert.number)}
    put_out_of_force(conn, judging, alert, to, by=NODE, at=at)
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
            conn, found.stamp, clause=f"{verdict.clause}; {to.value} by its issuer",
            due_at=at, at=at,
        )  # fmt: skip
    audit.write(
        conn,
        audit.AuditRecord(
            at=at, actor=NODE, action=f"alert.{to.value}", subject_kind="alert",
            subject_key=alert.alert_id, partner=alert.partner,
            facts={"version": str(alert.version), "fitted": str(len(fitted)),
                   "content": "deleted" if verdict.is_permitted else "held"},
        ),
    )  # fmt: skip
    return len(fitted)


def put_out_of_force(
    conn: Connection, judging: Judging, alert: HeldAlert, to: AlertState, *, by: str, at: datetime
) -> bool:
    """Let an alert count no more; the channels that rested on it are decided anew.

    Its hits stay, and say what became of it. Returns False where its state has no way there.
    """
    hits.queue_as_alert(conn)
    if not alerts.advance(conn, alert.number, to, by=by, at=at):
        return False
    judge_anew(conn, judging, alert.number, at)
    return True


def judge_anew(conn: Connection, judging: Judging, number: int, at: datetime) -> None:
    """Decide the channel of every manifest anew that an alert fitted."""
    for one in sorted({hit.manifest for hit in hits.of_alert(conn, number)}):
        judging.judge(conn, manifests.get(conn, one), at)
