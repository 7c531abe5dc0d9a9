"""Kinds of what a retention ends for → their tables, what names them, from when they are kept."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exchange_node.domain.retention import Kept, Stamp
from exchange_node.store.tables import (
    acknowledgement,
    alert,
    alert_feedback,
    assistance_paper,
    breach,
    manifest,
    record_order,
)

if TYPE_CHECKING:
    from sqlalchemy import Row

TABLES = MappingProxyType(
    {
        Kept.MANIFEST: manifest,
        Kept.ALERT: alert,
        Kept.ASSISTANCE: assistance_paper,
        Kept.ORDER: record_order,
        Kept.BREACH: breach,
        Kept.FEEDBACK: alert_feedback,
        Kept.ACKNOWLEDGEMENT: acknowledgement,
    }
)

SUBJECTS: MappingProxyType[Kept, Any] = MappingProxyType(
    {
        Kept.MANIFEST: manifest.c.movement,
        Kept.ALERT: alert.c.issuer + "/" + alert.c.alert_id,
        Kept.ASSISTANCE: assistance_paper.c.subject,
        Kept.ORDER: record_order.c.order_id,
        Kept.BREACH: breach.c.breach_id,
        Kept.FEEDBACK: alert_feedback.c.subject,
        Kept.ACKNOWLEDGEMENT: acknowledgement.c.subject,
    }
)
"""What a legal hold names, in the columns of each."""

BEGINS: MappingProxyType[Kept, Any] = MappingProxyType(
    {
        Kept.MANIFEST: manifest.c.stored_at,
        Kept.ALERT: alert.c.kept_since,
        Kept.ASSISTANCE: assistance_paper.c.kept_since,
        Kept.ORDER: record_order.c.recorded_at,
        Kept.BREACH: breach.c.recorded_at,
        Kept.FEEDBACK: alert_feedback.c.stored_at,
        Kept.ACKNOWLEDGEMENT: acknowledgement.c.stored_at,
    }
)
"""From when retention counts."""

_SUBJECT = MappingProxyType(
    {Kept.MANIFEST: "movement", Kept.ORDER: "order_id", Kept.BREACH: "breach_id"}
)


def stamp_of(kind: Kept, row: Row[Any]) -> Stamp:
    """Return what a row of a kind's table carries of the agreement that it is kept under."""
    return Stamp(
        kind=kind,
        number=row.number,
        subject=(
            f"{row.issuer}/{row.alert_id}"
            if kind is Kept.ALERT
            else getattr(row, _SUBJECT.get(kind, "subject"))
        ),
        partner=row.partner,
        message_id=row.message_id,
        agreement_id=row.agreement_id,
        agreement_version=row.agreement_version,
        grant=row.grant_id,
        kept_since=getattr(row, BEGINS[kind].key),
        delete_after=row.delete_after,
    )
