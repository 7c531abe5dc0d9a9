"""Events that were recorded without the line: cleared by an officer; their share over a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import (
    IllegalEventError,
    OfficeError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.movement.clearing import clear, clearing_of
from exchange_node.services.stations.movement.following import of_party, official_number
from exchange_node.store.database import reading, transaction
from exchange_node.store.movements import events, fallback, views

OUTCOMES = ("agrees", "differs")
"""What came of holding the paper against what was told."""

USUAL_DAYS = 30
"""The stretch that is counted unless told (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """Clears events of our offices and counts."""

    own: Administration
    engine: Engine
    clock: Callable[[], datetime]

    def clear(
        self, actor: Actor, number: str, notice: str, *, outcome: str, paper: str
    ) -> dict[str, object]:
        """Clear an event of an office of ours; cleared once, it says who did it and when.

        Args:
            actor: at a border post, or a liaison officer.
            number: the movement's official number.
            notice: the number of the event's notice.
            outcome: of `OUTCOMES`.
            paper: what names the paper: its number, or the SHA-256 of a file.

        Raises:
            RoleError: the actor is neither.
            OfficeError: it sits at other offices.
            UnknownRecordError: no such event of ours is held.
            IllegalEventError: it was not recorded without the line.
            UnusableQueryError: the outcome is unknown, or no paper is named.
        """
        actor.require(Role.BORDER_POST, Role.LIAISON)
        if outcome not in OUTCOMES:
            raise UnusableQueryError(what="outcome", why=f"want one of {', '.join(OUTCOMES)}")
        if not paper.strip():
            raise UnusableQueryError(what="paper", why="want its number, or the SHA-256 of a file")
        now, wanted, own = self.clock(), official_number(number), str(self.own.party)
        with transaction(self.engine) as conn:
            kept = of_party(views.by_number(conn, wanted, test=self.own.test), own)
            event = events.find(conn, kept.number, own, notice) if kept is not None else None
            if kept is None or event is None:
                raise UnknownRecordError(kind="notice", key=notice[:70])
            if actor.offices and event.office not in actor.offices:
                raise OfficeError(office=event.office, held=", ".join(sorted(actor.offices)))
            if not event.fallback:
                why = "it was not recorded without the line"
                raise IllegalEventError(event=event.event.value, movement=wanted, why=why)
            facts = {"proof": paper.strip()[:70], "notice": notice, "outcome": outcome}
            clear(conn, kept, event, now, by=actor.name, facts=facts)
            record = clearing_of(conn, event)
        assert record is not None  # noqa: S101 - it was cleared here or before
        return {
            "movement": kept.movement,
            "notice": notice,
            "cleared_at": record.at.isoformat(),
            "cleared_by": record.actor,
            "outcome": record.facts["outcome"],
        }

    def shares(
        self, actor: Actor, *, since: date | None = None, until: date | None = None
    ) -> dict[str, object]:
        """Return per office and per partner how much was recorded without the line.

        Days are those of UTC on which it happened, both included.

        Raises:
            RoleError: the actor neither operates the node nor is a liaison officer.
            UnusableQueryError: the days are the wrong way round.
        """
        actor.require(Role.OPERATOR, Role.LIAISON)
        now = self.clock()
        last = until or now.date()
        first = since or last - timedelta(days=USUAL_DAYS - 1)
        if first > last or last == date.max:
            raise UnusableQueryError(what="since", why=f"{first} comes after {last}")
        begin = datetime.combine(first, time.min, UTC)
        end = datetime.combine(last + timedelta(days=1), time.min, UTC)
        with reading(self.engine) as conn:
            found = fallback.shares(conn, begin, end, test=self.own.test)
        looked(
            self.engine, actor, now, "look.fallback", "fallback",
            since=first.isoformat(), until=last.isoformat(),
        )  # fmt: skip
        told, marked = Counter[str](), Counter[str]()
        for one in found:
            told[one.party] += one.events
            marked[one.party] += one.fallback
        return {
            "since": first.isoformat(),
            "until": last.isoformat(),
            "parties": [
                {"party": party, **_counted(told[party], marked[party])} for party in sorted(told)
            ],
            "offices": [
                {"party": one.party, "office": one.office, **_counted(one.events, one.fallback)}
                for one in found
                if one.office
            ],
        }


def _counted(told: int, marked: int) -> dict[str, object]:
    percent = (Decimal(100 * marked) / told).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return {"events": told, "fallback": marked, "percent": str(percent)}
