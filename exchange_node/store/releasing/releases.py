"""What waits for officers, what they said, and how each message left the waiting room.

Whoever changes one of them locks its row first (`get` with `lock`), so that two officers who decide
at once do so one after the other. The document lies encrypted as a payload until the message has
left; then its size and digest are kept, and nothing of its content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.releasing.release import Release, SealedFile, State, Vote
from exchange_node.store import payloads
from exchange_node.store.tables import waiting_room as table
from exchange_node.store.tables import waiting_room_approval as approvals
from exchange_node.store.tables.values import exchange_of, exchange_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.domain.transmission.content import Content
    from exchange_node.store.payloads import Vault

RANKS: Mapping[str, int] = {"flash": 0, "priority": 1, "routine": 2}
LAST = 3
"""The rank of what has no urgency."""


def document_id_of(message_id: str) -> str:
    """Return the payload id of a waiting document."""
    return f"release/{message_id}"


def file_id_of(message_id: str, position: int) -> str:
    """Return the payload id of a file that waits with a document; the first is 1."""
    return f"release/{message_id}/file-{position}"


def add(
    conn: Connection, one: Release, document: bytes, files: Iterable[Content], vault: Vault
) -> None:
    """Keep a message that waits, with its sealed document and the files that go with it."""
    payloads.keep(conn, one.document_id, document, vault)
    for named, content in zip(one.files, files, strict=True):
        payloads.keep(conn, named.payload_id, content, vault)
    conn.execute(insert(table), _values(one))


def get(conn: Connection, message_id: str, *, lock: bool = False) -> Release:
    """Return a message of the waiting room; with `lock` nobody else changes it meanwhile.

    Raises:
        UnknownRecordError: none of that id ever waited.
    """
    found = find(conn, message_id, lock=lock)
    if found is None:
        raise UnknownRecordError(kind="message that waits for a release", key=message_id)
    return found


def find(conn: Connection, message_id: str, *, lock: bool = False) -> Release | None:
    """Return a message of the waiting room, or None where none of that id ever waited."""
    query = select(table).where(table.c.message_id == message_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _release(conn, row)


def waiting(conn: Connection, *, limit: int | None = None) -> list[Release]:
    """Return what waits: flash first, then by the moment at which it lapses."""
    query = (
        select(table)
        .where(table.c.state == State.WAITING)
        .order_by(table.c.rank, table.c.until, table.c.number)
    )
    return [_release(conn, row) for row in conn.execute(query.limit(limit)).all()]


def search(conn: Connection, state: State, *, limit: int) -> list[Release]:
    """Return what left the waiting room in one way, the newest first."""
    query = select(table).where(table.c.state == state).order_by(table.c.number.desc())
    return [_release(conn, row) for row in conn.execute(query.limit(limit)).all()]


def vote(conn: Connection, one: Release, by: Vote) -> None:
    """Record an approval; the row of the message is locked by the caller."""
    values = {"waiting": one.number, "officer": by.by, "at": by.at, "digest": by.digest}
    conn.execute(insert(approvals), values)


def settle(conn: Connection, one: Release) -> None:
    """Record how a message left the waiting room, and delete the content that waited with it."""
    conn.execute(
        update(table)
        .where(table.c.number == one.number)
        .values(state=one.state, settled_at=one.settled_at, settled_by=one.settled_by, why=one.why)
    )
    if one.settled_at is not None:
        for payload_id in (one.document_id, *(file.payload_id for file in one.files)):
            payloads.dispose(conn, payload_id, one.settled_at)


def reminded(conn: Connection, one: Release, at: datetime) -> None:
    """Record that somebody was told that its clock is near."""
    conn.execute(update(table).where(table.c.number == one.number).values(reminded_at=at))


def _values(one: Release) -> dict[str, Any]:
    return {
        **exchange_values(one.exchange),
        "message_id": one.message_id,
        "conversation_id": one.conversation_id,
        "ref_to_message_id": one.ref_to_message_id,
        "makers": list(one.makers),
        "urgency": one.urgency,
        "rank": RANKS.get(one.urgency, LAST),
        "needed": one.needed,
        "made_at": one.made_at,
        "until": one.until,
        "digest": one.digest,
        "document_id": one.document_id,
        "files": [
            {"content_id": file.content_id, "mime_type": file.mime_type, "payload": file.payload_id}
            for file in one.files
        ],
        "state": one.state,
        "settled_by": one.settled_by,
        "why": one.why,
    }


def _release(conn: Connection, row: Row[Any]) -> Release:
    said = conn.execute(
        select(approvals).where(approvals.c.waiting == row.number).order_by(approvals.c.number)
    )
    return Release(
        message_id=row.message_id,
        exchange=exchange_of(row),
        conversation_id=row.conversation_id,
        ref_to_message_id=row.ref_to_message_id,
        makers=tuple(row.makers),
        urgency=row.urgency,
        needed=row.needed,
        made_at=row.made_at,
        until=row.until,
        digest=row.digest,
        document_id=row.document_id,
        files=tuple(
            SealedFile(
                content_id=one["content_id"], mime_type=one["mime_type"], payload_id=one["payload"]
            )
            for one in row.files
        ),
        votes=tuple(Vote(by=one.officer, at=one.at, digest=one.digest) for one in said),
        state=State(row.state),
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        why=row.why,
        reminded_at=row.reminded_at,
        number=row.number,
    )
