"""Business answers that have not come in the time that is agreed → an operator is told, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from exchange_node.domain.errors import NodeError
from exchange_node.services.stations.clocks import answers
from exchange_node.services.stations.clocks.answers import ANSWER_DUE
from exchange_node.services.stations.clocks.rounds import one_by_one
from exchange_node.store import duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty

BATCH = 50
"""Answers that are missed in one walk (our choice)."""

LEASE = timedelta(minutes=5)
"""How long a claimed clock is nobody else's (our choice)."""

TRY_AGAIN = timedelta(minutes=10)
"""After this a clock that could not be let run out is tried again (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """Watches for the business answers that partners owe."""

    engine: Engine
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Look after what is due, up to a batch; return how much it was."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not duties.may_claim(conn, (ANSWER_DUE,), now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, (ANSWER_DUE,), now, LEASE, BATCH)

        def look_after(duty: Duty) -> None:
            with transaction(self.engine) as conn:
                answers.look_after(conn, duty.ref, duty.due_at, now)
                duties.done(conn, duty)

        def put_off(duty: Duty, err: NodeError) -> None:
            with transaction(self.engine) as conn:
                duties.put_off(conn, duty, now + TRY_AGAIN, err.code)

        return one_by_one(claimed, look_after, put_off)
