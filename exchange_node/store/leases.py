"""Leases that nobody holds any more: those of a process that died, ended by the one in its place.

A lease that is ended too early does no harm: a partner knows a message that comes again, what is
filed is settled in the transaction that files it, and a notice that is told again is the same
notice. It saves the wait for its end, which is minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from exchange_node.store.tables import duty, inbox, outbox, pull_line

if TYPE_CHECKING:
    from sqlalchemy import Connection


def end_leases(conn: Connection) -> int:
    """End every lease in outbox, inbox, duties and channels; return how many there were.

    For the only process that works on the database: one that has just started, whose forerunner
    was killed. Where several share a database, leases end by time.
    """
    return sum(
        conn.execute(
            update(table).where(table.c.leased_until.is_not(None)).values(leased_until=None)
        ).rowcount
        for table in (outbox, inbox, duty, pull_line)
    )
