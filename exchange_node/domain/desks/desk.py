"""Desks, their ways and the routes to them: who is told of a happening, and who is next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange_node.domain.desks.hours import Hours
from exchange_node.domain.transmission import Retry

SEVERITIES = frozenset({1, 2, 3, 4})
"""1 is the gravest, as in an alert."""

OF_A_KIND, EVERY = ".*", "*"
"""How a code of a route ends that stands for all that begin alike; what stands for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to a desk.

    Attributes:
        name: of the way, one of a kind at its desk.
        severities: that it is used for.
        waits: whether it is used while the desk is open only; what happens before waits for that.
        facts: whether the facts of a happening may go this way; else code, severity and id alone.
    """

    name: str
    severities: frozenset[int] = SEVERITIES
    waits: bool = False
    facts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Somebody to be told.

    Attributes:
        hours: when it is open; None is always.
        acknowledge: by severity, within how long it has to say that it has seen a happening.
    """

    name: str
    ways: tuple[Way, ...]
    hours: Hours | None = None
    acknowledge: Mapping[int, timedelta] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody sits there."""
        return self.hours is None or self.hours.is_open(at)

    def ways_for(self, severity: int) -> tuple[Way, ...]:
        """Return the ways that a happening of that severity takes to it."""
        return tuple(one for one in self.ways if severity in one.severities)

    def told_at(self, way: Way, at: datetime) -> datetime:
        """Return when it is told by a way of what happens at a moment."""
        if self.hours is None or not way.waits:
            return at
        return self.hours.next_opening(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What is told to which desks.

    Attributes:
        codes: of happenings; `alert.*` is all that begin so, `*` is all.
        desks: names, the nearest first; who is told when one does not answer comes behind it.
        severity: of a happening that does not say how grave it is.
    """

    codes: tuple[str, ...]
    desks: tuple[str, ...]
    severity: int = 3

    def takes(self, code: str) -> bool:
        """Whether it is meant for happenings of a code."""
        return any(
            one in {code, EVERY} or (one.endswith(OF_A_KIND) and code.startswith(one[:-1]))
            for one in self.codes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """All desks, and what is told to which; the first route that takes a code counts.

    Attributes:
        retry: how often a way is tried that does not take what is told.
        link: where a person finds a happening: a URL with `{number}` in it; empty for none.
        keep: how long what was settled is kept.
    """

    desks: Mapping[str, Desk] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    retry: Retry = field(default_factory=Retry)
    link: str = ""
    keep: timedelta = timedelta(days=90)

    def route(self, code: str) -> Route | None:
        """Return the route that a code takes; None for none."""
        return next((one for one in self.routes if one.takes(code)), None)

    def longest(self, route: Route) -> timedelta:
        """Return how long a happening may be on its way along a route, opening hours aside."""
        return max(
            sum(
                (self.desks[name].acknowledge.get(one, timedelta()) for name in route.desks),
                timedelta(),
            )
            for one in SEVERITIES
        )

    def severity(self, code: str, facts: Mapping[str, str]) -> int:
        """Return how grave a happening is: as its facts say, else as its route does."""
        said = facts.get("severity", "")
        if said.isascii() and said.isdigit() and int(said) in SEVERITIES:
            return int(said)
        route = self.route(code)
        return route.severity if route is not None else max(SEVERITIES)

    def next_desk(
        self, code: str, severity: int, at: datetime, told: Collection[str] = ()
    ) -> Desk | None:
        """Return the desk of a code's route to be told next; None where all were.

        The nearest that is open, else the nearest; one without a way for the severity is none.
        """
        route = self.route(code)
        left = [
            desk
            for name in (route.desks if route is not None else ())
            if name not in told and (desk := self.desks[name]).ways_for(severity)
        ]
        return next((one for one in left if one.is_open(at)), left[0] if left else None)
