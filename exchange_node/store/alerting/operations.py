"""Joint operations that this node knows: a row when one is opened, another when it is closed.

Neither is ever changed: who took part in what, and until when, is asked years later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from exchange_node.domain.alerting.operation import Operation
from exchange_node.store.database import add_once
from exchange_node.store.tables import joint_operation as table
from exchange_node.store.tables import joint_operation_closing as closing

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOperation:
    """An operation and what became of it.

    Attributes:
        closed_at, closed_by, why: empty while it is open.
    """

    number: int
    operation: Operation
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    closed_by: str = ""
    why: str = ""

    def is_open(self, at: datetime) -> bool:
        """Whether alerts may be issued under it."""
        return self.closed_at is None and at < self.operation.ends


def add(conn: Connection, one: Operation, *, by: str, at: datetime) -> bool:
    """Write down that an operation was opened; False where its reference is taken."""
    row = {
        "reference": one.reference,
        "name": one.name,
        "lead": one.lead,
        "partners": list(one.partners),
        "begins": one.begins,
        "ends": one.ends,
        "purpose": one.purpose,
        "opened_at": at,
        "opened_by": by,
    }
    return add_once(conn, table, row)


def close(conn: Connection, number: int, *, why: str, by: str, at: datetime) -> bool:
    """Write down that an operation was closed; False where it was before."""
    row = {"operation": number, "why": why, "closed_at": at, "closed_by": by}
    return add_once(conn, closing, row)


def find(conn: Connection, reference: str) -> HeldOperation | None:
    """Return an operation by its reference; None where this node does not know it."""
    row = conn.execute(_SELECT.where(table.c.reference == reference)).one_or_none()
    return None if row is None else _operation(row)


def search(conn: Connection, *, limit: int) -> list[HeldOperation]:
    """Return operations, the last opened first."""
    rows = conn.execute(_SELECT.order_by(table.c.number.desc()).limit(limit))
    return [_operation(row) for row in rows]


def count(conn: Connection, beginning: str) -> int:
    """Return how many operations have a reference that begins so."""
    begins = table.c.reference.startswith(beginning, autoescape=True)
    found = conn.execute(select(func.count()).select_from(table).where(begins)).scalar_one()
    return int(found)


_SELECT = select(table, closing.c.closed_at, closing.c.closed_by, closing.c.why).join(
    closing, closing.c.operation == table.c.number, isouter=True
)


def _operation(row: Row[Any]) -> HeldOperation:
    return HeldOperation(
        number=row.number,
        operation=Operation(
            reference=row.reference,
            name=row.name,
            lead=row.lead,
            partners=tuple(row.partners),
            begins=row.begins,
            ends=row.ends,
            purpose=row.purpose,
        ),
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by or "",
        why=row.why or "",
    )
