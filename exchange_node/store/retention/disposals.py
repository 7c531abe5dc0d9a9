"""Disposal: a record's content goes, its number, its movement and the digest of its bytes stay.

Of a manifest go the document, the message that brought it, its files and captures, every key it is
found by, and the values of its hits; of an alert the same, its summary and what was told of it
here; of an order, a notice of misuse, feedback or an acknowledgement its words (`words`). The
certificate is written in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.onward.wanted import RecordName
from exchange_node.domain.retention import WORDS, Disposal, Kept, Stamp
from exchange_node.store import payloads
from exchange_node.store.alerting import feedback
from exchange_node.store.alerting import words as said
from exchange_node.store.deciding import acts
from exchange_node.store.onward import requests
from exchange_node.store.orders import orders
from exchange_node.store.records import hits
from exchange_node.store.retention import holds, words
from exchange_node.store.retention.stamps import TABLES
from exchange_node.store.tables import (
    alert,
    alert_key,
    capture,
    hit,
    inbox,
    inbox_attachment,
    manifest,
    manifest_key,
)
from exchange_node.store.tables import disposal as table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row


def dispose(
    conn: Connection, stamp: Stamp, *, clause: str, due_at: datetime, at: datetime
) -> Disposal | None:
    """Dispose of a record; return the certificate, or None where it is gone already.

    The caller holds it (`due.lock`), so that no hit is written meanwhile that names its values.
    """
    if stamp.kind in WORDS:
        return _dispose_of_words(conn, stamp, clause=clause, due_at=due_at, at=at)
    of = TABLES[stamp.kind]
    gone = conn.execute(
        update(of)
        .where(of.c.number == stamp.number, of.c.disposed_at.is_(None))
        .values(disposed_at=at)
        .returning(of.c.document_id)
    ).scalar_one_or_none()
    if gone is None:
        return None
    digest = payloads.about(conn, gone).digest
    count = int(payloads.dispose(conn, gone, at))
    if stamp.message_id:  # what was asked by word of mouth came in none
        count += forget_message(conn, stamp.partner, stamp.message_id, at)
    record = RecordName(kind=stamp.kind, subject=stamp.subject, message_id=stamp.message_id)
    count += forget_asked(conn, requests.of_record(conn, record, stamp.partner), at)
    count += orders.forget(conn, stamp.kind, stamp.number, at)
    if stamp.kind is Kept.MANIFEST:
        _forget_manifest(conn, stamp.number)
        count += acts.forget_words(conn, stamp.number, at)
    elif stamp.kind is Kept.ALERT:
        _forget_alert(conn, stamp.number)
        count += _forget_told(conn, stamp, at)
    # A paper of assistance has nothing beside its document: its row is codes, ids and moments.
    return _certified(conn, stamp, clause=clause, due_at=due_at, at=at, digest=digest, count=count)


def _dispose_of_words(
    conn: Connection, stamp: Stamp, *, clause: str, due_at: datetime, at: datetime
) -> Disposal | None:
    gone = words.forget(conn, stamp, at)
    if gone is None:
        return None
    digest, count, is_brought = gone
    if is_brought:
        count += forget_message(conn, stamp.partner, stamp.message_id, at)
    return _certified(conn, stamp, clause=clause, due_at=due_at, at=at, digest=digest, count=count)


def _certified(
    conn: Connection,
    stamp: Stamp,
    *,
    clause: str,
    due_at: datetime,
    at: datetime,
    digest: str,
    count: int,
) -> Disposal:
    """Write the certificate."""
    values = {
        "kind": stamp.kind,
        "record": stamp.number,
        "subject": stamp.subject,
        "partner": stamp.partner,
        "message_id": stamp.message_id,
        "agreement_id": stamp.agreement_id,
        "agreement_version": stamp.agreement_version,
        "grant_id": stamp.grant,
        "clause": clause,
        "kept_since": stamp.kept_since,
        "delete_after": stamp.delete_after,
        "due_at": due_at,
        "at": at,
        "digest": digest,
        "payloads": count,
    }
    row = conn.execute(insert(table).values(values).returning(table)).one()
    return _disposal(row)


def get(conn: Connection, number: int) -> Disposal:
    """Return a certificate.

    Raises:
        UnknownRecordError: there is none of that number.
    """
    row = conn.execute(select(table).where(table.c.number == number)).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="certificate of disposal", key=str(number))
    return _disposal(row)


def search(conn: Connection, *, partner: str = "", subject: str = "", limit: int) -> list[Disposal]:
    """Return certificates, the newest first."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if partner:
        query = query.where(table.c.partner == partner)
    if subject:
        query = query.where(table.c.subject == subject)
    return [_disposal(row) for row in conn.execute(query)]


def forget_message(conn: Connection, sender: str, message_id: str, at: datetime) -> int:
    """Delete what a message brought: its document, its files with their names, its captures.

    Returns how many payloads are gone.
    """
    document = select(inbox.c.payload_id).where(
        inbox.c.sender == sender, inbox.c.message_id == message_id
    )
    mine = (inbox_attachment.c.sender == sender, inbox_attachment.c.message_id == message_id)
    files = conn.execute(select(inbox_attachment.c.payload_id).where(*mine)).scalars().all()
    conn.execute(update(inbox_attachment).where(*mine).values(name=""))
    brought = [one for one in (conn.execute(document).scalar_one_or_none(), *files) if one]
    captured = (capture.c.partner == sender, capture.c.message_id == message_id)
    kept = conn.execute(select(capture.c.payload_id).where(*captured)).scalars().all()
    conn.execute(delete(capture).where(*captured))
    for one in kept:
        payloads.erase(conn, one)
    return sum(payloads.dispose(conn, one, at) for one in brought) + len(kept)


def forget_asked(conn: Connection, numbers: Iterable[int], at: datetime) -> int:
    """Delete what was asked and answered in words about a record; the coded rows stay.

    Returns how many payloads are gone.
    """
    gone, brought = requests.forget(conn, numbers, at)
    return gone + sum(forget_message(conn, *one, at) for one in brought)


def _forget_manifest(conn: Connection, number: int) -> None:
    conn.execute(delete(manifest_key).where(manifest_key.c.manifest == number))
    kept = conn.execute(select(manifest.c.decision).where(manifest.c.number == number)).scalar_one()
    conn.execute(
        update(manifest)
        .where(manifest.c.number == number)
        .values(
            functional_reference="", offices=[], means=[], equipment=[], seals=[],
            expected_arrival=None, decision=_without_values(kept),
        )
    )  # fmt: skip
    hits.empty(conn, hit.c.manifest == number)


def _forget_alert(conn: Connection, number: int) -> None:
    conn.execute(delete(alert_key).where(alert_key.c.alert == number))
    conn.execute(update(alert).where(alert.c.number == number).values(summary=""))
    hit_by_it = select(hit.c.manifest).where(hit.c.alert == number)
    rows = conn.execute(
        select(manifest.c.number, manifest.c.decision).where(manifest.c.number.in_(hit_by_it))
    ).all()
    of = conn.execute(
        select(alert.c.issuer, alert.c.alert_id).where(alert.c.number == number)
    ).one()
    for one, decision in rows:
        conn.execute(
            update(manifest)
            .where(manifest.c.number == one)
            .values(decision=_without_values(decision, of.issuer, of.alert_id))
        )
    hits.empty(conn, hit.c.alert == number)


def _forget_told(conn: Connection, stamp: Stamp, at: datetime) -> int:
    """Delete what was told here of an alert, unless a hold names just that.

    Returns how many payloads are gone.
    """
    version = conn.execute(
        select(alert.c.version).where(alert.c.number == stamp.number)
    ).scalar_one()
    if holds.standing(conn, Kept.ACKNOWLEDGEMENT, stamp.subject) is None:
        said.forget(conn, stamp.subject, version, at)
    if holds.standing(conn, Kept.FEEDBACK, stamp.subject) is not None:
        return 0
    return feedback.forget(conn, stamp.number, at)


def _without_values(decision: dict[str, Any], issuer: str = "", alert_id: str = "") -> Any:  # noqa: ANN401 - as JSON
    """Return a decision whose hits, those of one alert or all, tell no value of either side."""
    return {
        name: [
            one if issuer and (one["issuer"], one["alert_id"]) != (issuer, alert_id)
            else hits.emptied(one)
            for one in value
        ] if name == "hits" else value
        for name, value in decision.items()
    }  # fmt: skip


def _disposal(row: Row[Any]) -> Disposal:
    return Disposal(
        stamp=Stamp(
            kind=Kept(row.kind),
            number=row.record,
            subject=row.subject,
            partner=row.partner,
            message_id=row.message_id,
            agreement_id=row.agreement_id,
            agreement_version=row.agreement_version,
            grant=row.grant_id,
            kept_since=row.kept_since,
            delete_after=row.delete_after,
        ),
        clause=row.clause,
        due_at=row.due_at,
        at=row.at,
        digest=row.digest,
        payloads=row.payloads,
        number=row.number,
    )
