"""What is said of records in words: until when it is kept, what holds it, its end.

The coded lines stay as the register. Of an order go its reason and, where the record is not held
here, the values that it names; of a notice of misuse all that it tells; of feedback on an alert its
text, of an acknowledgement the remark and the numbers of the desk; and the message that brought it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.domain.retention import ON_ALERTS, WORDS, Kept, LegalHold, Stamp
from exchange_node.store import payloads
from exchange_node.store.alerting.words import EMPTIED
from exchange_node.store.records.held import Direction
from exchange_node.store.retention import holds
from exchange_node.store.retention.stamps import BEGINS, TABLES
from exchange_node.store.tables import (
    alert,
    alert_recipient,
    breach,
    inbox,
    outbox,
    record_order_item,
    waiting_room,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    Under = tuple[str, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstamped:
    """Words of which nobody has said yet until when they are kept.

    Attributes:
        under: agreement, version and grant of the message that carried them; else, of what was
            told of an alert, those of the alert; None where neither is known any more.
        partner, subject: of what was told of an alert, whose words they are and on which.
    """

    kind: Kept
    number: int
    since: datetime
    under: Under | None
    partner: str = ""
    subject: str = ""


def unstamped(conn: Connection, *, limit: int) -> list[Unstamped]:
    """Return words that have no end yet, the oldest first of each kind."""
    found = []
    for kind in WORDS:
        table = TABLES[kind]
        rows = conn.execute(
            select(table)
            .where(table.c.delete_after.is_(None), table.c.disposed_at.is_(None))
            .order_by(table.c.number)
            .limit(limit)
        ).all()
        found += [_unstamped(conn, kind, row) for row in rows]
    return found


def stamp(conn: Connection, one: Unstamped, under: Under, delete_after: datetime) -> None:
    """Say under what words are kept, and until when."""
    table = TABLES[one.kind]
    agreement_id, version, grant = under
    told = {"partner": one.partner, "subject": one.subject} if one.kind in ON_ALERTS else {}
    conn.execute(
        update(table)
        .where(table.c.number == one.number, table.c.delete_after.is_(None))
        .values(
            agreement_id=agreement_id,
            agreement_version=version,
            grant_id=grant,
            delete_after=delete_after,
            **told,
        )
    )


def hold_on(conn: Connection, one: Stamp) -> LegalHold | None:
    """Return the first hold that stands on a record, or on words, or on what those are about."""
    itself = holds.standing(conn, one.kind, one.subject)
    if itself is not None or one.kind not in WORDS:
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
    table = TABLES[one.kind]
    row = conn.execute(
        update(table)
        .where(table.c.number == one.number, table.c.disposed_at.is_(None))
        .values(disposed_at=at)
        .returning(table)
    ).one_or_none()
    if row is None:
        return None
    is_received = row.direction == Direction.RECEIVED
    if one.kind is Kept.ACKNOWLEDGEMENT:
        conn.execute(update(table).where(table.c.number == one.number).values(EMPTIED))
        return _digest_of(row), 0, is_received
    if one.kind is Kept.FEEDBACK:
        digest = payloads.about(conn, row.document_id).digest
        return digest, int(payloads.dispose(conn, row.document_id, at)), is_received
    if one.kind is Kept.BREACH:
        gone = [row.said_id]
    else:
        gone = [row.why_id, *_values(conn, row.number)] if is_received else [row.why_id]
    count = sum(payloads.dispose(conn, each, at) for each in gone if each is not None)
    return row.digest, count, is_received


def _digest_of(row: Row[Any]) -> str:
    """Return the SHA-256 of what a desk said in words, as JSON."""
    said = json.dumps([row.remark, row.communications], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _values(conn: Connection, order: int) -> list[str | None]:
    """Return the payloads of values for records that are not here; others go with the record."""
    mine = (record_order_item.c.of_order == order, record_order_item.c.record.is_(None))
    return list(conn.execute(select(record_order_item.c.values_id).where(*mine)).scalars())


def _about(conn: Connection, one: Stamp) -> list[tuple[Kept, str]]:
    """Return the records that an order or a notice names, or the alert that words are on."""
    if one.kind in ON_ALERTS:
        return [(Kept.ALERT, one.subject)]
    if one.kind is Kept.ORDER:
        items = record_order_item
        named = select(items.c.kind, items.c.subject).where(items.c.of_order == one.number)
        return [(Kept(row.kind), row.subject) for row in conn.execute(named)]
    records: list[dict[str, Any]] = conn.execute(
        select(breach.c.records).where(breach.c.number == one.number)
    ).scalar_one()
    return [(Kept(each["kind"]), each["subject"]) for each in records]


def _unstamped(conn: Connection, kind: Kept, row: Row[Any]) -> Unstamped:
    under = _under(conn, row.direction, row.partner or _teller(row), row.message_id)
    since = getattr(row, BEGINS[kind].key)
    if kind not in ON_ALERTS:
        return Unstamped(kind=kind, number=row.number, since=since, under=under)
    of, partner = _alert_of(conn, kind, row)
    if of is None:
        return Unstamped(
            kind=kind, number=row.number, since=since, under=under,
            partner=row.partner or partner, subject=row.subject,
        )  # fmt: skip
    return Unstamped(
        kind=kind,
        number=row.number,
        since=since,
        under=under or _alerted_under(conn, of, partner),
        partner=partner,
        subject=f"{of.issuer}/{of.alert_id}",
    )


def _teller(row: Row[Any]) -> str:
    """Return who told what was told of an alert before anybody wrote it down."""
    return row.issuer if row.direction == Direction.RECEIVED else ""


def _alert_of(conn: Connection, kind: Kept, row: Row[Any]) -> tuple[Row[Any] | None, str]:
    """Return the version of an alert that words are on, and the partner they are shared with."""
    is_received = row.direction == Direction.RECEIVED
    if kind is Kept.FEEDBACK:
        of = conn.execute(select(alert).where(alert.c.number == row.alert)).one()
        return of, row.issuer if is_received else of.partner
    partner = row.issuer if is_received else _sent_to(conn, row.message_id)
    whose = (
        alert.c.direction == Direction.SENT
        if is_received
        else (alert.c.direction == Direction.RECEIVED) & (alert.c.partner == partner)
    )
    found = select(alert).where(
        alert.c.alert_id == row.alert_id, alert.c.version == row.alert_version, whose
    )
    return conn.execute(found.limit(1)).one_or_none(), partner


def _alerted_under(conn: Connection, of: Row[Any], partner: str) -> Under | None:
    """Return what an alert came under, or went under to a partner."""
    if of.direction == Direction.RECEIVED:
        return (of.agreement_id, of.agreement_version, of.grant_id) if of.agreement_id else None
    went = conn.execute(
        select(alert_recipient.c.message_id).where(
            alert_recipient.c.alert == of.number, alert_recipient.c.partner == partner
        )
    ).scalar_one_or_none()
    return _under(conn, Direction.SENT, partner, went) if went else None


def _under(conn: Connection, direction: str, partner: str, message_id: str) -> Under | None:
    if direction == Direction.RECEIVED:
        header = conn.execute(
            select(inbox.c.header).where(
                inbox.c.sender == partner, inbox.c.message_id == message_id
            )
        ).scalar_one_or_none()
        if header is None:
            return None
        return header["agreement"], int(header["agreementVersion"]), header["grant"]
    row = _sent_as(conn, message_id)
    return None if row is None else (row.agreement_id, row.agreement_version, row.grant_id)


def _sent_to(conn: Connection, message_id: str) -> str:
    row = _sent_as(conn, message_id)
    return "" if row is None else row.recipient


def _sent_as(conn: Connection, message_id: str) -> Row[Any] | None:
    """Return a message of ours, where it waits for its time or for officers."""
    for table in (outbox, waiting_room):
        row = conn.execute(select(table).where(table.c.message_id == message_id)).one_or_none()
        if row is not None:
            return row
    return None
