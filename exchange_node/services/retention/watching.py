"""The clock beside its witnesses → how far disposal believes it now; an operator told if not.

Within one process the seconds are counted as well, so that a clock that is moved again and again is
seen for what it is. What a partner has signed brings trust back by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.policy.disposal.clock import MOST_LEAP, MOST_PLAIN, Trust, Witnesses, weigh_clock
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.retention import timekeeping

log = structlog.get_logger()

STEP = timedelta(minutes=10)
"""What was believed is written down again once the clock is so far from it."""

DAY_SECONDS = 24 * 3600.0
"""Seconds after which the count begins anew, and an operator is told again (our choice)."""

NODE = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """Where a count of seconds began.

    Attributes:
        stored: what is written down as believed; another value there begins a new count.
        at, second: the moment and the second that it began with.
    """

    stored: datetime | None
    at: datetime
    second: float


@dataclass(slots=True)
class Watch:
    """Watches the clock for disposal, in one thread.

    Attributes:
        seconds: counts seconds from some beginning, whatever anybody does to the clock.
    """

    engine: Engine
    seconds: Callable[[], float]
    _count: _Count | None = field(default=None, init=False)
    _told: tuple[Trust, float] | None = field(default=None, init=False)

    def look(self, now: datetime) -> Trust:
        """Return how far a clock that says `now` is believed, and write down what follows."""
        second = self.seconds()
        with reading(self.engine) as conn:
            stored, heard = timekeeping.believed_at(conn), timekeeping.heard_at(conn)
        if self._count is None or self._count.stored != stored:
            self._count = _Count(stored=stored, at=stored or now, second=second)
        passed = second - self._count.second
        # Without anything written down nothing has been counted from.
        counted = self._count.at + timedelta(seconds=passed) if stored is not None else None
        witnesses = Witnesses(believed_at=stored, counted=counted, heard_at=heard)
        trust = weigh_clock(now, witnesses)
        self._tell(trust, now, witnesses, second)
        is_over = passed >= DAY_SECONDS
        if trust is Trust.FULL or (trust is Trust.CAREFUL and is_over):
            is_near = counted is not None and abs(now - counted) <= MOST_PLAIN
            begins_anew = is_over or not is_near
            if begins_anew or stored is None or abs(now - stored) >= STEP:
                self._believe(now, second, begins_anew=begins_anew)
        return trust

    def _believe(self, now: datetime, second: float, *, begins_anew: bool) -> None:
        with transaction(self.engine) as conn:
            timekeeping.believe(conn, now)
        was = self._count
        self._count = (
            _Count(stored=now, at=now, second=second)
            if begins_anew or was is None
            else _Count(stored=now, at=was.at, second=was.second)
        )

    def _tell(self, trust: Trust, now: datetime, witnesses: Witnesses, second: float) -> None:
        """Leave word for the operator when the clock is not simply believed, once a day."""
        told = self._told
        if trust is Trust.FULL:
            self._told = None
            if told is not None and not told[0].lets_dispose:
                self._audit("retention.clock-believed", now, witnesses)
            return
        if told is not None and told[0] is trust and second - told[1] < DAY_SECONDS:
            return
        nearest = witnesses.nearest(now)
        said = nearest.isoformat() if nearest else ""
        key = f"{said[:10]}.{now.date().isoformat()}"
        facts = {
            "clock": now.isoformat(),
            "witness": said,
            "days": str(MOST_LEAP.days),
            "trust": trust.value,
            "command": f"exchange-node disposal confirm-clock {now.date().isoformat()} --why …",
        }
        with transaction(self.engine) as conn:
            if trust is Trust.CAREFUL:
                leave_notice(conn, "disposal.careful", key, now, **facts)
            else:
                leave_notice(conn, "disposal.clock", key, now, **facts)
        if not trust.lets_dispose:
            self._audit("retention.clock-refused", now, witnesses)
        self._told = (trust, second)
        log.warning("clock-doubted", trust=trust.value, clock=now.isoformat(), witness=said)

    def _audit(self, action: str, now: datetime, witnesses: Witnesses) -> None:
        named = {"believed": witnesses.believed_at, "heard": witnesses.heard_at}
        facts = {name: one.isoformat() if one else "" for name, one in named.items()}
        with transaction(self.engine) as conn:
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now, actor=NODE, action=action, subject_kind="clock", facts=facts
                ),
            )
