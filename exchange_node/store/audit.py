"""What happened, who did it, in one chain that nobody rewrites.

Every record holds the digest of the one before and its own, over everything it says; triggers in
the database refuse to change or delete one. Whoever gets past the triggers breaks the chain, and
`verify_chain` names the record. One who rewrites all of it to the end cannot be told by the chain
alone: compare the head with a copy kept elsewhere.

The head is locked until the transaction ends, so write the audit record as the last thing in it.
Looking at a record is audited too, with an action `look.…`. Facts never hold a payload.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from exchange_node.domain.errors import AlteredRecordError
from exchange_node.store.tables import audit as table
from exchange_node.store.tables import audit_head as head_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

FIRST = "0" * 64
"""What the first record names as the digest before it."""

# Made once: making a statement costs several times what running it does.
_HEAD = select(head_table).with_for_update()
_ADD = insert(table)
_MOVE_HEAD = update(head_table).values(
    number=bindparam("new_number"), digest=bindparam("new_digest")
)

PAGE = 1000
"""Records read at a time when the chain is verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One thing that happened.

    Attributes:
        actor: name of a token or user, party id of a partner, or `node`.
        action: stable code, `room.what` (`dispatch.queued`, `look.manifest`).
        subject_kind, subject_key: what it was done to.
        movement, message_id, partner: the correlation; empty where there is none.
        number: place in the chain, from 1; `write` gives it.
    """

    at: datetime
    actor: str
    action: str
    subject_kind: str = ""
    subject_key: str = ""
    movement: str = ""
    message_id: str = ""
    partner: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain: how many records there are, and the digest of the last."""

    number: int
    digest: str


def write(conn: Connection, record: AuditRecord) -> Head:
    """Add a record to the chain and return its new head."""
    return write_all(conn, (record,))


def write_all(conn: Connection, records: Sequence[AuditRecord]) -> Head:
    """Add records to the chain, in their order, and return its new head."""
    head = conn.execute(_HEAD).one()
    number, digest = head.number, head.digest
    rows = []
    for record in records:
        number, previous = number + 1, digest
        facts = json.dumps(dict(record.facts), sort_keys=True)
        digest = _digest(record, number, facts, previous)
        rows.append(
            {
                "number": number,
                "at": record.at,
                "actor": record.actor,
                "action": record.action,
                "subject_kind": record.subject_kind,
                "subject_key": record.subject_key,
                "movement": record.movement,
                "message_id": record.message_id,
                "partner": record.partner,
                "facts": facts,
                "previous": previous,
                "digest": digest,
            }
        )
    if rows:
        conn.execute(_ADD, rows)
        conn.execute(_MOVE_HEAD, {"new_number": number, "new_digest": digest})
    return Head(number=number, digest=digest)


def _digest(record: AuditRecord, number: int, facts: str, previous: str) -> str:
    said = [
        number,
        record.at.astimezone(UTC).isoformat(timespec="microseconds"),
        record.actor,
        record.action,
        record.subject_kind,
        record.subject_key,
        record.movement,
        record.message_id,
        record.partner,
        facts,
        previous,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def verify_chain(conn: Connection) -> Head:
    """Return the head of the chain after every record was found as it was written.

    Raises:
        AlteredRecordError: a record was changed, taken out or put in; it is named.
    """
    number, digest = 0, FIRST
    while rows := _page(conn, number):
        for row in rows:
            is_next = row.number == number + 1 and row.previous == digest
            if not is_next or row.digest != _digest(
                _record(row), row.number, row.facts, row.previous
            ):
                raise AlteredRecordError(what=f"audit record {number + 1}")
            number, digest = row.number, row.digest
    head = conn.execute(select(head_table)).one_or_none()
    if head is None or (head.number, head.digest) != (number, digest):
        raise AlteredRecordError(what=f"the end of the audit after record {number}")
    return Head(number=number, digest=digest)


def _page(conn: Connection, after: int) -> Sequence[Row[Any]]:
    try:
        return conn.execute(
            select(table).where(table.c.number > after).order_by(table.c.number).limit(PAGE)
        ).all()
    except ValueError as err:  # a moment that is none, which SQLite lets anybody write
        raise AlteredRecordError(what=f"an audit record after {after}") from err


def search(
    conn: Connection,
    *,
    movement: str = "",
    message_id: str = "",
    subject: tuple[str, str] | None = None,
    after: int = 0,
    limit: int,
) -> list[AuditRecord]:
    """Return records, the newest first; `after` is the last number of the page before."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if movement:
        query = query.where(table.c.movement == movement)
    if message_id:
        query = query.where(table.c.message_id == message_id)
    if subject is not None:
        kind, key = subject
        query = query.where(table.c.subject_kind == kind, table.c.subject_key == key)
    if after:
        query = query.where(table.c.number < after)
    return [_record(row) for row in conn.execute(query)]


def _record(row: Row[Any]) -> AuditRecord:
    try:
        facts = json.loads(row.facts)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise AlteredRecordError(what=f"audit record {row.number}")
    return AuditRecord(
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_key=row.subject_key,
        movement=row.movement,
        message_id=row.message_id,
        partner=row.partner,
        facts=MappingProxyType(facts),
        number=row.number,
    )
