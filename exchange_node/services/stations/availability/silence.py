"""A partner that gives no sign any more → a person is told of it, once, when that has lasted.

Until when a silence is to be told is a duty, which the next sign strikes off; what was told stays
as one that never comes, so that it is told once. Whoever has announced that it takes nothing in is
not called silent, and what went before has no part in a silence after it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.availability.outage import Function
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import duties
from exchange_node.store.availability import outages, pulses

SILENCE = "silence"
"""The kind of duty of a silence that is to be told, or was, by partner."""

TOLD = datetime(9999, 1, 1, tzinfo=UTC)
"""When a silence that was told is to be told: never."""


def missed(conn: Connection, partner: str, now: datetime, why: str, tell_after: timedelta) -> None:
    """Note that a ping brought no sign; with the first of them the time begins to be told.

    So it does of a silence that began when nobody was to be told, or before there were duties.
    """
    pulses.missed(conn, partner, now, why)
    known = pulses.get(conn, partner)
    since = known.silent_since if known is not None else None
    if tell_after and since is not None and duties.due_at(conn, SILENCE, partner) is None:
        duties.leave(conn, SILENCE, partner, max(since + tell_after, now))


def rest(conn: Connection, partner: str) -> bool:
    """Forget the silence of a partner that is away, and has said so; return whether there was one.

    What it does not answer when it is back is another one.
    """
    known = pulses.get(conn, partner)
    if known is None or known.silent_since is None:
        return False
    duties.drop(conn, SILENCE, partner)
    pulses.rested(conn, partner)
    return True


def heard(conn: Connection, partner: str) -> None:
    """Forget a silence, told or not: there was a sign."""
    duties.drop(conn, SILENCE, partner)


def is_due(conn: Connection, partner: str, now: datetime) -> bool:
    """Whether a person is to be told that a partner is silent."""
    due = duties.due_at(conn, SILENCE, partner)
    return due is not None and due <= now and not is_away(conn, partner, now)


def is_away(conn: Connection, partner: str, now: datetime) -> bool:
    """Whether a partner takes nothing in now, as it has announced."""
    ahead = outages.ahead(conn, partner, now)
    return any(Function.RECEIVE in one.functions and one.is_on(now) for one in ahead)


def tell(conn: Connection, partner: str, now: datetime) -> None:
    """Tell a person that a partner is silent, and since when."""
    known = pulses.get(conn, partner)
    duties.drop(conn, SILENCE, partner)
    if known is None or known.silent_since is None:
        return
    duties.leave(conn, SILENCE, partner, TOLD)
    since = known.silent_since
    key = f"{partner}.{since:%Y%m%dT%H%M%SZ}"
    leave_notice(
        conn, "partner.silent", key, now,
        partner=partner, since=since.isoformat(timespec="seconds"), why=known.last_error,
    )  # fmt: skip
