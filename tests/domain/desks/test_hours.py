from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.desks.hours import Hours

ALMATY = ZoneInfo("Asia/Almaty")
OFFICE = Hours(zone=ALMATY, days=frozenset(range(5)), begin=time(9), end=time(18))

zones = st.sampled_from(["UTC", "Asia/Almaty", "Asia/Kabul", "Europe/Berlin", "Asia/Ulaanbaatar"])
moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
times = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-03-02T09:00+05:00", True),
        ("2026-03-02T08:59+05:00", False),
        ("2026-03-02T17:59+05:00", True),
        ("2026-03-02T18:00+05:00", False),
        ("2026-03-07T12:00+05:00", False),
    ],
)
def test_a_desk_is_open_from_its_beginning_until_and_not_at_its_end(
    at: str, *, is_open: bool
) -> None:
    assert OFFICE.is_open(datetime.fromisoformat(at)) is is_open


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    night = Hours(zone=UTC, days=frozenset({4}), begin=time(22), end=time(6))

    assert night.is_open(datetime(2026, 3, 7, 5, tzinfo=UTC))  # Saturday, of Friday's shift
    assert not night.is_open(datetime(2026, 3, 6, 5, tzinfo=UTC))
    assert night.next_opening(datetime(2026, 3, 7, 6, tzinfo=UTC)) == datetime(
        2026, 3, 13, 22, tzinfo=UTC
    )


def test_what_comes_on_friday_evening_waits_until_monday_morning() -> None:
    friday = datetime(2026, 3, 6, 20, tzinfo=ALMATY)

    assert OFFICE.next_opening(friday) == datetime(2026, 3, 9, 9, tzinfo=ALMATY)


def test_a_shift_follows_the_wall_clock_when_summer_time_begins() -> None:
    berlin = Hours(
        zone=ZoneInfo("Europe/Berlin"), days=frozenset(range(7)), begin=time(9), end=time(18)
    )

    assert berlin.next_opening(datetime(2026, 3, 28, 20, tzinfo=UTC)) == datetime(
        2026, 3, 29, 7, tzinfo=UTC
    )


@given(
    zone=zones,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    begin=times,
    end=times,
    at=moments,
)
def test_the_next_opening_is_the_first_open_moment(
    zone: str, days: frozenset[int], begin: time, end: time, at: datetime
) -> None:
    hours = Hours(zone=ZoneInfo(zone), days=days, begin=begin, end=end)
    opening = hours.next_opening(at)

    assert at <= opening <= at + timedelta(days=15)
    if opening > at:
        assert not hours.is_open(at)
        assert hours.is_open(opening)
        assert not hours.is_open(opening - timedelta(seconds=1))
