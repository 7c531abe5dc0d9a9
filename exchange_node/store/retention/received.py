"""Received records that may be used further, manifest or alert alike; those still there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from exchange_node.domain.agreement import Handling
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.retention import Kept, Stamp
from exchange_node.store.retention.due import of_subject
from exchange_node.store.retention.stamps import TABLES

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A record that a partner sent.

    Attributes:
        purpose: what it was sent for.
        unverified: whether its supplier does not vouch for it. What a declarant has said no
            administration has verified; an alert says it of itself.
        document_id: payload id of the sealed document.
    """

    stamp: Stamp
    handling: Handling
    purpose: str
    test: bool
    unverified: bool
    document_id: str


def find(conn: Connection, kind: Kept, subject: str, *, message_id: str = "") -> Received:
    """Return a record: the newest about a subject, or the one that a message brought.

    It is locked until the end of the transaction, so that it is not disposed of meanwhile.

    Raises:
        UnknownRecordError: none is held, or not any more.
    """
    stamps = [one for one in of_subject(conn, kind, subject) if message_id in ("", one.message_id)]
    if not stamps:
        raise UnknownRecordError(kind=f"received {kind.value}", key=subject)
    stamp = max(stamps, key=lambda one: one.number)
    table = TABLES[kind]
    row = conn.execute(select(table).where(table.c.number == stamp.number)).one()
    return Received(
        stamp=stamp,
        handling=Handling(row.handling),
        purpose=row.purpose,
        test=row.test,
        unverified=row.unverified if kind is Kept.ALERT else True,
        document_id=row.document_id,
    )
