"""What the node of an office was told is expected there: one row for each manifest, as told last.

The words are a payload, and go when they are replaced, when the manifest is expected no longer or
when their retention ends; what they are found by are hashes, which whoever keeps and asks makes
alike. A row without words says that its manifest is gone, so that an older statement that comes
late does not bring it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, or_, select, update

from exchange_node.domain.retention import Kept
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.tables import legal_hold
from exchange_node.store.tables import pulled_entry as table
from exchange_node.store.tables import pulled_key as key_table
from exchange_node.store.tables.values import exchange_of, exchange_values

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from exchange_node.domain.message import Exchange
    from exchange_node.store.payloads import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What was told of one manifest.

    Attributes:
        partner: who told it.
        manifest: the number that the manifest has there.
        movement: `str` of the MovementId.
        tag: which state of it was told; empty where it is gone.
        digest: SHA-256 of the sealed document of the manifest, lower-case hex.
        exchange: of the message that told it, with purpose and handling of the manifest.
        stated_at: when it was stated; what was stated later holds.
        received_at: when the manifest came to who told it.
        due_at: when to expect it at the office.
        passed: whether it was seen there already, or has arrived.
        document_id: the payload of its words; None where they are gone.
        gone_at: when it was taken in that it is expected no longer.
    """

    partner: str
    manifest: int
    movement: str
    message_id: str
    tag: str
    digest: str
    exchange: Exchange
    stated_at: datetime
    received_at: datetime
    expected_arrival: datetime | None
    due_at: datetime
    delete_after: datetime
    passed: bool = False
    document_id: str | None = None
    gone_at: datetime | None = None
    number: int = 0


def locked(conn: Connection, partner: str, manifest: int) -> Pulled | None:
    """Return what was told of a manifest, locked until the end of the transaction."""
    query = select(table).where(table.c.partner == partner, table.c.manifest == manifest)
    row = conn.execute(query.with_for_update()).one_or_none()
    return None if row is None else _pulled(row)


def add(
    conn: Connection, new: Pulled, words: bytes, keys: Collection[str], vault: Vault
) -> Pulled | None:
    """Keep what is told of a manifest for the first time; None where somebody was quicker.

    `keys` are what it is found by. Without `words` none are kept.
    """
    if not add_once(conn, table, _values(new) | {"document_id": None}):
        return None
    kept = locked(conn, new.partner, new.manifest)
    assert kept is not None  # noqa: S101 - it was just written
    return _put(conn, new, kept, words, keys, vault)


def replace(
    conn: Connection,
    kept: Pulled,
    new: Pulled,
    words: bytes,
    keys: Collection[str],
    vault: Vault,
) -> Pulled:
    """Keep what is told of a manifest now in place of what was; the caller holds the row."""
    conn.execute(delete(key_table).where(key_table.c.entry == kept.number))
    values = _values(new) | {"document_id": None}
    conn.execute(update(table).where(table.c.number == kept.number).values(values))
    if kept.document_id is not None:
        payloads.erase(conn, kept.document_id)
    return _put(conn, new, kept, words, keys, vault)


def hide(conn: Connection, kept: Pulled, stated_at: datetime, gone_at: datetime) -> None:
    """Say that a manifest is gone, and leave its words for proceedings; the caller holds it."""
    values = {"stated_at": stated_at, "gone_at": gone_at, "tag": ""}
    conn.execute(update(table).where(table.c.number == kept.number).values(values))


def erase(conn: Connection, kept: Pulled) -> None:
    """Leave nothing of what was told; the caller holds the row."""
    conn.execute(delete(key_table).where(key_table.c.entry == kept.number))
    conn.execute(delete(table).where(table.c.number == kept.number))
    if kept.document_id is not None:
        payloads.erase(conn, kept.document_id)


def is_carried_by(conn: Connection, partner: str, message_id: str) -> bool:
    """Whether a message brought what still holds of a manifest."""
    query = select(table.c.number).where(
        table.c.partner == partner,
        table.c.message_id == message_id,
        table.c.document_id.is_not(None),
    )
    return conn.execute(query.limit(1)).first() is not None


def find(
    conn: Connection,
    *,
    keys: Collection[str] = (),
    window: tuple[datetime, datetime] | None = None,
    earlier: bool = False,
    after: int = 0,
    limit: int,
) -> list[Pulled]:
    """Return what has every key, by the number of the manifest, the highest first.

    `window` and `after` are as those of `records.manifests.find`; with `earlier`, what is gone is
    found as well.
    """
    query = _with(keys)
    if not earlier:
        query = query.where(table.c.gone_at.is_(None))
    if window is not None:
        arrival, (begin, end) = table.c.expected_arrival, window
        query = query.where(or_(arrival.is_(None), (arrival >= begin) & (arrival < end)))
    if after:
        query = query.where(table.c.manifest < after)
    rows = conn.execute(query.order_by(table.c.manifest.desc()).limit(limit))
    return [_pulled(row) for row in rows]


def expected(
    conn: Connection,
    key: str,
    *,
    window: tuple[datetime, datetime],
    after: tuple[datetime, int] | None = None,
    limit: int,
) -> list[Pulled]:
    """Return what is expected by a key (of an office) and has not passed, the earliest first.

    `window` and `after` are as those of `records.manifests.expected`.
    """
    begin, end = window
    moment, number = after or (begin, 0)
    due = table.c.due_at
    query = _with([key]).where(
        table.c.gone_at.is_(None),
        ~table.c.passed,
        due >= moment,
        or_(due > moment, table.c.manifest > number),
        due < end,
    )
    rows = conn.execute(query.order_by(due, table.c.manifest).limit(limit))
    return [_pulled(row) for row in rows]


def numbered(conn: Connection, manifest: int) -> Pulled | None:
    """Return what was told of the manifest of a number, unless it is gone."""
    query = select(table).where(table.c.manifest == manifest, table.c.gone_at.is_(None))
    row = conn.execute(query.order_by(table.c.stated_at.desc()).limit(1)).one_or_none()
    return None if row is None else _pulled(row)


def digest_of(conn: Connection, partner: str, manifest: int) -> str:
    """Return the digest of a manifest that was told of; empty where none is known."""
    query = select(table.c.digest).where(table.c.partner == partner, table.c.manifest == manifest)
    return str(conn.execute(query).scalar_one_or_none() or "")


def of_movement(conn: Connection, movement: str, *, lock: bool = False) -> list[Pulled]:
    """Return what was told of a movement and has its words still, the newest first.

    `lock` holds the rows until the end of the transaction.
    """
    query = select(table).where(table.c.movement == movement, table.c.document_id.is_not(None))
    query = query.order_by(table.c.number.desc())
    return [_pulled(row) for row in conn.execute(query.with_for_update() if lock else query)]


def ended(conn: Connection, at: datetime, *, limit: int) -> list[Pulled]:
    """Return what is to be erased: over, or gone with words that a lifted hold kept."""
    is_over = table.c.delete_after <= at
    is_left = table.c.gone_at.is_not(None) & table.c.document_id.is_not(None)
    is_held = exists().where(
        legal_hold.c.kind == Kept.MANIFEST,
        legal_hold.c.subject == table.c.movement,
        legal_hold.c.lifted_at.is_(None),
    )
    query = select(table).where(or_(is_over, is_left), ~is_held)
    rows = conn.execute(query.order_by(table.c.delete_after).limit(limit))
    return [_pulled(row) for row in rows]


def _with(keys: Collection[str]) -> Select[Any]:
    query = select(table)
    for one in sorted(set(keys)):
        named = key_table.alias()
        query = query.join(named, named.c.entry == table.c.number).where(named.c.value == one)
    return query


def _put(
    conn: Connection,
    new: Pulled,
    kept: Pulled,
    words: bytes,
    keys: Collection[str],
    vault: Vault,
) -> Pulled:
    if words:
        document_id = f"entry/{new.partner}/{new.manifest}/{new.message_id}"
        payloads.keep(conn, document_id, words, vault)
        found = update(table).where(table.c.number == kept.number)
        conn.execute(found.values(document_id=document_id))
    rows = [{"value": one, "entry": kept.number} for one in sorted(set(keys))]
    if rows:
        conn.execute(insert(key_table), rows)
    after = locked(conn, new.partner, new.manifest)
    assert after is not None  # noqa: S101 - the caller holds it
    return after


def _values(one: Pulled) -> dict[str, object]:
    return {
        **exchange_values(one.exchange),
        "partner": one.partner,
        "manifest": one.manifest,
        "movement": one.movement,
        "message_id": one.message_id,
        "tag": one.tag,
        "digest": one.digest,
        "stated_at": one.stated_at,
        "received_at": one.received_at,
        "expected_arrival": one.expected_arrival,
        "due_at": one.due_at,
        "delete_after": one.delete_after,
        "passed": one.passed,
        "gone_at": one.gone_at,
    }


def _pulled(row: Row[Any]) -> Pulled:
    return Pulled(
        partner=row.partner,
        manifest=row.manifest,
        movement=row.movement,
        message_id=row.message_id,
        tag=row.tag,
        digest=row.digest,
        exchange=exchange_of(row),
        stated_at=row.stated_at,
        received_at=row.received_at,
        expected_arrival=row.expected_arrival,
        due_at=row.due_at,
        delete_after=row.delete_after,
        passed=row.passed,
        document_id=row.document_id,
        gone_at=row.gone_at,
        number=row.number,
    )
