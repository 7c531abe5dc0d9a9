"""Which manifests are looked for → a statement, made once: making it costs more than running it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from exchange_node.domain.movement import FINAL, Event, State
from exchange_node.store.records.held import Kind
from exchange_node.store.tables import manifest as table
from exchange_node.store.tables import manifest_key as key_table
from exchange_node.store.tables import movement, movement_event

if TYPE_CHECKING:
    from sqlalchemy import Select


@cache
def finding(
    kinds: tuple[Kind, ...],
    *,
    is_bounded: bool,
    is_sifted: bool,
    is_earlier: bool,
    is_behind: bool,
) -> Select[Any]:
    """Return the statement of `manifests.find`, for keys of these kinds."""
    query = select(table).where(
        table.c.direction == bindparam("direction"), table.c.disposed_at.is_(None)
    )
    if not is_earlier:
        query = query.where(table.c.superseded_by.is_(None))
    number = table.c.number
    for kind in kinds:
        named = key_table.alias()
        query = query.join(named, named.c.manifest == table.c.number).where(
            named.c.kind == kind, named.c.value == bindparam(f"key_{kind}")
        )
        number = named.c.manifest  # the index on (kind, value, manifest) gives the order too
    if is_bounded:
        arrival = table.c.expected_arrival
        begins, ends = arrival >= bindparam("begin"), arrival < bindparam("end")
        query = query.where(or_(arrival.is_(None), begins & ends))
    if is_sifted:
        query = query.where(table.c.handling.in_(bindparam("handling", expanding=True)))
    if is_behind:
        query = query.where(number < bindparam("after"))
    return query.order_by(number.desc()).limit(bindparam("most"))


_OVER = sorted(
    FINAL | {State.ARRIVED, State.CANCELLED, State.CONTROLLED, State.DISCREPANCY, State.RECOVERY},
    key=lambda state: state.value,
)
"""States of movements that no office waits for any more."""

_SEEN_HERE = (
    select(movement_event.c.number)
    .where(
        movement_event.c.movement == movement.c.number,
        movement_event.c.event != Event.RELEASE,
        movement_event.c.office == bindparam("office"),
    )
    .correlate(movement)
    .exists()
)
_PASSED = (
    select(movement.c.number)
    .where(
        movement.c.movement == table.c.movement,
        movement.c.departure == table.c.sender,
        movement.c.test == table.c.test,
        or_(movement.c.state.in_(_OVER), _SEEN_HERE),
    )
    .correlate(table)
    .exists()
)

EXPECTED = (
    select(table, key_table.c.due_at)
    .join(key_table, key_table.c.manifest == table.c.number)
    .where(
        key_table.c.kind == Kind.OFFICE,
        key_table.c.value == bindparam("office"),
        key_table.c.due_at >= bindparam("begin"),
        or_(
            key_table.c.due_at > bindparam("begin"),
            key_table.c.manifest > bindparam("number"),
        ),
        key_table.c.due_at < bindparam("end"),
        table.c.superseded_by.is_(None),
        table.c.disposed_at.is_(None),
        ~_PASSED,
    )
    .order_by(key_table.c.due_at, key_table.c.manifest)
    .limit(bindparam("most"))
)
"""The statement of `manifests.expected`: what was seen there, or has arrived, has passed."""

PASSED = select(table.c.number).where(
    table.c.number.in_(bindparam("numbers", expanding=True)), _PASSED
)
"""Those of `numbers` that were seen at an office (folded), or have arrived."""
