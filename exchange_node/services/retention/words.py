"""Words that have no end yet → the retention of the grant they came under.

It is found here, once, where it was not known when they were written: of what goes out, and of what
an older program wrote.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.store.database import reading, transaction
from exchange_node.store.retention import words

BATCH = 200
"""Words of each kind that are given an end at once."""

WORDS_KEPT = timedelta(days=1095)
"""How long words are kept whose agreement is not known here any more (our choice)."""

NOWHERE = ("", 0, "")


def stamp_words(engine: Engine) -> int:
    """Give words an end that have none; return how many there were."""
    done = 0
    while found := _stamp_some(engine):
        done += found
    return done


def _stamp_some(engine: Engine) -> int:
    with reading(engine) as conn:
        if not words.unstamped(conn, limit=1):
            return 0
    with transaction(engine) as conn:
        held = held_agreements(conn)
        found = words.unstamped(conn, limit=BATCH)
        for one in found:
            agreed = grant_under(held, *one.under) if one.under is not None else None
            kept = timedelta(days=agreed[1].retention_days) if agreed else WORDS_KEPT
            words.stamp(conn, one, one.under or NOWHERE, one.since + kept)
    return len(found)
