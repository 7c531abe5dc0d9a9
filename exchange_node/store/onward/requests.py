"""What was asked and told of records, and what was answered: rows that are only added.

One thing changes: which message carries a request of ours that the partner never took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.onward.asking import Asking, OnwardAnswer, OnwardRequest, Outcome
from exchange_node.domain.onward.wanted import RecordName, Use, Wanted
from exchange_node.domain.retention import Kept
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.onward.kept import KeptAnswer, KeptRequest, Registered
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters
from exchange_node.store.tables import inbox, onward_answer, onward_request, payload

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


def add(conn: Connection, kept: KeptRequest) -> bool:
    """Record a request; return False where one of its number was recorded before."""
    request, wanted = kept.request, kept.request.wanted
    row = {
        "direction": kept.direction,
        "partner": kept.partner,
        "request_id": request.request_id,
        "asking": request.asking,
        "kind": wanted.record.kind,
        "subject": wanted.record.subject,
        "record_message_id": wanted.record.message_id,
        "recipient": wanted.recipient,
        "use": wanted.use,
        "purpose": wanted.purpose,
        "at": request.at,
        "until": request.until,
        "due_at": request.due_at,
        "message_id": kept.message_id,
        "document_id": kept.document_id,
        "delete_after": kept.delete_after,
        "recorded_at": kept.recorded_at,
        "recorded_by": kept.recorded_by,
    }
    return add_once(conn, onward_request, row)


def add_answer(conn: Connection, kept: KeptAnswer) -> bool:
    """Record an answer; return False where its number or its place is taken."""
    answer = kept.answer
    row = {
        "request": kept.request,
        "answer_id": answer.answer_id,
        "outcome": answer.outcome,
        "ordinal": answer.ordinal,
        "ground": answer.ground,
        "until": answer.until,
        "at": answer.at,
        "message_id": kept.message_id,
        "document_id": kept.document_id,
        "recorded_at": kept.recorded_at,
        "recorded_by": kept.recorded_by,
    }
    return add_once(conn, onward_answer, row)


def carry_anew(
    conn: Connection, kept: KeptRequest, message_id: str, due_at: datetime | None
) -> bool:
    """Let another message carry a request of ours; False where one does that is not known here.

    What the partner never took was never asked: the time to answer is that of the new message.
    """
    done = conn.execute(
        update(onward_request)
        .where(
            onward_request.c.number == kept.number,
            onward_request.c.message_id == kept.message_id,
        )
        .values(message_id=message_id, due_at=due_at)
    )
    return done.rowcount == 1


def get(
    conn: Connection, request_id: str, *, direction: Direction | None = None, partner: str = ""
) -> Registered:
    """Return a request with its answers.

    Raises:
        UnknownRecordError: there is none of that number, or there are several: partners number
            theirs as they like.
    """
    query = select(onward_request).where(onward_request.c.request_id == request_id)
    if direction is not None:
        query = query.where(onward_request.c.direction == direction)
    if partner:
        query = query.where(onward_request.c.partner == partner)
    rows = conn.execute(query).all()
    if len(rows) != 1:
        raise UnknownRecordError(kind="onward request", key=request_id)
    return _registered(conn, rows)[0]


def search(
    conn: Connection,
    *,
    direction: Direction | None = None,
    partner: str = "",
    subject: str = "",
    limit: int,
) -> list[Registered]:
    """Return requests with their answers, the newest first."""
    query = select(onward_request).order_by(onward_request.c.number.desc()).limit(limit)
    if direction is not None:
        query = query.where(onward_request.c.direction == direction)
    if partner:
        query = query.where(onward_request.c.partner == partner)
    if subject:
        query = query.where(onward_request.c.subject == subject)
    return _registered(conn, conn.execute(query).all())


def about(conn: Connection, record: RecordName, partner: str) -> list[Registered]:
    """Return what this node has asked a partner about a record, the oldest first."""
    query = (
        select(onward_request)
        .where(
            onward_request.c.direction == Direction.SENT,
            onward_request.c.partner == partner,
            onward_request.c.kind == record.kind,
            onward_request.c.subject == record.subject,
            onward_request.c.record_message_id == record.message_id,
        )
        .order_by(onward_request.c.number)
    )
    return _registered(conn, conn.execute(query).all())


def overdue(conn: Connection, at: datetime, *, limit: int) -> list[KeptRequest]:
    """Return requests of partners whose documents are to go, as long as any is there."""
    answered = (
        select(onward_answer.c.request)
        .join(payload, payload.c.payload_id == onward_answer.c.document_id)
        .where(onward_answer.c.request == onward_request.c.number, payload.c.disposed_at.is_(None))
    )
    rows = conn.execute(
        select(onward_request)
        .join(payload, payload.c.payload_id == onward_request.c.document_id)
        .where(
            onward_request.c.delete_after <= at,
            or_(payload.c.disposed_at.is_(None), exists(answered)),
        )
        .order_by(onward_request.c.number)
        .limit(limit)
    ).all()
    return [_kept(row) for row in rows]


def forget(
    conn: Connection, numbers: Iterable[int], at: datetime
) -> tuple[int, list[tuple[str, str]]]:
    """Delete the documents of requests and of their answers; the coded rows stay as the register.

    Returns how many are gone, and sender and id of the messages that brought some of them: what
    else these brought is for the caller to delete.
    """
    mine = list(numbers)
    if not mine:
        return 0, []
    documents = [
        *conn.execute(
            select(onward_request.c.document_id).where(onward_request.c.number.in_(mine))
        ).scalars(),
        *conn.execute(
            select(onward_answer.c.document_id).where(onward_answer.c.request.in_(mine))
        ).scalars(),
    ]
    brought = conn.execute(
        select(inbox.c.sender, inbox.c.message_id).where(inbox.c.payload_id.in_(documents))
    ).all()
    gone = sum(payloads.dispose(conn, one, at) for one in documents)
    return gone, [(row.sender, row.message_id) for row in brought]


def of_record(conn: Connection, record: RecordName, partner: str) -> list[int]:
    """Return the numbers of what this node has asked about a record."""
    return [one.kept.number for one in about(conn, record, partner)]


def _registered(conn: Connection, rows: Sequence[Row[Any]]) -> list[Registered]:
    numbers = [row.number for row in rows]
    answers: dict[int, list[KeptAnswer]] = {}
    parties = {row.number: (row.partner, row.direction, row.request_id) for row in rows}
    found = conn.execute(
        select(onward_answer)
        .where(onward_answer.c.request.in_(numbers))
        .order_by(onward_answer.c.number)
    )
    for row in found:
        partner, direction, request_id = parties[row.request]
        # Whoever was asked answers: the partner where this node has asked.
        party = partner if direction == Direction.SENT else ""
        answers.setdefault(row.request, []).append(_answer(row, party, request_id))
    return [_with_letters(conn, _kept(row), tuple(answers.get(row.number, ()))) for row in rows]


def _with_letters(
    conn: Connection, kept: KeptRequest, answers: tuple[KeptAnswer, ...]
) -> Registered:
    is_ours = kept.direction is Direction.SENT
    mine = [kept.message_id] if is_ours else [one.message_id for one in answers]
    found = [letter for one in mine if (letter := letters.find(conn, one)) is not None]
    return Registered(kept=kept, answers=answers, letters={one.message_id: one for one in found})


def _kept(row: Row[Any]) -> KeptRequest:
    request = OnwardRequest(
        request_id=row.request_id,
        party=row.partner if row.direction == Direction.RECEIVED else "",
        asking=Asking(row.asking),
        wanted=Wanted(
            record=RecordName(
                kind=Kept(row.kind), subject=row.subject, message_id=row.record_message_id
            ),
            recipient=row.recipient,
            use=Use(row.use),
            purpose=row.purpose,
        ),
        why="",
        at=row.at,
        until=row.until,
        due_at=row.due_at,
    )
    return KeptRequest(
        direction=Direction(row.direction),
        partner=row.partner,
        request=request,
        message_id=row.message_id,
        document_id=row.document_id,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        delete_after=row.delete_after,
        number=row.number,
    )


def _answer(row: Row[Any], party: str, request_id: str) -> KeptAnswer:
    return KeptAnswer(
        request=row.request,
        answer=OnwardAnswer(
            answer_id=row.answer_id,
            party=party,
            request_id=request_id,
            outcome=Outcome(row.outcome),
            ordinal=row.ordinal,
            at=row.at,
            ground=row.ground,
            until=row.until,
        ),
        message_id=row.message_id,
        document_id=row.document_id,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
