"""Orders and corrections → plain values, as the doors show them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.orders.order import CERTIFIED, Kind
from exchange_node.domain.retention import Kept
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.letters.showing import shown
from exchange_node.services.stations.looking.gate import (
    Looked,
    alert_looked_at,
    manifest_looked_at,
    weighed,
)
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.registers.naming import Names
from exchange_node.store.orders import orders, standing
from exchange_node.store.orders.kept import KeptItem, KeptOrder
from exchange_node.store.payloads import Vault
from exchange_node.store.records import alerts, manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters


def order(conn: Connection, one: KeptOrder, at: datetime) -> View:
    """Return an order with what became of each record; nothing of their content.

    `letter` is the message of ours about it: the order itself, or our newest certificate.
    """
    letter = (
        letters.find(conn, one.message_id)
        if one.direction is Direction.SENT
        else letters.latest(conn, CERTIFIED, one.order_id, one.partner)
    )
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
        "letter": shown(letter),
        "delete_after": one.delete_after.isoformat() if one.delete_after else None,
        "disposed_at": one.disposed_at.isoformat() if one.disposed_at else None,
        "records": [_item(item) for item in one.items],
    }


NAMED = ("message_id", "version", "record", "digest", "handed_to")
"""What says which record an order is about, beside the subject."""


def order_to(names: Names, one: KeptOrder, at: datetime) -> View:
    """Return an order as one reader may see it: records that he may not know of have no name."""
    shown = order(names.conn, one, at)
    return shown | {"records": names.lines(shown["records"], *NAMED)}


def said(conn: Connection, one: KeptOrder, vault: Vault, actor: Actor, at: datetime) -> View:
    """Return why it was ordered, and the values that it corrects in what the actor may see."""
    held = held_agreements(conn)
    names = Names(conn, actor, at)
    may_all = all(names.may(item.name.kind, item.name.subject) for item in one.items)
    return {
        "why": orders.why(conn, one, vault) if may_all else "",
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
        for one, item in standing.corrections(conn, kind, record)
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
