"""Orders and corrections → plain values, as the doors show them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.orders.order import Kind
from exchange_node.domain.retention import Kept
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.gate import (
    Looked,
    alert_looked_at,
    manifest_looked_at,
    weighed,
)
from exchange_node.services.stations.looking.views import View
from exchange_node.store.orders import orders
from exchange_node.store.orders.kept import KeptItem, KeptOrder
from exchange_node.store.payloads import Vault
from exchange_node.store.records import alerts, manifests


def order(one: KeptOrder, at: datetime) -> View:
    """Return an order with what became of each record; nothing of their content."""
    return {
        "order_id": one.order_id,
        "direction": one.direction.value,
        "partner": one.partner,
        "kind": one.kind.value,
        "ground": one.ground.value,
        "message_id": one.message_id,
        "ordered_at": one.ordered_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "overdue": one.is_overdue(at),
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "by": one.recorded_by,
        "records": [_item(item) for item in one.items],
    }


def said(conn: Connection, one: KeptOrder, vault: Vault, actor: Actor, at: datetime) -> View:
    """Return why it was ordered, and the values that it corrects in what the actor may see."""
    held = held_agreements(conn)
    return {
        "why": orders.why(conn, one, vault),
        "values": [
            {"record": item.position, "pointer": value.pointer, "old": value.old, "new": value.new}
            for item in one.items
            if item.record is not None
            and weighed(
                conn, held, actor, _looked_at(conn, item.name.kind, item.record), purpose="", at=at
            ).may_be_listed
            for value in orders.corrections_in(conn, item, vault)
        ],
    }


def _looked_at(conn: Connection, kind: Kept, record: int) -> Looked:
    if kind is Kept.MANIFEST:
        return manifest_looked_at(manifests.get(conn, record))
    return alert_looked_at(alerts.by_number(conn, record))


def corrections(conn: Connection, kind: Kept, record: int, vault: Vault) -> list[View]:
    """Return every value of a record that its supplier has corrected since it came."""
    return [
        {
            "pointer": value.pointer,
            "old": value.old,
            "new": value.new,
            "order": one.order_id,
            "at": item.certified.at.isoformat() if item.certified else None,
        }
        for one, item in orders.standing(conn, kind, record)
        if one.kind is Kind.CORRECTION
        for value in orders.corrections_in(conn, item, vault)
    ]


def _item(item: KeptItem) -> View:
    done = item.certified
    return {
        "kind": item.name.kind.value,
        "subject": item.name.subject,
        "message_id": item.name.message_id,
        "version": item.name.version,
        "record": item.record,
        "outcome": done.outcome.value if done else "open",
        "ground": done.ground.value if done and done.ground else "",
        "at": done.at.isoformat() if done else None,
        "digest": done.digest if done else "",
        "handed_to": list(done.handed_to) if done else [],
        "certificate": item.certificate_id,
    }
