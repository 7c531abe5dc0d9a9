"""Risk alerts that were drafted here or received: kept by version, live ones found by key.

The document (whole, sealed where it was received) is a payload; `alert_key` holds what matching
looks up. A subject without a key is found by every look-up: no alert is missed for want of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from exchange_node.domain.errors import UnknownRecordError, UnusableQueryError
from exchange_node.store import payloads
from exchange_node.store.records.held import ALERT_MOVES, AlertState, Direction, alert_of
from exchange_node.store.records.hits import queue_as_alert
from exchange_node.store.records.search.alerts import NOT_OVER, is_not_over
from exchange_node.store.records.search.keyed import ANY, MOST, numbers_with
from exchange_node.store.tables import alert as table
from exchange_node.store.tables import alert_key as key_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Connection

    from exchange_node.domain.agreement import Handling
    from exchange_node.domain.alert import RiskAlert
    from exchange_node.domain.message import Exchange
    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.held import HeldAlert

_PAGE = 200
"""Alerts that are read at a time by who may need the newest alone (our choice)."""

# Made once: making a statement costs several times what running it does.
_BY_NUMBER = select(table).where(table.c.number == bindparam("of"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an alert comes from and how closely it is held.

    Attributes:
        by: who drafted it (a user), or `node` where it was received.
        partner, message_id: who sent it, by which message; empty where it is our own.
        exchange: what it came under; None where it is our own.
        kept_since, retention: how long it may be kept, and from when; None where it is our own.
    """

    direction: Direction
    state: AlertState
    handling: Handling
    test: bool
    by: str
    at: datetime
    partner: str = ""
    message_id: str = ""
    exchange: Exchange | None = None
    kept_since: datetime | None = None
    retention: timedelta | None = None


def file(
    conn: Connection,
    alert: RiskAlert,
    origin: Origin,
    keys: Iterable[tuple[str, str, int]],
    document: bytes,
    vault: Vault,
) -> HeldAlert:
    """File a version of an alert with its document and keys (kind, folded value, subject from 1).

    Returns it as it is stored. Where this version is there already, nothing is written and what
    was filed first is returned; a partner's second text under one version changes nothing.
    Manifests that are looked up after this in the same transaction are all there are (see `hits`).
    """
    queue_as_alert(conn)
    document_id = f"alert/{alert.issuer}/{alert.alert_id}/{alert.version}"
    held = find(conn, alert.issuer, alert.alert_id, alert.version)
    if held is not None:
        return held
    payloads.keep(conn, document_id, document, vault)
    conn.execute(insert(table).values(values_of(alert, origin, document_id)))
    new = get(conn, alert.issuer, alert.alert_id, alert.version)
    add_keys(conn, new.number, alert, keys)
    return new


def add_keys(
    conn: Connection, number: int, alert: RiskAlert, keys: Iterable[tuple[str, str, int]]
) -> None:
    """Add what an alert is found by: a subject without a key is found by every look-up."""
    named = {(kind, value, subject) for kind, value, subject in keys if value}
    with_key = {subject for _, _, subject in named}
    named |= {(ANY, ANY, subject) for subject, _ in alert.sought if subject not in with_key}
    if not named:  # a withdrawal looks for nothing
        return
    conn.execute(
        insert(key_table),
        [
            {"kind": kind, "value": value, "alert": number, "subject": subject}
            for kind, value, subject in sorted(named)
        ],
    )


def find(conn: Connection, issuer: str, alert_id: str, version: int) -> HeldAlert | None:
    """Return one version of an alert, if it is held."""
    mine = select(table).where(table.c.issuer == issuer, table.c.alert_id == alert_id)
    row = conn.execute(mine.where(table.c.version == version)).one_or_none()
    return None if row is None else alert_of(row)


def get(conn: Connection, issuer: str, alert_id: str, version: int | None = None) -> HeldAlert:
    """Return a version of an alert; without a version the last.

    Raises:
        UnknownRecordError: it is not held.
    """
    query = select(table).where(table.c.issuer == issuer, table.c.alert_id == alert_id)
    if version is not None:
        query = query.where(table.c.version == version)
    row = conn.execute(query.order_by(table.c.version.desc()).limit(1)).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="alert", key=alert_id)
    return alert_of(row)


def versions(
    conn: Connection, issuer: str, alert_id: str, *, locked: bool = False
) -> list[HeldAlert]:
    """Return every version of an alert, the newest first; locked, nobody else changes any."""
    mine = select(table).where(table.c.issuer == issuer, table.c.alert_id == alert_id)
    mine = mine.order_by(table.c.version.desc())
    if locked:  # the newest first, as they are moved
        conn.execute(mine.with_for_update()).all()
        queue_as_alert(conn)
    return [alert_of(row) for row in conn.execute(mine)]


def by_id(
    conn: Connection, alert_id: str, *, issuer: str = "", direction: Direction | None = None
) -> HeldAlert:
    """Return the last version of an alert. Each issuer gives its own ids: two may give the same.

    Raises:
        UnknownRecordError: it is not held.
        UnusableQueryError: several issuers gave the id, and none was named.
    """
    query = select(table).where(table.c.alert_id == alert_id)
    if issuer:
        query = query.where(table.c.issuer == issuer)
    if direction is not None:
        query = query.where(table.c.direction == direction)
    issuers = conn.execute(query.with_only_columns(table.c.issuer).distinct()).scalars().all()
    if len(issuers) > 1:
        why = f"the id was given by each of {', '.join(sorted(issuers))}: name one"
        raise UnusableQueryError(what="issuer", why=why)
    row = conn.execute(query.order_by(table.c.version.desc()).limit(1)).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="alert", key=alert_id)
    return alert_of(row)


def by_number(conn: Connection, number: int) -> HeldAlert:
    """Return an alert by its number.

    Raises:
        UnknownRecordError: there is none of that number.
    """
    row = conn.execute(_BY_NUMBER, {"of": number}).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="alert", key=str(number))
    return alert_of(row)


def advance(conn: Connection, number: int, to: AlertState, *, by: str, at: datetime) -> bool:
    """Move an alert along `ALERT_MOVES`; return False where its state has no way there."""
    done = conn.execute(
        update(table)
        .where(table.c.number == number, table.c.state.in_(ALERT_MOVES[to]))
        .values(state=to, changed_at=at, changed_by=by)
    )
    return done.rowcount == 1


def live(conn: Connection, at: datetime, *, direction: Direction | None = None) -> list[HeldAlert]:
    """Return the alerts in force at a moment, by number; of each only its last version."""
    query = select(table).where(_is_live(at)).order_by(table.c.number)
    if direction is not None:
        query = query.where(table.c.direction == direction)
    return [alert_of(row) for row in conn.execute(query)]


def by_keys(conn: Connection, keys: Iterable[tuple[str, str]], at: datetime) -> list[HeldAlert]:
    """Return the alerts in force that have a subject with any of the keys, or with none at all.

    Those that begin later are among them: nobody looks again when they begin. These are candidates
    for matching, by number.
    """
    found = numbers_with(conn, key_table, "alert", {*keys, (ANY, ANY)})
    return [
        alert_of(row)
        for start in range(0, len(found), MOST)
        for row in conn.execute(NOT_OVER, {"numbers": found[start : start + MOST], "at": at})
    ]


def newest_by_keys(
    conn: Connection, keys: Iterable[tuple[str, str]], at: datetime
) -> Iterator[HeldAlert]:
    """Yield the alerts in force, or to be, that have any of the keys, the newest first.

    They are read a page at a time: who needs the first of them loads no more.
    """
    found = numbers_with(conn, key_table, "alert", keys)[::-1]
    for start in range(0, len(found), _PAGE):
        asked = {"numbers": found[start : start + _PAGE], "at": at}
        yield from map(alert_of, reversed(conn.execute(NOT_OVER, asked).all()))


def search(
    conn: Connection,
    *,
    direction: Direction | None = None,
    state: AlertState | None = None,
    handling: Collection[str] | None = None,
    after: int = 0,
    limit: int,
) -> list[HeldAlert]:
    """Return alerts, the newest first; `after` is the last number of the page before.

    `handling` leaves out what is held more closely.
    """
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if direction is not None:
        query = query.where(table.c.direction == direction)
    if state is not None:
        query = query.where(table.c.state == state)
    if handling is not None:
        query = query.where(table.c.handling.in_(handling))
    if after:
        query = query.where(table.c.number < after)
    return [alert_of(row) for row in conn.execute(query)]


def _is_live(at: datetime) -> ColumnElement[bool]:
    return is_not_over(at) & (table.c.valid_from <= at)


_LISTED = (
    "category", "severity", "urgency", "marking", "permitted_action", "unverified", "summary",
    "issued_at", "valid_until", "operation",
)  # fmt: skip


def values_of(alert: RiskAlert, origin: Origin, document_id: str) -> dict[str, object]:
    """Return the columns of a version that is new."""
    exchange = origin.exchange
    kept_since, retention = origin.kept_since, origin.retention
    return {
        "issuer": alert.issuer,
        "alert_id": alert.alert_id,
        "version": alert.version,
        "direction": origin.direction,
        "partner": origin.partner,
        "message_id": origin.message_id,
        "state": origin.state,
        **listed(alert),
        "function": alert.function,
        "handling": origin.handling,
        "agreement_id": exchange.agreement_id if exchange else "",
        "agreement_version": exchange.agreement_version if exchange else 0,
        "grant_id": exchange.grant if exchange else "",
        "purpose": exchange.purpose if exchange else "",
        "kept_since": kept_since,
        "delete_after": kept_since + retention if kept_since and retention else None,
        "test": origin.test,
        "document_id": document_id,
        "stored_at": origin.at,
        "stored_by": origin.by,
        "changed_at": origin.at,
        "changed_by": origin.by,
        "feedback_requested": alert.feedback_requested,
        "feedback_due_on": alert.feedback_due_on,
        "feedback_scope": alert.feedback_scope,
        "confidence": alert.confidence,
    }


def listed(alert: RiskAlert) -> dict[str, object]:
    """Return the columns that lists and matching need of what an alert says."""
    said = {one: getattr(alert, one) for one in _LISTED}
    return said | {"valid_from": alert.valid_from or alert.issued_at}
