"""Messages as they were on the wire, kept for the operator: bounded, encrypted, the newest ones.

A capture is no evidence and nothing rests on it: each new one may push out the oldest of its
partner.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.tables import capture as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from exchange_node.domain.transmission.content import Content, NewSpool
    from exchange_node.store.payloads import Vault


class Direction(StrEnum):
    """Which of the four things on the wire it is."""

    RECEIVED = "received"
    ANSWERED = "answered"
    SENT = "sent"
    GOT = "got"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One request or answer.

    Attributes:
        direction: RECEIVED with our ANSWERED, or SENT with what we GOT for it.
        message_id: as the bytes claim, unverified; empty where none can be read.
        status: of HTTP, of an answer; 0 for a request.
        number: counts up; names it.
    """

    at: datetime
    partner: str
    direction: Direction
    message_id: str
    content_type: str
    status: int = 0
    number: int = 0


def keep(conn: Connection, capture: Capture, content: Content, vault: Vault, *, name: str) -> int:
    """Keep a capture under a payload id that `name` makes unique; return its number."""
    payload_id = f"capture/{name}"
    payloads.keep(conn, payload_id, content, vault)
    done = conn.execute(
        insert(table)
        .values(
            at=capture.at,
            partner=capture.partner,
            direction=capture.direction,
            message_id=capture.message_id,
            content_type=capture.content_type,
            status=capture.status,
            payload_id=payload_id,
        )
        .returning(table.c.number)
    )
    number: int = done.scalar_one()
    return number


def trim(conn: Connection, partner: str, *, newest: int, since: datetime) -> int:
    """Leave nothing of a partner's captures but the newest ones since a moment; return how many."""
    mine = table.c.partner == partner
    bound = conn.execute(
        select(table.c.number).where(mine).order_by(table.c.number.desc()).offset(newest).limit(1)
    ).scalar_one_or_none()
    old = conn.execute(
        select(table.c.number, table.c.payload_id).where(
            mine, or_(table.c.at < since, table.c.number <= (bound or 0))
        )
    ).all()
    for number, payload_id in old:
        conn.execute(delete(table).where(table.c.number == number))
        payloads.erase(conn, payload_id)
    return len(old)


def get(engine: Engine, number: int, vault: Vault, new_spool: NewSpool) -> tuple[Capture, Content]:
    """Return a capture with its bytes.

    Raises:
        UnknownRecordError: there is none of that number, or not any more.
        AlteredRecordError: its bytes are not what was kept.
    """
    with reading(engine) as conn:
        row = conn.execute(select(table).where(table.c.number == number)).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="capture", key=str(number))
    return _capture(row), payloads.fetch_content(engine, row.payload_id, vault, new_spool)


def search(
    conn: Connection, *, partner: str = "", message_id: str = "", limit: int
) -> list[Capture]:
    """Return captures without their bytes, the newest first."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if partner:
        query = query.where(table.c.partner == partner)
    if message_id:
        query = query.where(table.c.message_id == message_id)
    return [_capture(row) for row in conn.execute(query)]


def _capture(row: Row[Any]) -> Capture:
    return Capture(
        at=row.at,
        partner=row.partner,
        direction=Direction(row.direction),
        message_id=row.message_id,
        content_type=row.content_type,
        status=row.status,
        number=row.number,
    )
