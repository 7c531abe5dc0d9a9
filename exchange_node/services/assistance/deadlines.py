"""Clocks that have run out → the desk is told, an oral request lapses, a postponement ends.

One clock, one transaction: the row of the clock is changed under a condition, and the notice is
left with it. Of several machines one does it, once, whatever was restarted meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.assistance.clocks import Clock
from exchange_node.domain.assistance.life import MOVES, Act, Who, moved
from exchange_node.services.stations.assistance.showing import audited
from exchange_node.services.stations.clocks.rounds import failure
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.database import reading, transaction
from exchange_node.store.records.assistance import cases, clocks
from exchange_node.store.records.assistance.cases import Case
from exchange_node.store.records.assistance.clocks import Running
from exchange_node.store.records.held import Direction

log = structlog.get_logger()

BATCH = 50
"""Clocks that run out in one walk: filing and sending get their turn in between."""

MOST_LOOKED_AT = 1_000
"""Clocks that are looked at for them: those that break stay the longest due (our choice)."""

NODE = "node"

_DOES = {Clock.CONFIRM: Act.LAPSED, Clock.POSTPONEMENT: Act.RESUMED}
"""What a clock does in its matter when it runs out; the others only tell."""

_CODES = {Clock.CONFIRM: "assistance.lapsed", Clock.POSTPONEMENT: "assistance.resumed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Watches the clocks of the register, on either side."""

    engine: Engine
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Let what is due run out, up to a batch; return how many clocks did here."""
        now = self.clock()
        with reading(self.engine) as conn:
            found = clocks.due(conn, now, limit=MOST_LOOKED_AT)
        run_out = (1 for one in found if self._is_run_out(one, now))
        return sum(islice(run_out, BATCH))

    def _is_run_out(self, one: Running, now: datetime) -> bool:
        done: list[bool] = []
        failure(lambda: done.append(self._run_out(one, now)), f"assistance.{one.clock}")
        return any(done)

    def _run_out(self, one: Running, now: datetime) -> bool:
        with transaction(self.engine) as conn:
            # The matter is locked first, as it is where an act stops its clocks.
            case = cases.by_number(conn, one.case_number, lock=True)
            if not clocks.run_out(conn, one.case_number, one.clock, now):
                return False
            self._tell(conn, self._moved(conn, case, one.clock, now), one, now)
        log.info("deadline", clock=one.clock.value, case=one.case_number)
        return True

    def _moved(self, conn: Connection, case: Case, clock: Clock, now: datetime) -> Case:
        act = _DOES.get(clock)
        if act is None or (case.stage, act) not in MOVES:
            return case
        stage = moved(case.reference, case.stage, act, Who.CLOCK)
        changes: dict[str, object] = {"closed_at": now} if act is Act.LAPSED else {}
        cases.move(conn, case, stage, by=NODE, at=now, **changes)
        return cases.by_number(conn, case.number)

    def _tell(self, conn: Connection, case: Case, one: Running, now: datetime) -> None:
        is_ours = case.direction is Direction.SENT
        leave_notice(
            conn,
            _CODES.get(one.clock, "assistance.overdue"),
            f"{case.opener}.{case.reference}.{one.clock}.{one.due_at:%Y%m%dT%H%M%S}",
            one.due_at,
            clock=one.clock.value,
            reference=case.reference,
            partner=case.partner,
            asked_by=case.opener,
            # An acknowledgement or an answer is owed by who was asked, a confirmation by who asks.
            owed_by="us" if is_ours is (one.clock is Clock.CONFIRM) else "partner",
            due=one.due_at.isoformat(),
            stage=case.stage.value,
            urgent="yes" if case.urgent else "no",
        )
        audited(
            conn, case, NODE, now, "assistance.deadline",
            clock=one.clock.value, due=one.due_at.isoformat(),
        )  # fmt: skip
