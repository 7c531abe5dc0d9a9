"""What left one country against what entered the next → told the neighbour, shown, alarm.

Both ends of a border compare by themselves, from the same notices and by the same agreement. The
country of entry tells the other what came of it (TM-070). Whenever more is told (a correction, an
incident), they compare anew, and what changed is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from exchange_node.domain.agreement.clauses.comparison import Comparison as Tolerances
from exchange_node.domain.comparing import Crossing, Sight, compare, crossings
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import NodeError, UnknownRecordError
from exchange_node.domain.movement import Event, Report, Route
from exchange_node.domain.movement.compared import Comparison, Verdict
from exchange_node.policy.deciding import BINDING, HeldAgreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.clocks.rounds import one_by_one
from exchange_node.services.stations.comparing.sighting import (
    COMPARE,
    SEEN,
    kept_comparison,
    sight_in,
)
from exchange_node.services.stations.movement.desk import desk_of
from exchange_node.services.stations.movement.writing import Writing
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty
from exchange_node.store.movements import events, views
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.views import KeptMovement

BATCH = 20
"""Movements compared in one walk (our choice)."""

LEASE = timedelta(minutes=5)
"""How long a claimed movement is nobody else's (our choice)."""

TRY_AGAIN = timedelta(minutes=5)
"""After this, what failed is tried again, then twice as long: four times in the hour in which the
neighbour is to be told (reference of messages, TM-070)."""

MOST_TRIES = 6
"""Of one movement, in some three hours; then a person has to look at it (our choice)."""

_NODE = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """Compares the crossings of movements."""

    writing: Writing
    engine: Engine
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Compare what something was told of, up to a batch; return how many movements it was."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not duties.may_claim(conn, (COMPARE,), now):
                return 0
        with transaction(self.engine) as conn:
            claimed = duties.claim(conn, (COMPARE,), now, LEASE, BATCH)

        def look(duty: Duty) -> None:
            with transaction(self.engine) as conn:
                number, _, heard = duty.ref.partition(" ")
                if (kept := _kept(conn, int(number))) is not None:
                    self._compare(conn, kept, heard, now)
                duties.done(conn, duty)

        def put_off(duty: Duty, err: NodeError) -> None:
            with transaction(self.engine) as conn:
                self._put_off(conn, duty, err, now)

        return one_by_one(claimed, look, put_off)

    def _put_off(self, conn: Connection, duty: Duty, err: NodeError, now: datetime) -> None:
        tries = duty.attempts + 1
        if tries < MOST_TRIES:
            duties.put_off(conn, duty, now + TRY_AGAIN * 2 ** (tries - 1), err.code)
            return
        duties.done(conn, duty)
        leave_notice(
            conn, "movement.given-up", f"{COMPARE}.{duty.ref}.{now:%Y%m%d}", now,
            errand=COMPARE, about=duty.ref, error=err.code, why="",
            **desk_of(str(self.writing.own.party), held_agreements(conn)),
        )  # fmt: skip

    def _compare(self, conn: Connection, kept: KeptMovement, heard: str, now: datetime) -> None:
        """Compare every crossing of our borders.

        Args:
            conn: the connection.
            kept: the movement, locked.
            heard: the neighbour's comparison that came, by its number; empty for none.
            now: the moment.
        """
        own = str(self.writing.own.party)
        told = events.of_movement(conn, kept.number)
        agreements = held_agreements(conn)
        theirs = [one for one in told if heard and one.notice_id == heard]
        for first, second in _borders(kept.route, own):
            partner = second if own == first else first
            for crossing in crossings(_known_to_both(told, own, partner), first, second):
                on = day_of(crossing.came.occurred_at) if crossing.came else day_of(now)
                made = compare(crossing, _agreed(agreements, first, second, on))
                mine = _last(told, own, crossing)
                if made is not None and (mine is None or mine.details != kept_comparison(made)):
                    self._tell(conn, kept, crossing, made, now)
                    self._alarm(conn, kept, crossing, made, mine, partner, now)
                is_alike = made is None or made.verdict is not Verdict.DIFFERS
                if is_alike and (said := _last(theirs, partner, crossing)) is not None:
                    self._hear(conn, kept, said, now)

    def _tell(
        self,
        conn: Connection,
        kept: KeptMovement,
        crossing: Crossing,
        made: Comparison,
        now: datetime,
    ) -> None:
        """Record what came of it; the country of entry tells the country of exit."""
        own = str(self.writing.own.party)
        assert crossing.left is not None and crossing.came is not None  # noqa: S101, PT018 - it was compared
        is_entry = crossing.came.party == own
        report = Report(
            movement=kept.official_number,
            event=Event.COMPARISON,
            office=crossing.came.office if is_entry else crossing.left.office,
            occurred_at=now,
            compared=made,
            to=(crossing.left.party,) if is_entry else (own,),
        )
        written = self.writing.write(conn, report, now, of=kept)
        self.writing.enter(conn, written, now, by=_NODE)

    def _alarm(
        self,
        conn: Connection,
        kept: KeptMovement,
        crossing: Crossing,
        made: Comparison,
        before: KeptEvent | None,
        partner: str,
        now: datetime,
    ) -> None:
        """Tell the desk what differs, or that what differed has been explained."""
        was = before is not None and before.details.get("verdict") == Verdict.DIFFERS
        if made.verdict is not Verdict.DIFFERS and not was:
            return
        assert crossing.left is not None and crossing.came is not None  # noqa: S101, PT018 - it was compared
        code = "movement.differs" if made.differing else "movement.differs-settled"
        differs = "; ".join(
            f"{one.field.value} ({one.severity}): {', '.join(one.reasons)}"
            for one in made.differing
        )
        leave_notice(
            conn, code, _key(kept, made, now), now,
            movement=kept.movement, partner=partner, differs=differs,
            exit=crossing.left.office, entry=crossing.came.office,
            **desk_of(str(self.writing.own.party), held_agreements(conn)),
        )  # fmt: skip

    def _hear(self, conn: Connection, kept: KeptMovement, theirs: KeptEvent, now: datetime) -> None:
        """Tell the desk of a difference that the neighbour sees, and this node does not."""
        if theirs.details.get("verdict") != Verdict.DIFFERS:
            return
        said = {
            name: text.removeprefix(f"{Verdict.DIFFERS.value}: ")
            for name, text in sorted(theirs.details.items())
            if text.startswith(f"{Verdict.DIFFERS.value}: ")
        }
        leave_notice(
            conn, "movement.differs-told", f"{kept.number}.{theirs.notice_id}", now,
            movement=kept.movement, partner=theirs.party,
            differs="; ".join(f"{name}: {why}" for name, why in said.items()),
            **desk_of(str(self.writing.own.party), held_agreements(conn)),
        )  # fmt: skip


def _known_to_both(told: Iterable[KeptEvent], own: str, partner: str) -> Iterator[Sight]:
    """Yield what was seen as far as both sides of a border know it.

    What this node did not tell the other one is not compared; what either told with less than it
    saw, or masked, counts as the message had it.
    """
    for one in told:
        if one.event in SEEN and (one.party != own or partner in one.told):
            yield sight_in(one, known_to=partner)


def _kept(conn: Connection, number: int) -> KeptMovement | None:
    """Return the movement, locked; None where its retention has ended."""
    try:
        return views.get(conn, number)
    except UnknownRecordError:
        return None


def _borders(route: Route, own: str) -> Iterator[tuple[str, str]]:
    """Yield the borders of this administration, as the route has them: from whom to whom.

    Who is not next to it on the route has others between, and what they saw may not be told here.
    """
    for first, second in zip(route.parties, route.parties[1:], strict=False):
        if own in (first, second):
            yield first, second


def _agreed(agreements: Iterable[HeldAgreement], first: str, second: str, on: date) -> Tolerances:
    """Return what two administrations agreed to compare by; our defaults where they did not."""
    found = [
        (one.agreement.version, one.agreement.agreement_id, one.agreement.comparison)
        for one in agreements
        if one.agreement.is_between(first, second)
        and one.agreement.is_in_force(on)
        and one.stage in BINDING
        and one.agreement.comparison is not None
    ]
    return max(found, key=lambda one: one[:2])[2] if found else Tolerances()


def _last(told: Sequence[KeptEvent], party: str, crossing: Crossing) -> KeptEvent | None:
    """Return what a party last said of a crossing."""
    mine = [
        one
        for one in told
        if one.event is Event.COMPARISON
        and one.party == party
        and {one.details.get("exit"), one.details.get("entry")} & crossing.notices
    ]
    return mine[-1] if mine else None


def _key(kept: KeptMovement, made: Comparison, now: datetime) -> str:
    digest = hashlib.sha256(repr(sorted(kept_comparison(made).items())).encode()).hexdigest()
    return f"{kept.number}.{digest[:16]}.{now:%Y%m%d}"
