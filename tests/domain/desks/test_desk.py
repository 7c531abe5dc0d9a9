from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from exchange_node.domain.desks.desk import Desk, Desks, Route, Way
from exchange_node.domain.desks.hours import Hours

DAY = Hours(zone=UTC, days=frozenset(range(7)), begin=time(8), end=time(18))
NOON, NIGHT = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC)
OFFICE = Desk(name="office", hours=DAY, ways=(Way(name="mail", waits=True),))
DUTY = Desk(name="duty", ways=(Way(name="hook", severities=frozenset({1, 2})),))
CENTRE = Desk(name="centre", ways=(Way(name="mail"),))
DESKS = Desks(
    desks={one.name: one for one in (OFFICE, DUTY, CENTRE)},
    routes=(
        Route(codes=("alert.*", "channel.red"), desks=("office", "duty", "centre")),
        Route(codes=("*",), desks=("centre",), severity=4),
    ),
)


@pytest.mark.parametrize(
    ("at", "severity", "told", "desk"),
    [
        (NOON, 1, (), "office"),
        (NIGHT, 1, (), "duty"),
        (NIGHT, 3, (), "centre"),  # the duty desk has no way for it
        (NIGHT, 1, ("duty",), "centre"),
        (NIGHT, 1, ("duty", "centre"), "office"),
        (NOON, 1, ("office", "duty", "centre"), None),
    ],
)
def test_told_is_the_nearest_open_desk_that_has_a_way_for_it(
    at: datetime, severity: int, told: tuple[str, ...], desk: str | None
) -> None:
    found = DESKS.next_desk("alert.received", severity, at, told)

    assert (found.name if found else None) == desk


def test_the_first_route_that_takes_a_code_counts() -> None:
    first, second = DESKS.routes

    assert DESKS.route("alert.received") is DESKS.route("channel.red") is first
    assert DESKS.route("alerts") is DESKS.route("channel.orange") is second
    assert Desks(routes=(first,)).route("channel.orange") is None


@pytest.mark.parametrize(
    ("code", "said", "severity"),
    [("alert.received", "1", 1), ("alert.received", "9", 3), ("pull.failing", "", 4)],
)
def test_a_happening_is_as_grave_as_it_says_or_else_its_route(
    code: str, said: str, severity: int
) -> None:
    assert DESKS.severity(code, {"severity": said}) == severity


def test_a_way_that_waits_is_used_when_the_desk_opens() -> None:
    (way,) = OFFICE.ways

    assert OFFICE.told_at(way, NOON) == NOON
    assert OFFICE.told_at(way, NIGHT) == NIGHT + timedelta(hours=9)
    assert CENTRE.told_at(CENTRE.ways[0], NIGHT) == NIGHT
