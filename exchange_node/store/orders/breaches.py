"""Notices of misuse, told and received, each once; what they say in words is a payload."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.orders.breach import BreachNotice, Misuse, Statement
from exchange_node.domain.orders.order import RecordName
from exchange_node.domain.retention import Kept
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.orders.kept import Origin
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import breach as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.store.payloads import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBreach:
    """A notice as it is kept.

    Attributes:
        message_id: of the message that carries it.
        digest: of what it says; an id stands for one notice alone.
        due_at: by when the supplier had to be told; None where nothing was agreed.
        agreement_id, agreement_version: under which it was told.
        said_id: the payload of its words.
    """

    number: int
    direction: Direction
    partner: str
    breach_id: str
    message_id: str
    digest: str
    misuse: Misuse
    told_at: datetime
    discovered_at: datetime
    occurred_at: datetime | None
    due_at: datetime | None
    agreement_id: str
    agreement_version: int
    records: tuple[RecordName, ...]
    said_id: str
    recorded_at: datetime
    recorded_by: str
    delete_after: datetime | None = None
    disposed_at: datetime | None = None


def add(
    conn: Connection,
    notice: BreachNotice,
    origin: Origin,
    under: tuple[str, int],
    due_at: datetime | None,
    vault: Vault,
) -> bool:
    """Write a notice down; return False where one of that id is there already.

    `under` is the agreement and its version.
    """
    said_id = f"breach/{origin.direction}/{origin.partner}/{notice.breach_id}"
    said = {
        "what": notice.what,
        "measures": notice.measures,
        "statements": [asdict(one) for one in notice.statements],
    }
    if find(conn, origin.direction, origin.partner, notice.breach_id) is not None:
        return False
    payloads.keep(conn, said_id, json.dumps(said, ensure_ascii=False).encode(), vault)
    values = {
        "direction": origin.direction,
        "partner": origin.partner,
        "breach_id": notice.breach_id,
        "message_id": origin.message_id,
        "digest": origin.digest,
        "misuse": notice.misuse,
        "told_at": notice.at,
        "discovered_at": notice.discovered_at,
        "occurred_at": notice.occurred_at,
        "due_at": due_at,
        "agreement_id": under[0],
        "agreement_version": under[1],
        "records": [asdict(one) for one in notice.records],
        "said_id": said_id,
        "recorded_at": origin.at,
        "recorded_by": origin.by,
    }
    return add_once(conn, table, values)


def carry_anew(conn: Connection, kept: KeptBreach, message_id: str) -> bool:
    """Let another message carry a notice of ours; False where one does that is not known here."""
    done = conn.execute(
        update(table)
        .where(table.c.number == kept.number, table.c.message_id == kept.message_id)
        .values(message_id=message_id)
    )
    return done.rowcount == 1


def find(conn: Connection, direction: Direction, partner: str, breach_id: str) -> KeptBreach | None:
    """Return the notice of an id to, or of, a partner, if there is one."""
    row = conn.execute(
        select(table).where(
            table.c.direction == direction,
            table.c.partner == partner,
            table.c.breach_id == breach_id,
        )
    ).one_or_none()
    return None if row is None else _breach(row)


def get(conn: Connection, breach_id: str) -> KeptBreach:
    """Return the notice of an id; its issuer's name is a part of it.

    Raises:
        UnknownRecordError: there is none of that id.
    """
    row = conn.execute(
        select(table).where(table.c.breach_id == breach_id).order_by(table.c.number).limit(1)
    ).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="notice of misuse", key=breach_id)
    return _breach(row)


def search(
    conn: Connection, *, direction: Direction | None = None, partner: str = "", limit: int
) -> list[KeptBreach]:
    """Return notices, the newest first."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if direction is not None:
        query = query.where(table.c.direction == direction)
    if partner:
        query = query.where(table.c.partner == partner)
    return [_breach(row) for row in conn.execute(query)]


def said(conn: Connection, one: KeptBreach, vault: Vault) -> tuple[str, str, tuple[Statement, ...]]:
    """Return what a notice says: what happened, the measures, the rest; nothing when it is gone."""
    if payloads.about(conn, one.said_id).disposed_at is not None:
        return "", "", ()
    plain = json.loads(payloads.fetch(conn, one.said_id, vault))
    statements = tuple(Statement(**each) for each in plain["statements"])
    return plain["what"], plain["measures"], statements


def _breach(row: Row[Any]) -> KeptBreach:
    return KeptBreach(
        number=row.number,
        direction=Direction(row.direction),
        partner=row.partner,
        breach_id=row.breach_id,
        message_id=row.message_id,
        digest=row.digest,
        misuse=Misuse(row.misuse),
        told_at=row.told_at,
        discovered_at=row.discovered_at,
        occurred_at=row.occurred_at,
        due_at=row.due_at,
        agreement_id=row.agreement_id,
        agreement_version=row.agreement_version,
        records=tuple(RecordName(**{**one, "kind": Kept(one["kind"])}) for one in row.records),
        said_id=row.said_id,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        delete_after=row.delete_after,
        disposed_at=row.disposed_at,
    )
