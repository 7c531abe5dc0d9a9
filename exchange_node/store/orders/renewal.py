"""A corrected record: what lists, look-up and matching have of it is replaced, its hits forgotten.

The caller holds the gate (`hits.queue_as_alert`) and matches anew. The sealed document stays. What
alerts hit that are over, nobody finds anew: that stays, and says which criteria fitted, no value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.search.alerts import is_not_over
from exchange_node.store.tables import alert, alert_key, hit, manifest, manifest_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from exchange_node.domain.alert import RiskAlert
    from exchange_node.store.records.held import HeldManifest


def of_manifest(
    conn: Connection,
    held: HeldManifest,
    keys: Iterable[tuple[str, str]],
    at: datetime,
    roles: manifests.Roles = manifests.NO_ROLES,
) -> None:
    """Renew a manifest: `held` as it is read now, by number."""
    conn.execute(
        update(manifest)
        .where(manifest.c.number == held.number)
        .values(
            offices=list(held.offices),
            means=list(held.means),
            equipment=list(held.equipment),
            seals=list(held.seals),
            expected_arrival=held.expected_arrival,
        )
    )
    conn.execute(delete(manifest_key).where(manifest_key.c.manifest == held.number))
    manifests.add_keys(conn, held, keys, roles)
    matched = select(alert.c.number).where(is_not_over(at))
    conn.execute(delete(hit).where(hit.c.manifest == held.number, hit.c.alert.in_(matched)))
    hits.empty(conn, hit.c.manifest == held.number)


def of_alert(
    conn: Connection,
    number: int,
    now: RiskAlert,
    keys: Iterable[tuple[str, str, int]],
    *,
    is_matched: bool,
) -> list[int]:
    """Renew an alert as it is read now; return the manifests that it had hit, by number.

    `is_matched`: whether the caller matches it anew; it does not where the alert is over.
    """
    conn.execute(update(alert).where(alert.c.number == number).values(alerts.listed(now)))
    conn.execute(delete(alert_key).where(alert_key.c.alert == number))
    alerts.add_keys(conn, number, now, keys)
    fitted = conn.execute(select(hit.c.manifest).where(hit.c.alert == number).distinct())
    found = sorted(fitted.scalars())
    if is_matched:
        conn.execute(delete(hit).where(hit.c.alert == number))
    else:
        hits.empty(conn, hit.c.alert == number)
    return found
