"""Which corrections stand of a record, and by which orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from exchange_node.domain.orders.order import Kind, Outcome
from exchange_node.store.orders import orders
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters
from exchange_node.store.tables import record_order as table
from exchange_node.store.tables import record_order_item as items

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange_node.domain.retention import Kept
    from exchange_node.store.orders.kept import KeptItem, KeptOrder

# Made once: making a statement costs several times what running it does.
_CORRECTIONS = (
    select(items.c.of_order, items.c.number)
    .join(table, table.c.number == items.c.of_order)
    .where(
        items.c.kind == bindparam("sort"),
        items.c.record == bindparam("record"),
        table.c.kind == Kind.CORRECTION,
    )
    .order_by(items.c.number)
)
_CERTIFIED = _CORRECTIONS.where(
    table.c.direction == Direction.RECEIVED, items.c.outcome == Outcome.DONE
)
_ORDERED = _CORRECTIONS.where(
    table.c.direction == Direction.SENT,
    table.c.partner == bindparam("partner"),
    items.c.outcome.in_(("", Outcome.DONE)),
)


def corrected_by(conn: Connection, kind: Kept, record: int) -> tuple[tuple[int, int], ...]:
    """Return what names the corrections of a record that its supplier ordered: order and item.

    While it is the same, the record is read as it was.
    """
    rows = conn.execute(_CERTIFIED, {"sort": kind, "record": record})
    return tuple((row.of_order, row.number) for row in rows)


def corrections(
    conn: Connection, kind: Kept, record: int, *, ordered_of: str = ""
) -> list[tuple[KeptOrder, KeptItem]]:
    """Return the corrections that the supplier of a record ordered, in their order.

    With `ordered_of` those that this node ordered of a partner for a record of its own, certified
    or not yet; what the partner did not take, as far as is known, was never ordered.
    """
    asked = {"sort": kind, "record": record}
    if ordered_of:
        rows = conn.execute(_ORDERED, {**asked, "partner": ordered_of}).all()
    else:
        rows = conn.execute(_CERTIFIED, asked).all()
    found = []
    for of_order, number in rows:
        order = orders.get(conn, of_order)
        if ordered_of and order.settled_at is None and letters.has_ended(conn, order.message_id):
            continue
        found.append((order, next(one for one in order.items if one.number == number)))
    return found
