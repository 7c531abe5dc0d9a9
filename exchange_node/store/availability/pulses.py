"""Whether partners are there: one row for each, with what was said last; nothing before it is kept.

Who pings a partner claims its row first, so that of several machines one does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from exchange_node.domain.availability.pulse import HeldText, Presence, Pulse
from exchange_node.store.database import add_once
from exchange_node.store.tables import pulse as table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Row


def get(conn: Connection, partner: str) -> Presence | None:
    """Return what is known of a partner; None where nothing was asked or heard yet."""
    row = conn.execute(select(table).where(table.c.partner == partner)).one_or_none()
    return None if row is None else _presence(row)


def begin(conn: Connection, partner: str, now: datetime) -> None:
    """Make the row of a partner, as if it had just been asked; once made it stays."""
    values: dict[str, object] = {
        "partner": partner,
        "asked_at": now,
        "asked_id": "",
        "last_error": "",
        "said_id": "",
        "clock_seconds": 0,
        "program": "",
        "schemas": [],
        "unknown_schemas": [],
        "agreements": [],
        "owed": "",
    }
    add_once(conn, table, values)


def claim_ping(
    conn: Connection, partner: str, number: str, now: datetime, interval: timedelta
) -> bool:
    """Note that a partner is asked now; False where somebody has done so within the interval."""
    done = conn.execute(
        update(table)
        .where(table.c.partner == partner, table.c.asked_at <= now - interval)
        .values(asked_at=now, asked_id=number)
    )
    return done.rowcount == 1


def claim_owed(conn: Connection, partner: str, owed: str) -> bool:
    """Note that a ping of a partner's is answered now; False where somebody has done so."""
    done = conn.execute(
        update(table).where(table.c.partner == partner, table.c.owed == owed).values(owed="")
    )
    return done.rowcount == 1


def heard(conn: Connection, partner: str, now: datetime, *, error: str = "") -> None:
    """Note a sign of a partner; `error` is what it said where that was no receipt."""
    conn.execute(
        update(table)
        .where(table.c.partner == partner)
        .values(heard_at=now, silent_since=None, last_error=error)
    )


def missed(conn: Connection, partner: str, now: datetime, why: str) -> None:
    """Note that a ping brought no sign; the first since one came counts."""
    conn.execute(
        update(table)
        .where(table.c.partner == partner)
        .values(silent_since=func.coalesce(table.c.silent_since, now), last_error=why)
    )


def rested(conn: Connection, partner: str) -> None:
    """Forget since when a partner gives no sign: it is away, and has said so."""
    conn.execute(
        update(table).where(table.c.partner == partner).values(silent_since=None, last_error="")
    )


def note(
    conn: Connection, said: Pulse, now: datetime, *, unknown: Sequence[str], owes: bool
) -> bool:
    """Keep what a partner says of itself; False where the very same was noted before."""
    begin(conn, said.party, now)
    values: dict[str, object] = {
        "heard_at": now,
        "silent_since": None,
        "last_error": "",
        "said_id": said.number,
        "clock_seconds": round((said.at - now).total_seconds()),
        "program": said.program,
        "schemas": list(said.schemas),
        "unknown_schemas": list(unknown),
        "agreements": [[one.agreement_id, one.version, one.digest] for one in said.agreements],
    }
    if owes:
        values["owed"] = said.number
    done = conn.execute(
        update(table)
        .where(table.c.partner == said.party, table.c.said_id != said.number)
        .values(values)
    )
    return done.rowcount == 1


def _presence(row: Row[Any]) -> Presence:
    return Presence(
        partner=row.partner,
        asked_at=row.asked_at,
        asked_id=row.asked_id,
        heard_at=row.heard_at,
        silent_since=row.silent_since,
        last_error=row.last_error,
        clock_seconds=row.clock_seconds,
        program=row.program,
        schemas=tuple(row.schemas),
        unknown_schemas=tuple(row.unknown_schemas),
        agreements=tuple(HeldText(*one) for one in row.agreements),
        owed=row.owed,
    )
