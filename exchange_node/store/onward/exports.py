"""What was handed on, or used further: when, to whom, by which officer; rows that only grow."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from exchange_node.domain.retention import Kept
from exchange_node.store.tables import onward_export as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One further use of one record.

    Attributes:
        record: number of the record among those of its kind.
        request_id: of the consent that it rests on; empty where it needed none.
        told_message_id: of the message that tells the supplier; empty where none does.
        digest: SHA-256 of the sealed document, lower-case hex.
        number: names it; given by the store.
    """

    kind: Kept
    record: int
    subject: str
    partner: str
    record_message_id: str
    agreement_id: str
    agreement_version: int
    grant_id: str
    clause: str
    recipient: str
    use: str
    purpose: str
    request_id: str
    told_message_id: str
    digest: str
    at: datetime
    by: str
    number: int = 0


def add(conn: Connection, export: Export) -> int:
    """Record an export; return its number."""
    values = asdict(export)
    del values["number"]
    number: int = conn.execute(insert(table).values(values).returning(table.c.number)).scalar_one()
    return number


def recipients(conn: Connection, kind: Kept, record: int) -> tuple[str, ...]:
    """Return to whom a record was handed, each once."""
    mine = select(table.c.recipient).where(table.c.kind == kind, table.c.record == record)
    return tuple(conn.execute(mine.distinct().order_by(table.c.recipient)).scalars())


def search(conn: Connection, *, partner: str = "", subject: str = "", limit: int) -> list[Export]:
    """Return exports, the newest first."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if partner:
        query = query.where(table.c.partner == partner)
    if subject:
        query = query.where(table.c.subject == subject)
    return [Export(**{**row._asdict(), "kind": Kept(row.kind)}) for row in conn.execute(query)]
