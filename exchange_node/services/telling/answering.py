"""Clocks of desks that have run out → the next desk; once a day, what was settled long ago goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from exchange_node.channels.channel import Channel
from exchange_node.domain.desks.desk import Desks
from exchange_node.domain.errors import NodeError, UnknownRecordError
from exchange_node.services.stations.clocks.rounds import one_by_one
from exchange_node.services.telling.notifying import Notifying
from exchange_node.services.telling.opening import ANSWERING, NODE, pass_on
from exchange_node.services.telling.seen import is_seen
from exchange_node.store import duties
from exchange_node.store.channels import notifications
from exchange_node.store.channels.notifications import NotificationState
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty

BATCH = 20
"""Clocks of desks that run out in one walk (our choice)."""

LEASE = timedelta(minutes=5)
"""How long a claimed clock of a desk is nobody else's (our choice)."""

TRY_AGAIN = timedelta(minutes=10)
"""After this a clock that could not be let run out is tried again (our choice)."""

CLEARED_AT_ONCE = 500
"""Settled happenings that are deleted in one transaction (our choice); the rest goes later."""

_swept: WeakKeyDictionary[Engine, date] = WeakKeyDictionary()
"""When this process has last looked for what is old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Watches what desks have to answer.

    Attributes:
        key: what opaque ids are made with.
    """

    engine: Engine
    desks: Desks
    ways: Mapping[str, Channel]
    key: bytes = field(repr=False)
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Let what is due run out, up to a batch; return how many clocks did."""
        now = self.clock()
        self._sweep(now)
        with reading(self.engine) as conn:
            if not duties.may_claim(conn, [ANSWERING], now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, [ANSWERING], now, LEASE, BATCH)

        def run_out(duty: Duty) -> None:
            with transaction(self.engine) as conn:
                self._run_out(conn, duty, now)
                duties.done(conn, duty)

        def put_off(duty: Duty, err: NodeError) -> None:
            with transaction(self.engine) as conn:
                duties.put_off(conn, duty, now + TRY_AGAIN, err.code)

        return one_by_one(claimed, run_out, put_off)

    def _run_out(self, conn: Connection, duty: Duty, now: datetime) -> None:
        try:
            one = notifications.get(conn, int(duty.ref), to_change=True)
        except UnknownRecordError:
            return
        if one.state is not NotificationState.OPEN:
            return
        if is_seen(conn, one, now):
            notifications.settle(conn, one.number, NotificationState.ACKNOWLEDGED, now, NODE)
            notifications.forget(conn, one.number)
            return
        pass_on(conn, self.desks, one, now)

    def _sweep(self, now: datetime) -> None:
        """Once a day: give up what nobody has a way for, and delete what is older than is kept."""
        if _swept.get(self.engine) == now.date():
            return
        _swept[self.engine] = now.date()
        Notifying(
            engine=self.engine, desks=self.desks, ways=self.ways, key=self.key, clock=self.clock
        ).give_up_orphans()
        before, gone = now - self.desks.keep, CLEARED_AT_ONCE
        while gone == CLEARED_AT_ONCE:
            with transaction(self.engine) as conn:
                gone = notifications.clear(conn, before, CLEARED_AT_ONCE)
