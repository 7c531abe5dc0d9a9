"""Alerts that came in lists: by source and the source's own number, which draft each became.

A row is written once and never changed: a second import knows by it what is here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from exchange_node.store.database import add_once
from exchange_node.store.tables import imported_alert as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One alert of a list.

    Attributes:
        source: where lists come from; empty where nobody said.
        reference: the source's own number of it.
        digest: SHA-256, in hex, of what the list said of it.
    """

    source: str
    reference: str
    digest: str
    alert_id: str
    imported_at: datetime
    imported_by: str


def find(conn: Connection, source: str, reference: str) -> Imported | None:
    """Return what became of an alert of a source; None where it was never imported."""
    query = select(table).where(table.c.source == source, table.c.reference == reference)
    row = conn.execute(query).one_or_none()
    return None if row is None else Imported(**row._asdict())


def add(conn: Connection, one: Imported) -> bool:
    """Write down what an alert became; False where that of its source and number was before."""
    return add_once(conn, table, asdict(one))
