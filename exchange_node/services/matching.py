"""Alerts that could not be held against all at once → the next portion of what was here before.

And names that an older program had heard are heard again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from exchange_node.domain.errors import NodeError
from exchange_node.services.stations.clocks.rounds import one_by_one
from exchange_node.services.stations.looking.names import hear_again, is_any_heard_otherwise
from exchange_node.services.stations.matching.searching import MATCHING, Searching
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty
from exchange_node.store.records import hits

LEASE = timedelta(minutes=5)
"""How long a claimed portion is nobody else's (our choice): many times what one takes."""

TRY_AGAIN, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""After how long a portion that failed is tried again: twice as long each time, to the longest."""

TOLD_AFTER = 5
"""Tries after which the desk is told; it is tried on and on, for nothing may be missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Goes on where alerts were not held against all that was here before them."""

    searching: Searching
    engine: Engine
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Look at one portion for the alert that has waited longest; return how many it was."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not duties.may_claim(conn, (MATCHING,), now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, (MATCHING,), now, LEASE, 1)

        def do(duty: Duty) -> None:
            self._go_on(duty, now)

        def put_off(duty: Duty, err: NodeError) -> None:
            with transaction(self.engine) as conn:
                pause = min(TRY_AGAIN * 2 ** min(duty.attempts, 10), LONGEST_PAUSE)
                duties.put_off(conn, duty, now + pause, err.code)
                if duty.attempts + 1 == TOLD_AFTER:
                    leave_notice(
                        conn, "alert.matching-fails", f"{duty.ref}.{now:%Y%m%d}", now,
                        number=duty.ref, error=err.code,
                    )  # fmt: skip

        return one_by_one(claimed, do, put_off)

    def hear(self) -> int:
        """Hear some names again whose keys another program made; return how many."""
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from filing
            if not is_any_heard_otherwise(conn):
                return 0
        with transaction(self.engine) as conn:
            hits.queue_as_alert(conn)
            return hear_again(conn)

    def _go_on(self, duty: Duty, now: datetime) -> None:
        # What is opened is opened beside the work of others; at the gate only what fits is.
        with reading(self.engine) as conn:
            portion = self.searching.look(conn, int(duty.ref), now)
        with transaction(self.engine) as conn:
            if portion is None or not self.searching.settle(conn, portion, now):
                duties.done(conn, duty)
            else:  # behind the other alerts that wait: a portion of each in turn
                duties.look_again(conn, duty, now)
