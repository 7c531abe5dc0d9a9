"""Alerts of a time → how soon they were acknowledged and fitted, how many did, by what they are.

Only what the view gate lets an officer know of is counted, and too few say nothing: a share of
three tells of chance, and of whom.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.risk.indicators.shares import share_of
from exchange_node.risk.indicators.times import times_of
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import alert_looked_at, require_role, weighed
from exchange_node.services.stations.looking.views import View
from exchange_node.store.database import reading
from exchange_node.store.records.held import Direction, HeldAlert
from exchange_node.store.records.search import alert_counts
from exchange_node.store.records.search.alert_counts import CountedAlert

MOST_COUNTED = 20_000
"""Versions of alerts that one question counts (our choice): each is weighed by the view gate."""

DIRECTIONS = MappingProxyType({"issued": Direction.SENT, "received": Direction.RECEIVED})

KIND = "alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """An alert with all its versions, and what became of it.

    Attributes:
        first: the version that it was counted by.
        acknowledged, first_hit, fed_back: from its issue until then; None where it never was.
        asked: 1 where feedback was asked for, else 0; answered: of these, whether any came.
        controls, found: controls that were told of, and of these where something was found.
        sighted: from its issue until something was first seen and nothing done.
        sightings: how often.
    """

    first: CountedAlert
    acknowledged: timedelta | None
    first_hit: timedelta | None
    hits: int
    mistaken: int
    fed_back: timedelta | None
    asked: int
    answered: int
    controls: int
    found: int
    sighted: timedelta | None
    sightings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """Counts what became of alerts.

    Attributes:
        least: how many there have to be of something before anything is said of it.
    """

    engine: Engine
    clock: Callable[[], datetime]
    least: int

    def show(
        self,
        actor: Actor,
        begin: date,
        end: date,
        *,
        direction: str = "received",
        test: bool = False,
        operation: str = "",
        purpose: str = "",
    ) -> View:
        """Return times and shares of the alerts that were issued in a time, in all and by group.

        Args:
            actor: who asks.
            begin, end: days in UTC, from (included) to (excluded).
            direction: `received` from partners, or `issued` by us.
            test: of test alerts, else of production.
            operation: reference of the joint operation that they belong to; empty for all.
            purpose: what it is looked at for, where the actor says so.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: the days do not follow each other, or hold too many alerts.
        """
        now, action = self.clock(), "look.alert-statistics"
        require_role(self.engine, actor, now, Role.LIAISON, action=action, kind=KIND)
        if direction not in DIRECTIONS:
            raise UnusableQueryError(what="direction", why=f"want one of {', '.join(DIRECTIONS)}")
        if end <= begin:
            raise UnusableQueryError(what="until", why="want a day after the first")
        with reading(self.engine) as conn:
            found = alert_counts.counted(
                conn,
                DIRECTIONS[direction],
                datetime.combine(begin, time(), UTC),
                datetime.combine(end, time(), UTC),
                test=test,
                operation=operation,
                limit=MOST_COUNTED + 1,
            )
            agreements = held_agreements(conn)
            seen = [
                one
                for one in found[:MOST_COUNTED]
                if weighed(
                    conn, agreements, actor, alert_looked_at(one.alert), purpose=purpose, at=now
                ).may_be_listed
            ]
        asked = " ".join(filter(None, (f"{begin} {end} {direction}", operation)))
        looked(self.engine, actor, now, action, KIND, count=str(len(seen)), asked=asked)
        if len(found) > MOST_COUNTED:
            why = f"there are more than {MOST_COUNTED} alerts; ask for a shorter time"
            raise UnusableQueryError(what="until", why=why)
        courses = _courses(seen)
        return {
            "from": begin.isoformat(),
            "until": end.isoformat(),
            "direction": direction,
            "test": test,
            "operation": operation,
            "least": self.least,
            "all": self._line(courses),
            **{name: self._by(courses, key) for name, key in _GROUPS.items()},
        }

    def _by(self, courses: Iterable[_Course], key: Callable[[_Course], str]) -> View:
        groups: dict[str, list[_Course]] = {}
        for one in courses:
            groups.setdefault(key(one), []).append(one)
        few = self._kept({name: len(found) for name, found in groups.items()})
        kept = {
            base: self._kept({name: sum(map(count, found)) for name, found in groups.items()}, few)
            for base, count in _BASES.items()
        }
        return {
            name: self._line(
                groups[name],
                is_kept=name in few,
                kept=[base for base, names in kept.items() if name in names],
            )
            for name in sorted(groups)
        }

    def _kept(self, sizes: Mapping[str, int], others: Collection[str] = ()) -> set[str]:
        """Return the groups of a table of which nothing is said.

        Too few are in them, or they are the next smallest: what is said of all, less what is said
        of each, would be that of the one group that is silent.
        """
        counted = {name: size for name, size in sizes.items() if size}
        kept = {name for name, size in counted.items() if size < self.least or name in others}
        told = sorted(counted.keys() - kept, key=lambda name: (counted[name], name), reverse=True)
        while kept and told and (len(kept) == 1 or sum(counted[one] for one in kept) < self.least):
            kept.add(told.pop())
        return kept

    def _line(
        self, courses: list[_Course], *, is_kept: bool = False, kept: Collection[str] = ()
    ) -> View:
        n = len(courses)
        if is_kept or n < self.least:
            return {name: _silent(n, is_kept=is_kept and n >= self.least) for name in INDICATORS}
        acknowledged = [one.acknowledged for one in courses if one.acknowledged is not None]
        fed_back = [one.fed_back for one in courses if one.fed_back is not None]
        sighted = [one.sighted for one in courses if one.sighted is not None]
        fitted = [one.first_hit for one in courses if one.first_hit is not None]
        bases = {base: sum(map(count, courses)) for base, count in _BASES.items()}

        def of_base(base: str, counted: int) -> View:
            size = bases[base]
            if base in kept:
                return _silent(size, is_kept=size >= self.least)
            return self._share(counted, size)

        return {
            "acknowledged": self._share(len(acknowledged), n),
            "to_acknowledgement": self._times(acknowledged),
            "fitted": self._share(len(fitted), n),
            "to_first_hit": self._times(fitted),
            "mistaken": of_base("hits", sum(one.mistaken for one in courses)),
            "fed_back": self._share(len(fed_back), n),
            "to_feedback": self._times(fed_back),
            "answered": of_base("asked", sum(one.answered for one in courses)),
            "found": of_base("controls", sum(one.found for one in courses)),
            "sighted": self._share(len(sighted), n),
            "to_first_sighting": self._times(sighted),
            "sightings": {"n": n, "count": sum(one.sightings for one in courses)},
        }

    def _share(self, count: int, n: int) -> View:
        told = share_of(count, n, least=self.least)
        if told is None:
            return _silent(n)
        percent = {"share": told.share, "low": told.low, "high": told.high}
        shown = {f"{name}_percent": round(100 * one, 2) for name, one in percent.items()}
        return {"count": told.count, "n": told.n, **shown}

    def _times(self, taken: list[timedelta]) -> View:
        told = times_of(taken, least=self.least)
        if told is None:
            return _silent(len(taken))
        return {
            "n": told.n,
            "median_minutes": round(told.median_minutes, 1),
            "p90_minutes": round(told.p90_minutes, 1),
        }


def _silent(n: int, *, is_kept: bool = False) -> View:
    return {"n": n, "silent": _BESIDE_FEW if is_kept else f"too few: {n}"}


_BESIDE_FEW = "beside too few"
"""Said of enough, where it would tell of another group that is too small."""

INDICATORS = (
    "acknowledged", "to_acknowledgement", "fitted", "to_first_hit", "mistaken", "fed_back",
    "to_feedback", "answered", "found", "sighted", "to_first_sighting", "sightings",
)  # fmt: skip
"""What is said of alerts, in this order."""

_BASES: Mapping[str, Callable[[_Course], int]] = MappingProxyType(
    {
        "hits": lambda one: one.hits,
        "asked": lambda one: one.asked,
        "controls": lambda one: one.controls,
    }
)
"""Of what a share is, where that is not the alerts."""


_GROUPS: Mapping[str, Callable[[_Course], str]] = MappingProxyType(
    {
        "by_source": lambda one: one.first.alert.issuer,
        "by_kind": lambda one: one.first.alert.category,
        "by_severity": lambda one: str(one.first.alert.severity),
        "by_grade": lambda one: _grade(one.first.alert),
        "by_verification": lambda one: "unverified" if one.first.alert.unverified else "verified",
    }
)


def _grade(alert: HeldAlert) -> str:
    """Return source and information on the Admiralty scale, whatever scheme its issuer used."""
    if alert.confidence is None:
        return "unknown"  # it was filed before this stood apart from the document
    return alert.confidence or "ungraded"


def _courses(found: Iterable[CountedAlert]) -> list[_Course]:
    """Return each alert once, by the version that was issued first."""
    versions: dict[tuple[str, str], list[CountedAlert]] = {}
    for one in found:
        versions.setdefault((one.alert.issuer, one.alert.alert_id), []).append(one)
    return [_course(of_one) for of_one in versions.values()]


def _course(versions: list[CountedAlert]) -> _Course:
    first = versions[0]
    since = first.alert.issued_at
    seen = [one.acknowledged_at for one in versions if one.acknowledged_at is not None]
    fitted = [one.first_hit_at for one in versions if one.first_hit_at is not None]
    told = [one.fed_back_at for one in versions if one.fed_back_at is not None]
    sighted = [one.sighted_at for one in versions if one.sighted_at is not None]
    asked = any(one.alert.feedback_requested for one in versions)
    return _Course(
        first=first,
        acknowledged=min(seen) - since if seen else None,
        first_hit=min(fitted) - since if fitted else None,
        hits=sum(one.hits for one in versions),
        mistaken=sum(one.mistaken for one in versions),
        fed_back=min(told) - since if told else None,
        asked=int(asked),
        answered=int(asked and bool(told)),
        controls=sum(one.controls for one in versions),
        found=sum(one.found for one in versions),
        sighted=min(sighted) - since if sighted else None,
        sightings=sum(one.sightings for one in versions),
    )
