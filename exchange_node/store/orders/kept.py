"""Orders as they are kept: values and their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from exchange_node.domain.orders.order import (
    Certified,
    Ground,
    Kind,
    Outcome,
    RecordName,
    Refusal,
)
from exchange_node.domain.retention import Kept
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import record_order_item as items

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """One record of an order.

    Attributes:
        record: number of our own record, among those of its kind; None where it is not held.
        certified: what became of it; None while nobody has said.
        values_id: the payload of its corrected values; None where there are none.
    """

    number: int
    position: int
    name: RecordName
    record: int | None
    certified: Certified | None
    certificate_id: str
    values_id: str | None

    @property
    def is_open(self) -> bool:
        """Whether something is still to become of it."""
        return self.certified is None or self.certified.outcome is Outcome.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOrder:
    """An order to, or of, one partner.

    Attributes:
        message_id: of the message that carried it.
        digest: of what was ordered; an id stands for one order alone.
        settled_at: when the last of its records had come to its end; None before.
        delete_after: until when its words are kept; None while nobody has looked.
        disposed_at: when they were disposed of.
    """

    number: int
    direction: Direction
    partner: str
    order_id: str
    message_id: str
    digest: str
    kind: Kind
    ground: Ground
    test: bool
    ordered_at: datetime
    due_at: datetime | None
    recorded_at: datetime
    recorded_by: str
    settled_at: datetime | None
    why_id: str | None
    items: tuple[KeptItem, ...]
    delete_after: datetime | None = None
    disposed_at: datetime | None = None

    def is_overdue(self, at: datetime) -> bool:
        """Whether it should have been carried out and is not."""
        return self.settled_at is None and self.due_at is not None and self.due_at < at


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an order comes from: who wrote it down here, and by which message it travels."""

    direction: Direction
    partner: str
    message_id: str
    digest: str
    test: bool
    by: str
    at: datetime


def order_of(conn: Connection, row: Row[Any]) -> KeptOrder:
    """Return the order in a row, with the records it names."""
    named = conn.execute(
        select(items).where(items.c.of_order == row.number).order_by(items.c.position)
    )
    return KeptOrder(
        number=row.number,
        direction=Direction(row.direction),
        partner=row.partner,
        order_id=row.order_id,
        message_id=row.message_id,
        digest=row.digest,
        kind=Kind(row.kind),
        ground=Ground(row.ground),
        test=row.test,
        ordered_at=row.ordered_at,
        due_at=row.due_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        settled_at=row.settled_at,
        why_id=row.why_id,
        items=tuple(item_of(one) for one in named),
        delete_after=row.delete_after,
        disposed_at=row.disposed_at,
    )


def item_of(row: Row[Any]) -> KeptItem:
    """Return the record in a row."""
    name = RecordName(
        kind=Kept(row.kind), subject=row.subject, message_id=row.message_id, version=row.version
    )
    return KeptItem(
        number=row.number,
        position=row.position,
        name=name,
        record=row.record,
        certified=None
        if not row.outcome
        else Certified(
            record=name,
            outcome=Outcome(row.outcome),
            at=row.at,
            ground=Refusal(row.ground) if row.ground else None,
            digest=row.digest,
            handed_to=tuple(row.handed_to),
        ),
        certificate_id=row.certificate_id,
        values_id=row.values_id,
    )
