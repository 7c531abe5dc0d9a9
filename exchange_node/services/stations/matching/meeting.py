"""One alert and one manifest: what fits is kept as hits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.decision import Hit
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.matching import match
from exchange_node.store.records import hits
from exchange_node.store.records.held import HeldAlert, HeldManifest


def fitting(
    held: HeldAlert, alert: RiskAlert, view: TransitManifest, at: datetime
) -> tuple[Hit, ...]:
    """Return a hit for every subject of an alert that fits a manifest.

    An alert counts from the moment it is held, though it begins later: nobody looks again when it
    begins, and the issuer's clock may be ahead of ours.
    """
    return match(alert, view, max(at, held.valid_from))


def meet(
    conn: Connection,
    held: HeldAlert,
    alert: RiskAlert,
    manifest: HeldManifest,
    view: TransitManifest,
    at: datetime,
) -> tuple[Hit, ...]:
    """Keep and return what of an alert fits a manifest; what was kept before stays as it is."""
    found = fitting(held, alert, view, at)
    for hit in found:
        hits.record(conn, alert=held.number, manifest=manifest.number, hit=hit, at=at)
    return found
