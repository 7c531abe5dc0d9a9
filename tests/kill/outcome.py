"""What an exchange has come to at one node, read from its database and its notices."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Select, func, or_, select

from exchange_node.services.stations.clocks.alerts import UNACKNOWLEDGED, UNSEEN
from exchange_node.services.stations.clocks.answers import ANSWER_DUE
from exchange_node.services.stations.waiting.due import TOLD_DUE
from exchange_node.store import audit, tables
from exchange_node.store.database import open_database, reading
from exchange_node.store.records import hits, manifests, quality
from exchange_node.store.records.held import Direction
from exchange_node.store.records.quality import Asked, What

Outcome = dict[str, object]

COUNTED = (
    "alert.acknowledged",
    "alert.drafted",
    "alert.sent",
    "message.filed",
    "message.kept",
    "message.rejected",
    "submission.queued",
    "transmission.receipted",
)
"""What is done once, however often it was begun."""


@contextmanager
def looking(folder: Path) -> Iterator[Connection]:
    """Look into a node's database for a moment; nobody is left connected to it."""
    engine = open_database(f"sqlite:///{folder / 'var' / 'node.db'}")
    try:
        with reading(engine) as conn:
            yield conn
    finally:
        engine.dispose()


def outcome(folder: Path, movement: str, alert_id: str) -> Outcome:
    """Return where a movement and an alert stand, in values that do not name this exchange."""
    about = (movement, alert_id)
    conversation = tables.inbox.c.header["conversation"].as_string()
    with looking(folder) as conn:
        messages = [
            *_column(
                conn,
                select(tables.outbox.c.message_id).where(
                    tables.outbox.c.conversation_id.in_(about)
                ),
            ),
            *_column(conn, select(tables.inbox.c.message_id).where(conversation.in_(about))),
        ]
        return {
            "submissions": _rows(
                conn,
                select(tables.submission.c.state).where(tables.submission.c.movement == movement),
            ),
            "outbox": _rows(
                conn,
                select(
                    tables.outbox.c.code,
                    tables.outbox.c.state,
                    tables.outbox.c.receipt_id.is_not(None),
                    tables.outbox.c.leased_until.is_not(None),
                    tables.outbox.c.answered_at.is_not(None),
                    func.coalesce(tables.outbox.c.answer_accepted, 0),
                ).where(tables.outbox.c.conversation_id.in_(about)),
            ),
            "inbox": _rows(
                conn,
                select(tables.inbox.c.header["code"].as_string(), tables.inbox.c.state).where(
                    conversation.in_(about)
                ),
            ),
            "manifests": _rows(
                conn,
                select(
                    tables.manifest.c.direction,
                    tables.manifest.c.version,
                    tables.manifest.c.channel,
                ).where(tables.manifest.c.movement == movement),
            ),
            "alerts": _rows(
                conn,
                select(
                    tables.alert.c.direction, tables.alert.c.version, tables.alert.c.state
                ).where(tables.alert.c.alert_id == alert_id),
            ),
            "recipients": _rows(
                conn,
                select(
                    tables.alert_recipient.c.partner,
                    tables.alert_recipient.c.delivered_at.is_not(None),
                    tables.alert_recipient.c.accepted_at.is_not(None),
                    tables.alert_recipient.c.acknowledged_at.is_not(None),
                )
                .join(tables.alert, tables.alert.c.number == tables.alert_recipient.c.alert)
                .where(tables.alert.c.alert_id == alert_id),
            ),
            "acknowledgements": _rows(
                conn,
                select(tables.acknowledgement.c.direction).where(
                    tables.acknowledgement.c.alert_id == alert_id
                ),
            ),
            "hits": _hits(conn, alert_id),
            "audit": Counter(
                _column(
                    conn,
                    select(tables.audit.c.action).where(
                        tables.audit.c.action.in_(COUNTED),
                        or_(
                            tables.audit.c.message_id.in_(messages),
                            tables.audit.c.movement == movement,
                            tables.audit.c.subject_key == alert_id,
                        ),
                    ),
                )
            ),
            "notices": _notices(folder, movement, alert_id),
        }


def _column(conn: Connection, query: Select[str]) -> list[str]:
    return list(conn.execute(query).scalars())


def _rows(conn: Connection, query: Select[*tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in conn.execute(query)), key=repr)


def _hits(conn: Connection, alert_id: str) -> list[tuple[str, str]]:
    numbers = conn.execute(
        select(tables.alert.c.number).where(tables.alert.c.alert_id == alert_id)
    ).scalars()
    found = [one for number in numbers for one in hits.of_alert(conn, number)]
    held = [manifests.get(conn, one.manifest) for one in found]
    return [(one.direction.value, one.decision.channel) for one in held if one.decision]


LATE = frozenset({"movement.told-late", "transmission.unanswered"})
"""What is told of how long a kill and the start after it took, which no outcome depends on."""


def _notices(folder: Path, movement: str, alert_id: str) -> dict[str, int]:
    told: Counter[str] = Counter()
    for path in (folder / "var" / "notices").glob("*.json"):
        notice = json.loads(path.read_text(encoding="utf-8"))
        is_of_it = {movement, alert_id} & set(notice["facts"].values())
        if is_of_it and notice["code"] not in LATE:
            told[notice["code"]] += 1
    return told


CLOCKS = frozenset({UNSEEN, UNACKNOWLEDGED, TOLD_DUE, ANSWER_DUE})
"""Duties that only look, when they are due, whether what they wait for has come."""


def is_at_rest(folder: Path) -> bool:
    """Whether nothing is left to be done at a node but what has its day in the calendar."""
    soon = datetime.now(UTC) + timedelta(hours=1)
    with looking(folder) as conn:
        left = (
            select(func.count())
            .select_from(tables.outbox)
            .where(tables.outbox.c.due_at.is_not(None)),
            select(func.count()).select_from(tables.inbox).where(tables.inbox.c.state == "kept"),
            select(func.count())
            .select_from(tables.duty)
            .where(tables.duty.c.due_at <= soon, tables.duty.c.kind.not_in(CLOCKS)),
        )
        return not any(conn.execute(query).scalar_one() for query in left)


def submission_state(folder: Path, submission_id: str) -> str:
    """Return where a submission stands; empty where it is not known."""
    query = select(tables.submission.c.state).where(
        tables.submission.c.submission_id == submission_id
    )
    with looking(folder) as conn:
        return conn.execute(query).scalar_one_or_none() or ""


def is_recipient(folder: Path, alert_id: str, moment: str) -> bool:
    """Whether a moment (`accepted_at` …) of an alert's one recipient has come."""
    query = (
        select(tables.alert_recipient.c[moment])
        .join(tables.alert, tables.alert.c.number == tables.alert_recipient.c.alert)
        .where(tables.alert.c.alert_id == alert_id)
    )
    with looking(folder) as conn:
        return conn.execute(query).scalar_one() is not None


def totals(folder: Path) -> dict[str, int]:
    """Return how much a node holds of everything."""
    named = ("submission", "outbox", "inbox", "manifest", "alert", "hit", "acknowledgement")
    with looking(folder) as conn:
        return {
            name: conn.execute(
                select(func.count()).select_from(tables.metadata.tables[name])
            ).scalar_one()
            for name in named
        }


def counted(folder: Path) -> Counter[tuple[str, str]]:
    """Return how many documents quality has counted, and how many of them as accepted."""
    with looking(folder) as conn:
        return Counter(
            {
                (direction.value, one.what.value): one.documents
                for direction in Direction
                for one in quality.sums(conn, Asked(direction=direction))
                if not one.field and one.what in {What.ALL, What.ACCEPTED}
            }
        )


def unowned_payloads(folder: Path) -> list[str]:
    """Return the payloads that no record names."""
    owners = [
        column
        for table in tables.metadata.tables.values()
        for column in table.c
        if column.name != "payload_id" or table.name not in {"payload", "payload_chunk"}
        for key in column.foreign_keys
        if key.column.table.name == "payload"
    ]
    with looking(folder) as conn:
        owned = {name for column in owners for name in _column(conn, select(column))}
        # A sealed document that was sent bears the name of its message.
        owned |= {f"sealed/{one}" for one in _column(conn, select(tables.outbox.c.message_id))}
        return sorted(set(_column(conn, select(tables.payload.c.payload_id))) - owned)


def audited(folder: Path) -> int:
    """Return how many audit records there are, after their chain was found whole."""
    with looking(folder) as conn:
        return audit.verify_chain(conn).number
