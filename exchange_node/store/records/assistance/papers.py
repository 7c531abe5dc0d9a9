"""Papers of a matter: each document encrypted as a payload, with the stamps of its agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import assistance_paper as table

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Row

    from exchange_node.domain.message import Exchange
    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.assistance.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is known of a paper beside its document.

    Attributes:
        code: of the message that carried it; empty where it was written by hand.
        act: what it did (`domain.assistance.life.Act`).
        document_id: names the payload.
        rejected_at: when the partner's node said that it could not take it.
    """

    number: int
    case_number: int
    subject: str
    issuer: str
    reference: str
    direction: Direction
    partner: str
    message_id: str
    code: str
    act: str
    ground: str
    until: datetime | None
    issued_at: datetime
    agreement_id: str
    agreement_version: int
    grant_id: str
    purpose: str
    handling: str
    document_id: str
    kept_since: datetime | None
    delete_after: datetime | None
    disposed_at: datetime | None
    rejected_at: datetime | None
    stored_at: datetime
    stored_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPaper:
    """A paper to be filed.

    Attributes:
        kept_since, retention: how long it may be kept, and from when; None where it is our own.
    """

    issuer: str
    reference: str
    direction: Direction
    code: str
    act: str
    issued_at: datetime
    exchange: Exchange
    message_id: str
    at: datetime
    by: str
    ground: str = ""
    until: datetime | None = None
    kept_since: datetime | None = None
    retention: timedelta | None = None


def file(conn: Connection, case: Case, new: NewPaper, document: bytes, vault: Vault) -> bool:
    """File a paper of a matter; return False where its issuer gave that reference before."""
    document_id = f"assistance/{new.issuer}/{new.reference}"
    if find(conn, new.issuer, new.reference) is not None:
        return False
    payloads.keep(conn, document_id, document, vault)
    since, retention = new.kept_since, new.retention
    return add_once(
        conn,
        table,
        {
            "case_number": case.number,
            "subject": case.subject,
            "issuer": new.issuer,
            "reference": new.reference,
            "direction": new.direction,
            "partner": case.partner,
            "message_id": new.message_id,
            "code": new.code,
            "act": new.act,
            "ground": new.ground,
            "until": new.until,
            "issued_at": new.issued_at,
            "agreement_id": new.exchange.agreement_id,
            "agreement_version": new.exchange.agreement_version,
            "grant_id": new.exchange.grant,
            "purpose": new.exchange.purpose,
            "handling": new.exchange.handling,
            "test": new.exchange.test,
            "document_id": document_id,
            "kept_since": since,
            "delete_after": since + retention if since and retention else None,
            "stored_at": new.at,
            "stored_by": new.by,
        },
    )


def find(conn: Connection, issuer: str, reference: str) -> Paper | None:
    """Return a paper by its issuer's own number, if it is held."""
    row = conn.execute(
        select(table).where(table.c.issuer == issuer, table.c.reference == reference)
    ).one_or_none()
    return None if row is None else _paper(row)


def of_case(conn: Connection, case_number: int) -> list[Paper]:
    """Return the papers of a matter, the oldest first; what was sent anew as it was then."""
    rows = conn.execute(
        select(table)
        .where(table.c.case_number == case_number)
        .order_by(table.c.stored_at, table.c.number)
    )
    return [_paper(row) for row in rows]


def count_of_case(conn: Connection, case_number: int) -> int:
    """Return how many papers a matter has."""
    query = select(func.count()).select_from(table).where(table.c.case_number == case_number)
    return int(conn.execute(query).scalar_one())


def carried_by(conn: Connection, message_id: str) -> Paper | None:
    """Return the paper of ours that a message carries; None where it carries none."""
    row = conn.execute(
        select(table).where(table.c.message_id == message_id, table.c.direction == Direction.SENT)
    ).one_or_none()
    return None if row is None or not message_id else _paper(row)


def get(conn: Connection, number: int) -> Paper:
    """Return a paper by its number; the caller knows it from a look before."""
    return _paper(conn.execute(select(table).where(table.c.number == number)).one())


def carry(
    conn: Connection, paper: Paper, exchange: Exchange, message_id: str, *, by: str, at: datetime
) -> bool:
    """Let another message carry a paper of ours; False where one does that is not known here."""
    done = conn.execute(
        update(table)
        .where(table.c.number == paper.number, table.c.message_id == paper.message_id)
        .values(
            message_id=message_id,
            agreement_id=exchange.agreement_id,
            agreement_version=exchange.agreement_version,
            grant_id=exchange.grant,
            purpose=exchange.purpose,
            handling=exchange.handling,
            rejected_at=None,
            stored_at=at,
            stored_by=by,
        )
    )
    return done.rowcount == 1


def reject(conn: Connection, paper: Paper, at: datetime) -> None:
    """Note that the partner's node could not take a paper of ours."""
    conn.execute(update(table).where(table.c.number == paper.number).values(rejected_at=at))


def count_from(conn: Connection, paper: Paper, since: datetime, retention: timedelta) -> None:
    """Let the retention of a received paper count from another moment."""
    conn.execute(
        update(table)
        .where(table.c.number == paper.number, table.c.disposed_at.is_(None))
        .values(kept_since=since, delete_after=since + retention)
    )


def _paper(row: Row[Any]) -> Paper:
    return Paper(
        number=row.number,
        case_number=row.case_number,
        subject=row.subject,
        issuer=row.issuer,
        reference=row.reference,
        direction=Direction(row.direction),
        partner=row.partner,
        message_id=row.message_id,
        code=row.code,
        act=row.act,
        ground=row.ground,
        until=row.until,
        issued_at=row.issued_at,
        agreement_id=row.agreement_id,
        agreement_version=row.agreement_version,
        grant_id=row.grant_id,
        purpose=row.purpose,
        handling=row.handling,
        document_id=row.document_id,
        kept_since=row.kept_since,
        delete_after=row.delete_after,
        disposed_at=row.disposed_at,
        rejected_at=row.rejected_at,
        stored_at=row.stored_at,
        stored_by=row.stored_by,
    )
