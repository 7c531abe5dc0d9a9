"""The register of orders: each once for each partner, with what became of each record it names.

Reasons and values are payloads: they may name persons, and the values of a record go when it goes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.orders.order import (
    Certified,
    Correction,
    Outcome,
    RecordOrder,
)
from exchange_node.domain.retention import Kept
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.orders.kept import KeptItem, KeptOrder, Origin, order_of
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import record_order as table
from exchange_node.store.tables import record_order_item as items

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from exchange_node.store.payloads import Vault

_OPEN = ("", Outcome.HELD.value)
"""Outcomes that are not the end."""


def add(
    conn: Connection,
    order: RecordOrder,
    origin: Origin,
    records: Sequence[int | None],
    vault: Vault,
) -> int | None:
    """Write an order down; return its number, or None where one of that id is there already.

    `records` are the numbers of our own records, one for each that the order names.
    """
    key = f"order/{origin.direction}/{origin.partner}/{order.order_id}"
    values = {
        "direction": origin.direction,
        "partner": origin.partner,
        "order_id": order.order_id,
        "message_id": origin.message_id,
        "digest": origin.digest,
        "kind": order.kind,
        "ground": order.ground,
        "test": origin.test,
        "ordered_at": order.at,
        "due_at": order.due_at,
        "recorded_at": origin.at,
        "recorded_by": origin.by,
        "settled_at": None,
        "why_id": None,
    }
    if not add_once(conn, table, values):
        return None
    number: int = conn.execute(
        select(table.c.number).where(*_named(origin.direction, origin.partner, order.order_id))
    ).scalar_one()
    if order.why:
        payloads.keep(conn, f"{key}/why", order.why.encode(), vault)
        conn.execute(update(table).where(table.c.number == number).values(why_id=f"{key}/why"))
    for position, (name, record) in enumerate(zip(order.records, records, strict=True), start=1):
        corrections = order.corrections_of(position)
        values_id = f"{key}/{position}" if corrections else None
        if values_id is not None:
            payloads.keep(conn, values_id, _plain(corrections), vault)
        conn.execute(
            insert(items).values(
                of_order=number, position=position, kind=name.kind, subject=name.subject,
                message_id=name.message_id, version=name.version, record=record, outcome="",
                ground="", at=None, digest="", handed_to=[], certificate_id="", values_id=values_id,
            )
        )  # fmt: skip
    return number


def get(conn: Connection, number: int, *, lock: bool = False) -> KeptOrder:
    """Return an order; with `lock` nobody else settles it before the transaction ends.

    Raises:
        UnknownRecordError: there is none of that number.
    """
    query = select(table).where(table.c.number == number)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="order", key=str(number))
    return order_of(conn, row)


def find(
    conn: Connection, direction: Direction, partner: str, order_id: str, *, lock: bool = False
) -> KeptOrder | None:
    """Return the order of an id to, or of, a partner, if there is one."""
    query = select(table).where(*_named(direction, partner, order_id))
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else order_of(conn, row)


def of_id(conn: Connection, order_id: str) -> list[KeptOrder]:
    """Return what goes under an order's id: one order for each partner."""
    rows = conn.execute(select(table).where(table.c.order_id == order_id).order_by(table.c.number))
    return [order_of(conn, row) for row in rows.all()]


def search(
    conn: Connection,
    *,
    direction: Direction | None = None,
    partner: str = "",
    overdue_at: datetime | None = None,
    limit: int,
) -> list[KeptOrder]:
    """Return orders, the newest first; with `overdue_at` those due by then that are open."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if direction is not None:
        query = query.where(table.c.direction == direction)
    if partner:
        query = query.where(table.c.partner == partner)
    if overdue_at is not None:
        query = query.where(table.c.settled_at.is_(None), table.c.due_at < overdue_at)
    return [order_of(conn, row) for row in conn.execute(query).all()]


def certify(
    conn: Connection, item: KeptItem, certified: Certified, certificate_id: str, *,
    record: int | None = None,
) -> bool:  # fmt: skip
    """Write down what became of a record; return False where it had come to its end before.

    `record` is the number of our own, where it was found only now.
    """
    done = conn.execute(
        update(items)
        .where(items.c.number == item.number, items.c.outcome.in_(_OPEN))
        .values(
            outcome=certified.outcome,
            ground=certified.ground or "",
            at=certified.at,
            digest=certified.digest,
            handed_to=list(certified.handed_to),
            certificate_id=certificate_id,
            record=record or item.record,
        )
    )
    return done.rowcount == 1


def settle(conn: Connection, number: int, at: datetime) -> bool:
    """Close an order of which no record is open any more; return whether it is closed now."""
    still = select(items.c.number).where(items.c.of_order == number, items.c.outcome.in_(_OPEN))
    if conn.execute(still.limit(1)).first() is not None:
        return False
    conn.execute(
        update(table)
        .where(table.c.number == number, table.c.settled_at.is_(None))
        .values(settled_at=at)
    )
    return True


def carried_by(conn: Connection, number: int, message_id: str) -> None:
    """Note that an order came again, by another message: the next certificate answers that one."""
    conn.execute(update(table).where(table.c.number == number).values(message_id=message_id))


def carry_anew(
    conn: Connection, order: KeptOrder, message_id: str, due_at: datetime | None
) -> bool:
    """Let another message carry an order of ours; False where one does that is not known here."""
    done = conn.execute(
        update(table)
        .where(table.c.number == order.number, table.c.message_id == order.message_id)
        .values(message_id=message_id, due_at=due_at)
    )
    return done.rowcount == 1


def whole(conn: Connection, order: KeptOrder, party: str, vault: Vault) -> RecordOrder:
    """Return an order of `party` with all that it says, values and reason."""
    return RecordOrder(
        order_id=order.order_id,
        party=party,
        kind=order.kind,
        ground=order.ground,
        at=order.ordered_at,
        records=tuple(item.name for item in order.items),
        corrections=tuple(one for item in order.items for one in corrections_in(conn, item, vault)),
        due_at=order.due_at,
        why=why(conn, order, vault),
    )


def why(conn: Connection, order: KeptOrder, vault: Vault) -> str:
    """Return why it was ordered, in words; nothing when they are gone."""
    if order.why_id is None or payloads.about(conn, order.why_id).disposed_at is not None:
        return ""
    return payloads.fetch(conn, order.why_id, vault).decode()


def corrections_in(conn: Connection, item: KeptItem, vault: Vault) -> tuple[Correction, ...]:
    """Return the values that an order corrects in a record; none any more when it is gone."""
    if item.values_id is None or payloads.about(conn, item.values_id).disposed_at is not None:
        return ()
    return _corrections(item.position, payloads.fetch(conn, item.values_id, vault))


def forget(conn: Connection, kind: Kept, record: int, at: datetime) -> int:
    """Delete the values that orders of partners hold of a record; return how many payloads."""
    held = conn.execute(
        select(items.c.values_id)
        .join(table, table.c.number == items.c.of_order)
        .where(
            items.c.kind == kind,
            items.c.record == record,
            items.c.values_id.is_not(None),
            table.c.direction == Direction.RECEIVED,
        )
    ).scalars()
    return sum(payloads.dispose(conn, one, at) for one in held.all() if one is not None)


def _named(direction: Direction, partner: str, order_id: str) -> tuple[Any, ...]:
    return (
        table.c.direction == direction,
        table.c.partner == partner,
        table.c.order_id == order_id,
    )


def _plain(corrections: Sequence[Correction]) -> bytes:
    values = [[one.pointer, one.old, one.new] for one in corrections]
    return json.dumps(values, ensure_ascii=False).encode()


def _corrections(position: int, plain: bytes) -> tuple[Correction, ...]:
    return tuple(
        Correction(record=position, pointer=pointer, old=old, new=new)
        for pointer, old, new in json.loads(plain)
    )
