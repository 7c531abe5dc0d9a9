"""Manifests that were sent or received: filed once, found by what an officer knows.

The sealed document is a payload; the row holds what lists and decisions need of it, and
`manifest_key` what look-up and matching need: offices, vehicles, containers, seals, movement,
parties, documents, goods headings, each folded by whoever files and by whoever asks alike. A later
document on the same movement supersedes the earlier one, which stays as it was; a test document
supersedes test documents alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from exchange_node.domain.errors import StoreBusyError, UnknownRecordError
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.records.held import Direction, Kind, manifest_of, manifest_values
from exchange_node.store.records.hits import queue_as_manifest
from exchange_node.store.records.search.statements import EXPECTED, PASSED, finding
from exchange_node.store.tables import manifest as table
from exchange_node.store.tables import manifest_key as key_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from exchange_node.domain.decision import Decision
    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.held import HeldManifest


Roles = Mapping[tuple[str, str], int]
"""Of keys that name somebody, the roles that he has in the manifest, one bit each."""

NO_ROLES: Roles = MappingProxyType({})

# Made once: making a statement costs several times what running it does.
_SET_DECISION = (
    update(table)
    .where(table.c.number == bindparam("of"))
    .values({one: bindparam(f"new_{one}") for one in ("channel", "decision", "decided_at")})
)


def file(
    conn: Connection,
    held: HeldManifest,
    keys: Iterable[tuple[str, str]],
    document: bytes,
    vault: Vault,
    roles: Roles = NO_ROLES,
) -> HeldManifest:
    """File a manifest with its sealed document and its keys (kind, folded value).

    Returns it as it is stored. Where this message was filed before, nothing is written and what
    was filed then is returned. It takes the place of what was held, unless it says itself what
    holds in its place (`superseded_by`). Alerts that are looked up after this in the same
    transaction are all there are: no alert can slip in between (see `hits`).

    Raises:
        StoreBusyError: others file documents on the same movement faster than we can count.
    """
    document_id = f"manifest/{held.direction}/{held.partner}/{held.message_id}"
    same = (table.c.direction == held.direction, table.c.partner == held.partner)
    row = manifest_values(held, document_id)
    queue_as_manifest(conn)
    for _ in range(10):
        earlier = conn.execute(
            select(table).where(*same, table.c.message_id == held.message_id)
        ).one_or_none()
        if earlier is not None:
            return manifest_of(earlier)
        payloads.keep(conn, document_id, document, vault)
        last = conn.execute(
            select(func.max(table.c.version)).where(*same, table.c.movement == held.movement)
        ).scalar_one()
        if add_once(conn, table, {**row, "version": (last or 0) + 1}):
            break
    else:
        raise StoreBusyError(why=f"too many documents on movement {held.movement} at once")
    new = get_by_message(conn, held.direction, held.partner, held.message_id)
    if held.superseded_by is not None:
        add_keys(conn, new, keys, roles)
        return new
    conn.execute(
        update(table)
        .where(
            *same,
            table.c.movement == held.movement,
            table.c.test == held.exchange.test,
            table.c.number != new.number,
            table.c.superseded_by.is_(None),
        )
        .values(superseded_by=new.number)
    )
    add_keys(conn, new, keys, roles)
    return new


def let_hold(conn: Connection, held: HeldManifest) -> None:
    """Let a document that is held take the place of whatever holds on its movement."""
    of_it = (
        table.c.direction == held.direction,
        table.c.partner == held.partner,
        table.c.movement == held.movement,
        table.c.test == held.exchange.test,
    )
    for is_changed, after in (
        ((table.c.number != held.number) & table.c.superseded_by.is_(None), held.number),
        (table.c.number == held.number, None),
    ):
        conn.execute(update(table).where(*of_it, is_changed).values(superseded_by=after))


def add_keys(
    conn: Connection, held: HeldManifest, keys: Iterable[tuple[str, str]], roles: Roles
) -> None:
    """Add what a manifest is found by."""
    named = key_rows(held, keys, roles)
    if named:
        conn.execute(insert(key_table), named)


def key_rows(
    held: HeldManifest, keys: Iterable[tuple[str, str]], roles: Roles
) -> list[dict[str, object]]:
    """Return the rows that a manifest is found by; at its offices it is expected on arrival.

    One that does not tell when it arrives is expected from the moment it was stored.
    """
    due = held.expected_arrival or held.stored_at
    expected = due if held.direction is Direction.RECEIVED else None
    return [
        {
            "kind": kind,
            "value": value,
            "manifest": held.number,
            "due_at": expected if kind == Kind.OFFICE else None,
            "roles": roles.get((kind, value)),
        }
        for kind, value in sorted(set(keys))
        if value
    ]


def get(conn: Connection, number: int) -> HeldManifest:
    """Return a manifest by its number.

    Raises:
        UnknownRecordError: there is none of that number.
    """
    row = conn.execute(select(table).where(table.c.number == number)).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="manifest", key=str(number))
    return manifest_of(row)


def get_by_message(
    conn: Connection, direction: Direction, partner: str, message_id: str
) -> HeldManifest:
    """Return the manifest that a message brought or took away.

    Raises:
        UnknownRecordError: there is none.
    """
    row = conn.execute(
        select(table).where(
            table.c.direction == direction,
            table.c.partner == partner,
            table.c.message_id == message_id,
        )
    ).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="manifest", key=message_id)
    return manifest_of(row)


def versions(conn: Connection, movement: str) -> list[HeldManifest]:
    """Return every document on a movement, sent and received, the newest first."""
    rows = conn.execute(
        select(table).where(table.c.movement == movement).order_by(table.c.number.desc())
    )
    return [manifest_of(row) for row in rows]


def find(
    conn: Connection,
    *,
    keys: Mapping[Kind, str] | None = None,
    window: tuple[datetime, datetime] | None = None,
    direction: Direction = Direction.RECEIVED,
    handling: Collection[str] | None = None,
    earlier: bool = False,
    after: int = 0,
    limit: int,
) -> list[HeldManifest]:
    """Return what fits every key, not superseded, the newest first.

    With `earlier`, what was superseded is found as well.

    `window` is from (included) to (excluded); a manifest that does not tell when it arrives is
    found in every window. `handling` leaves out what is held more closely. `after` is the last
    number of the page before.
    """
    named = dict(keys or {})
    query = finding(
        tuple(named),
        is_bounded=window is not None,
        is_sifted=handling is not None,
        is_earlier=earlier,
        is_behind=bool(after),
    )
    begin, end = window or (None, None)
    asked = {
        **{f"key_{kind}": value for kind, value in named.items()},
        "direction": direction,
        "most": limit,
        **({"begin": begin, "end": end} if window is not None else {}),
        **({"handling": sorted(handling)} if handling is not None else {}),
        **({"after": after} if after else {}),
    }
    return [manifest_of(row) for row in conn.execute(query, asked)]


def expected(
    conn: Connection,
    office: str,
    *,
    window: tuple[datetime, datetime],
    after: tuple[datetime, int] | None = None,
    limit: int,
) -> list[tuple[datetime, HeldManifest]]:
    """Return what is expected at an office (folded), not superseded, the earliest first, and when.

    What was seen there, or has arrived at its destination, is not expected any more. `window` is
    from (included) to (excluded). `after` is when and what the page before ended with.
    """
    begin, end = window
    moment, number = after or (begin, 0)
    asked = {"office": office, "begin": moment, "number": number, "end": end, "most": limit}
    return [(row.due_at, manifest_of(row)) for row in conn.execute(EXPECTED, asked)]


def passed(conn: Connection, office: str, numbers: Collection[int]) -> frozenset[int]:
    """Return those of some manifests that were seen at an office (folded), or have arrived.

    Not more than a statement has room for (`keyed.MOST`) may be asked for at once.
    """
    asked = {"office": office, "numbers": sorted(numbers)}
    return frozenset(conn.execute(PASSED, asked).scalars()) if numbers else frozenset()


def numbered(conn: Connection, numbers: Collection[int]) -> dict[int, HeldManifest]:
    """Return manifests by their numbers: those that are held, and that nothing took the place of.

    Not more than a statement has room for (`keyed.MOST`) may be asked for at once.
    """
    if not numbers:
        return {}
    is_held = table.c.superseded_by.is_(None) & table.c.disposed_at.is_(None)
    rows = conn.execute(select(table).where(table.c.number.in_(numbers), is_held))
    return {row.number: manifest_of(row) for row in rows}


def current(conn: Connection, *, after: int = 0, limit: int) -> list[HeldManifest]:
    """Return what is not superseded, sent or received, by number; `after` that number."""
    rows = conn.execute(
        select(table)
        .where(
            table.c.superseded_by.is_(None),
            table.c.disposed_at.is_(None),
            table.c.number > after,
        )
        .order_by(table.c.number)
        .limit(limit)
    )
    return [manifest_of(row) for row in rows]


def set_decision(conn: Connection, number: int, decision: Decision, at: datetime) -> None:
    """Record the channel of a manifest and why; the last decision holds.

    Raises:
        UnknownRecordError: there is no manifest of that number.
    """
    values = {
        "new_channel": decision.channel,
        "new_decision": asdict(decision),
        "new_decided_at": at,
    }
    done = conn.execute(_SET_DECISION, {"of": number, **values})
    if not done.rowcount:
        raise UnknownRecordError(kind="manifest", key=str(number))
