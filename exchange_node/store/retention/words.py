"""What orders and notices of misuse say in words: until when it is kept, what holds it, its end.

The coded lines stay as the register. Of an order go its reason and, where the record is not held
here, the values that it names; of a notice all that it tells; and the message that brought either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.domain.retention import Kept, LegalHold, Stamp
from exchange_node.store import payloads
from exchange_node.store.records.held import Direction
from exchange_node.store.retention import holds
from exchange_node.store.tables import (
    breach,
    inbox,
    outbox,
    record_order,
    record_order_item,
    waiting_room,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Table

_TABLES = {Kept.ORDER: record_order, Kept.BREACH: breach}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstamped:
    """Words of which nobody has said yet until when they are kept.

    Attributes:
        under: agreement, version and grant of the message that carried them; None where that
            message is not known any more.
    """

    kind: Kept
    number: int
    since: datetime
    under: tuple[str, int, str] | None


def unstamped(conn: Connection, *, limit: int) -> list[Unstamped]:
    """Return words that have no end yet, the oldest first of each kind."""
    found = []
    for kind, table in _TABLES.items():
        rows = conn.execute(
            select(table)
            .where(table.c.delete_after.is_(None), table.c.disposed_at.is_(None))
            .order_by(table.c.number)
            .limit(limit)
        ).all()
        found += [
            Unstamped(
                kind=kind,
                number=row.number,
                since=row.recorded_at,
                under=_under(conn, row.direction, row.partner, row.message_id),
            )
            for row in rows
        ]
    return found


def stamp(
    conn: Connection, one: Unstamped, under: tuple[str, int, str], delete_after: datetime
) -> None:
    """Say under what words are kept, and until when."""
    table = _TABLES[one.kind]
    agreement_id, version, grant = under
    conn.execute(
        update(table)
        .where(table.c.number == one.number, table.c.delete_after.is_(None))
        .values(
            agreement_id=agreement_id,
            agreement_version=version,
            grant_id=grant,
            delete_after=delete_after,
        )
    )


def hold_on(conn: Connection, one: Stamp) -> LegalHold | None:
    """Return the first hold that stands on a record, or on words, or on what those are about."""
    itself = holds.standing(conn, one.kind, one.subject)
    if itself is not None or one.kind not in _TABLES:
        return itself
    for kind, subject in _about(conn, one):
        found = holds.standing(conn, kind, subject)
        if found is not None:
            return found
    return None


def forget(conn: Connection, one: Stamp, at: datetime) -> tuple[str, int, bool] | None:
    """Delete words that are still there.

    Returns the digest of all that was said, how many payloads are gone, and whether a message of
    the partner brought it, which is for the caller to delete; None where it was gone already.
    """
    table = _TABLES[one.kind]
    row = conn.execute(
        update(table)
        .where(table.c.number == one.number, table.c.disposed_at.is_(None))
        .values(disposed_at=at)
        .returning(table)
    ).one_or_none()
    if row is None:
        return None
    is_received = row.direction == Direction.RECEIVED
    if one.kind is Kept.BREACH:
        gone = [row.said_id]
    else:
        gone = [row.why_id, *_values(conn, row.number)] if is_received else [row.why_id]
    count = sum(payloads.dispose(conn, each, at) for each in gone if each is not None)
    return row.digest, count, is_received


def _values(conn: Connection, order: int) -> list[str | None]:
    """Return the payloads of values for records that are not here; others go with the record."""
    mine = (record_order_item.c.of_order == order, record_order_item.c.record.is_(None))
    return list(conn.execute(select(record_order_item.c.values_id).where(*mine)).scalars())


def _about(conn: Connection, one: Stamp) -> list[tuple[Kept, str]]:
    """Return the records that an order or a notice names."""
    if one.kind is Kept.ORDER:
        items = record_order_item
        named = select(items.c.kind, items.c.subject).where(items.c.of_order == one.number)
        return [(Kept(row.kind), row.subject) for row in conn.execute(named)]
    records: list[dict[str, Any]] = conn.execute(
        select(breach.c.records).where(breach.c.number == one.number)
    ).scalar_one()
    return [(Kept(each["kind"]), each["subject"]) for each in records]


def _under(
    conn: Connection, direction: str, partner: str, message_id: str
) -> tuple[str, int, str] | None:
    if direction == Direction.RECEIVED:
        header = conn.execute(
            select(inbox.c.header).where(
                inbox.c.sender == partner, inbox.c.message_id == message_id
            )
        ).scalar_one_or_none()
        if header is None:
            return None
        return header["agreement"], int(header["agreementVersion"]), header["grant"]
    for table in (outbox, waiting_room):
        if (found := _sent_under(conn, table, message_id)) is not None:
            return found
    return None


def _sent_under(conn: Connection, table: Table, message_id: str) -> tuple[str, int, str] | None:
    row = conn.execute(select(table).where(table.c.message_id == message_id)).one_or_none()
    return None if row is None else (row.agreement_id, row.agreement_version, row.grant_id)
