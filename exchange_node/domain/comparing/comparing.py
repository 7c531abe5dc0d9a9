"""A crossing + what was agreed → field by field what came of comparing exit with entry.

What was not told is not compared. What an incident, a new seal, a refusal or a diversion explains
is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from exchange_node.domain.agreement.clauses.comparison import ComparedField
from exchange_node.domain.agreement.clauses.comparison import Comparison as Tolerances
from exchange_node.domain.comparing.crossing import Crossing
from exchange_node.domain.comparing.seals import compare_seals
from exchange_node.domain.comparing.sight import Sight
from exchange_node.domain.movement import Event
from exchange_node.domain.movement.compared import Compared, Comparison, Reason, Verdict

_MOVED, _UNLOADED, _SEALS_BROKEN, _TRACTOR = "3", "4", "2", "5"
"""Grounds of incidents (NCTS code list 019)."""


def compare(crossing: Crossing, agreed: Tolerances) -> Comparison | None:
    """Return what came of comparing a crossing; None where one end of it was not told."""
    left, came = crossing.left, crossing.came
    if left is None or came is None:
        return None
    pair = _Pair(left, came, crossing.meanwhile, agreed)
    by_field = {
        ComparedField.VEHICLE: pair.vehicle,
        ComparedField.CONTAINERS: pair.containers,
        ComparedField.SEALS: pair.seals,
        ComparedField.GROSS_MASS: pair.gross_mass,
        ComparedField.PACKAGES: pair.packages,
        ComparedField.TIME: pair.time,
        ComparedField.OFFICE: pair.office,
    }
    return Comparison(
        exit_notice=left.notice_id,
        entry_notice=came.notice_id,
        fields=tuple(
            Compared(field=one, verdict=verdict, reasons=tuple(dict.fromkeys(reasons)))
            for one in ComparedField
            if one in agreed.compared
            for verdict, reasons in (by_field[one](),)
        ),
    )


_Found = tuple[Verdict, tuple[Reason, ...]]
_ALIKE: _Found = (Verdict.ALIKE, ())


class _Pair:
    """An exit, the entry that followed it, and what happened meanwhile."""

    def __init__(
        self, left: Sight, came: Sight, meanwhile: tuple[Sight, ...], agreed: Tolerances
    ) -> None:
        self._left = left
        self._came = came
        self._agreed = agreed
        self._clock = timedelta(minutes=agreed.clock_minutes)
        # What is told as having happened after the entry explains nothing of it.
        self._before = tuple(
            one for one in meanwhile if one.occurred_at <= came.occurred_at + self._clock
        )
        self._incidents = tuple(one for one in self._before if one.event is Event.INCIDENT)

    def vehicle(self) -> _Found:
        left, came = self._left.vehicles, self._came.vehicles
        if untold := _untold(left, came):
            return untold
        # A trailer that one of the two did not write down is no other vehicle.
        if left <= came or came <= left:
            return _ALIKE
        named = frozenset[str]().union(*(one.vehicles for one in self._incidents))
        if came <= named | left or self._unnamed({_MOVED, _TRACTOR}, "vehicles"):
            return Verdict.EXPLAINED, (Reason.INCIDENT,)
        return Verdict.DIFFERS, (Reason.OTHER,)

    def containers(self) -> _Found:
        left, came = self._left.containers, self._came.containers
        if untold := _untold(left, came):
            return untold
        if left == came:
            return _ALIKE
        named = frozenset[str]().union(*(one.containers for one in self._incidents))
        is_unnamed = self._unnamed({_MOVED}, "containers")
        moved = any(one.ground in {_MOVED, _UNLOADED} for one in self._incidents)
        if (came <= named | left or is_unnamed) and (left <= came or moved):
            return Verdict.EXPLAINED, (Reason.INCIDENT,)
        return Verdict.DIFFERS, _sets(left, came)

    def seals(self) -> _Found:
        left, came = self._left, self._came
        if untold := _untold(left.seals, came.seals | came.missing):
            return untold
        is_unnamed = self._unnamed({_SEALS_BROKEN, _MOVED}, "seals")
        return compare_seals(left, came, self._incidents, is_unnamed=is_unnamed)

    def gross_mass(self) -> _Found:
        left, came = self._left.gross_mass_kg, self._came.gross_mass_kg
        percent = Decimal(self._agreed.mass_percent)
        room = abs(left) * percent / 100 if left is not None else Decimal(0)
        return self._numbers(left, came, room)

    def packages(self) -> _Found:
        return self._numbers(
            self._left.packages, self._came.packages, Decimal(self._agreed.packages)
        )

    def time(self) -> _Found:
        took = self._came.occurred_at - self._left.occurred_at
        if took < -self._clock:
            return Verdict.DIFFERS, (Reason.BEFORE_EXIT,)
        if took <= timedelta(minutes=self._agreed.longest_minutes):
            return (Verdict.WITHIN if took < timedelta(0) else Verdict.ALIKE), ()
        if reasons := tuple(self._delays()):
            return Verdict.EXPLAINED, reasons
        return Verdict.DIFFERS, (Reason.LATE,)

    def office(self) -> _Found:
        pairs = {frozenset((one.exit, one.entry)) for one in self._agreed.opposite}
        known = frozenset[str]().union(*pairs)
        left, came = self._left.office, self._came.office
        if not known & {left, came}:
            return Verdict.UNTOLD, (Reason.NOT_AGREED,)
        if frozenset((left, came)) in pairs:
            return _ALIKE
        reasons = tuple(one for one in self._delays() if one is not Reason.INCIDENT)
        if reasons:
            return Verdict.EXPLAINED, reasons
        return Verdict.DIFFERS, (Reason.OTHER,)

    def _numbers(
        self, left: Decimal | int | None, came: Decimal | int | None, room: Decimal
    ) -> _Found:
        if left is None or came is None:
            return _not_told(is_left=left is not None, is_came=came is not None)
        if left == came:
            return _ALIKE
        if abs(Decimal(came) - Decimal(left)) <= room:
            return Verdict.WITHIN, ()
        if any(one.ground in {_MOVED, _UNLOADED} for one in self._incidents):
            return Verdict.EXPLAINED, (Reason.INCIDENT,)
        return Verdict.DIFFERS, (Reason.LESS if came < left else Reason.MORE,)

    def _delays(self) -> Iterator[Reason]:
        """Yield what kept the goods between exit and entry."""
        since = self._left.occurred_at - self._clock
        delays = {
            Event.REFUSAL: Reason.REFUSED,
            Event.DIVERSION: Reason.DIVERTED,
            Event.INCIDENT: Reason.INCIDENT,
        }
        for one in self._before:
            if one.event in delays and one.occurred_at >= since:
                yield delays[one.event]

    def _unnamed(self, grounds: set[str], what: str) -> bool:
        """Whether an incident after the exit changed something and does not say into what."""
        return any(
            one.ground in grounds
            and not getattr(one, what)
            and one.occurred_at >= self._left.occurred_at - self._clock
            for one in self._incidents
        )


def _untold(left: frozenset[str], came: frozenset[str]) -> _Found | None:
    if left and came:
        return None
    return _not_told(is_left=bool(left), is_came=bool(came))


def _not_told(*, is_left: bool, is_came: bool) -> _Found:
    reasons = [] if is_left else [Reason.NOT_AT_EXIT]
    reasons += [] if is_came else [Reason.NOT_AT_ENTRY]
    return Verdict.UNTOLD, tuple(reasons)


def _sets(left: frozenset[str], came: frozenset[str]) -> tuple[Reason, ...]:
    reasons = [Reason.GONE] if left - came else []
    reasons += [Reason.NEW] if came - left else []
    return tuple(reasons)
