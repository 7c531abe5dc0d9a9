"""A partner that gives no sign any more → a person is told of it, once, when that has lasted.

That a silence is still to be told is a duty: it is left with the first ping that brought nothing,
and struck off by the next sign. Whoever has announced that it takes nothing in is not called
silent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.availability.outage import Function
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import duties
from exchange_node.store.availability import outages, pulses

SILENCE = "silence"
"""The kind of duty of a silence that nobody was told of yet, by partner."""


def missed(conn: Connection, partner: str, now: datetime, why: str, tell_after: timedelta) -> None:
    """Note that a ping brought no sign; with the first of them the time begins to be told."""
    known = pulses.get(conn, partner)
    if tell_after and known is not None and known.silent_since is None:
        duties.leave(conn, SILENCE, partner, now + tell_after)
    pulses.missed(conn, partner, now, why)


def heard(conn: Connection, partner: str) -> None:
    """Forget a silence that was not told: there was a sign."""
    duties.drop(conn, SILENCE, partner)


def is_due(conn: Connection, partner: str, now: datetime) -> bool:
    """Whether a person is to be told that a partner is silent."""
    due = duties.due_at(conn, SILENCE, partner)
    if due is None or due > now:
        return False
    ahead = outages.ahead(conn, partner, now)
    return not any(Function.RECEIVE in one.functions and one.is_on(now) for one in ahead)


def tell(conn: Connection, partner: str, now: datetime) -> None:
    """Tell a person that a partner is silent, and since when."""
    known = pulses.get(conn, partner)
    duties.drop(conn, SILENCE, partner)
    if known is None or known.silent_since is None:
        return
    since = known.silent_since
    key = f"{partner}.{since:%Y%m%dT%H%M%SZ}"
    leave_notice(
        conn, "partner.silent", key, now,
        partner=partner, since=since.isoformat(timespec="seconds"), why=known.last_error,
    )  # fmt: skip
