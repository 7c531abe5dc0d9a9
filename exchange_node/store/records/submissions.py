"""National declarations handed in, and how far each has come.

A submission is a record for the one who handed it in; what is sent lies in the outbox. Its state
moves along `MOVES` only, in one statement, so that a receipt that is recorded after the business
answer does not turn the clock back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from exchange_node.domain.errors import StoreError, UnknownRecordError
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.tables import submission as table
from exchange_node.store.tables.values import findings_of, plain_findings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.domain.finding import Finding
    from exchange_node.store.payloads import Vault


class State(StrEnum):
    """Where a submission stands; REFUSED is ours, REJECTED the partner's.

    WAITING says that officers have to let it go first.
    """

    REFUSED = "refused"
    WAITING = "waiting"
    QUEUED = "queued"
    HELD = "held"
    SENT = "sent"
    RECEIPTED = "receipted"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


_OPEN = frozenset({State.QUEUED, State.HELD, State.SENT})
_GIVEN_UP = frozenset({State.FAILED, State.CANCELLED})
_ANSWERABLE = _OPEN | _GIVEN_UP | {State.RECEIPTED}

MOVES: Mapping[State, frozenset[State]] = {
    State.REFUSED: frozenset({State.WAITING}),
    State.WAITING: frozenset(),
    State.QUEUED: frozenset({State.WAITING, State.HELD, State.FAILED}),
    State.HELD: frozenset({State.QUEUED, State.SENT}),
    State.SENT: frozenset({State.QUEUED, State.HELD}),
    State.RECEIPTED: _OPEN | _GIVEN_UP,
    State.FAILED: _OPEN,
    State.CANCELLED: _OPEN,
    State.ACCEPTED: _ANSWERABLE,
    State.REJECTED: _ANSWERABLE,
}
"""From which states each state is reached. An answer may overtake its receipt; a message that was
given up may be sent once more."""


_BEHIND = (
    select(table.c.number, table.c.state, table.c.findings)
    .where(table.c.message_id == bindparam("of"), table.c.message_id != "")
    .with_for_update()
)  # made once: making a statement costs several times what running it does


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One declaration handed in.

    Attributes:
        idempotency_key: the submitter's own key of this submission; None when none was given.
        partner: party id of the administration it is for.
        format: name of the national profile.
        movement: `str` of a MovementId; empty when the declaration could not be read that far.
        message_id: of the message in the outbox; empty when nothing was queued.
        digest: SHA-256 of the declaration, lower-case hex; `add` fills it in.
        findings: why it was refused, what was remarked, what the partner answered.
        declaration_id, report_id: payload ids; `add` fills them in, the second is None without a
            report.
        office: of declaration, as quality counts it.
        number_digest, reference_digest: of the number and of the reference that the declaration
            names itself by; empty where it has none. They tell that one is handed in again.
        tries: 1 at the first try, 2 where the one before was refused or rejected …; 0 where it is
            not counted.
    """

    submission_id: str
    submitted_by: str
    partner: str
    format: str
    state: State
    at: datetime
    idempotency_key: str | None = None
    movement: str = ""
    message_id: str = ""
    findings: tuple[Finding, ...] = ()
    digest: str = ""
    declaration_id: str = ""
    report_id: str | None = None
    changed_at: datetime | None = None
    office: str = ""
    number_digest: str = ""
    reference_digest: str = ""
    tries: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether it was refused here, so that nothing was sent."""
        return self.state is State.REFUSED


def add(
    conn: Connection, submission: Submission, declaration: bytes, report: bytes, vault: Vault
) -> Submission:
    """Record a submission with its declaration and the loss report (empty for none).

    Returns it as it is stored. Where the submitter has used the idempotency key before, nothing
    is written and the earlier submission is returned: its `submission_id` differs, and its
    `digest` tells whether the same declaration was handed in.

    Raises:
        StoreError: the submission's own id is taken.
    """
    earlier = by_key(conn, submission.submitted_by, submission.idempotency_key)
    if earlier is not None:
        return earlier
    declaration_id = f"submission/{submission.submission_id}/declaration"
    report_id = f"submission/{submission.submission_id}/report" if report else None
    payloads.keep(conn, declaration_id, declaration, vault)
    if report_id is not None:
        payloads.keep(conn, report_id, report, vault)
    new = replace(
        submission,
        digest=hashlib.sha256(declaration).hexdigest(),
        declaration_id=declaration_id,
        report_id=report_id,
        changed_at=submission.at,
    )
    if add_once(conn, table, _values(new)):
        return new
    earlier = by_key(conn, submission.submitted_by, submission.idempotency_key)
    if earlier is None:
        raise StoreError(detail=f"submission {submission.submission_id} is there already")
    # Another transaction was quicker with the same key.
    payloads.erase(conn, declaration_id)
    if report_id is not None:
        payloads.erase(conn, report_id)
    return earlier


def get(conn: Connection, submission_id: str) -> Submission:
    """Return a submission.

    Raises:
        UnknownRecordError: there is none of that id.
    """
    row = conn.execute(select(table).where(table.c.submission_id == submission_id)).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="submission", key=submission_id)
    return _submission(row)


def by_key(conn: Connection, submitted_by: str, idempotency_key: str | None) -> Submission | None:
    """Return what a submitter handed in under a key of its own, if anything."""
    if idempotency_key is None:
        return None
    row = conn.execute(
        select(table).where(
            table.c.submitted_by == submitted_by, table.c.idempotency_key == idempotency_key
        )
    ).one_or_none()
    return None if row is None else _submission(row)


def by_message(conn: Connection, message_id: str) -> Submission | None:
    """Return the submission that became a message, if one did."""
    if not message_id:
        return None
    row = conn.execute(select(table).where(table.c.message_id == message_id)).one_or_none()
    return None if row is None else _submission(row)


def search(
    conn: Connection, *, state: State | None = None, movement: str = "", after: str = "", limit: int
) -> list[Submission]:
    """Return submissions, the newest first; `after` is the last id of the page before."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if state is not None:
        query = query.where(table.c.state == state)
    if movement:
        query = query.where(table.c.movement == movement)
    if after:
        last = select(table.c.number).where(table.c.submission_id == after).scalar_subquery()
        query = query.where(table.c.number < last)
    return [_submission(row) for row in conn.execute(query)]


def advance(
    conn: Connection,
    message_id: str,
    to: State,
    *,
    at: datetime,
    findings: tuple[Finding, ...] = (),
) -> bool:
    """Move the submission behind a message; return whether it moved.

    It does not where no submission stands behind the message (an alert, an answer), or where
    `MOVES` has no way from its state. The findings come after those it had.
    """
    row = conn.execute(_BEHIND, {"of": message_id}).one_or_none()
    if row is None or row.state not in MOVES[to]:
        return False
    conn.execute(
        update(table)
        .where(table.c.number == row.number)
        .values(state=to, changed_at=at, findings=[*row.findings, *plain_findings(findings)])
    )
    return True


def _values(one: Submission) -> dict[str, Any]:
    return {
        "submission_id": one.submission_id,
        "submitted_by": one.submitted_by,
        "idempotency_key": one.idempotency_key,
        "partner": one.partner,
        "format": one.format,
        "state": one.state,
        "movement": one.movement,
        "message_id": one.message_id,
        "digest": one.digest,
        "findings": plain_findings(one.findings),
        "declaration_id": one.declaration_id,
        "report_id": one.report_id,
        "at": one.at,
        "changed_at": one.changed_at,
        "office": one.office,
        "number_digest": one.number_digest,
        "reference_digest": one.reference_digest,
        "tries": one.tries,
    }


def _submission(row: Row[Any]) -> Submission:
    return Submission(
        submission_id=row.submission_id,
        submitted_by=row.submitted_by,
        idempotency_key=row.idempotency_key,
        partner=row.partner,
        format=row.format,
        state=State(row.state),
        movement=row.movement,
        message_id=row.message_id,
        digest=row.digest,
        findings=findings_of(row.findings),
        declaration_id=row.declaration_id,
        report_id=row.report_id,
        at=row.at,
        changed_at=row.changed_at,
        office=row.office,
        number_digest=row.number_digest,
        reference_digest=row.reference_digest,
        tries=row.tries,
    )
