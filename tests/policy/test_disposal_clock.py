from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.policy.disposal.clock import MOST_LEAP, MOST_PLAIN, Trust, Witnesses, weigh_clock

NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOMENTS = st.integers(-3_000, 3_000).map(lambda hours: NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("off", "trust"),
    [
        (timedelta(0), Trust.FULL),
        (MOST_PLAIN, Trust.FULL),
        (-MOST_PLAIN, Trust.FULL),
        (MOST_PLAIN + SECOND, Trust.CAREFUL),
        (-MOST_PLAIN - SECOND, Trust.CAREFUL),
        (MOST_LEAP, Trust.CAREFUL),
        (MOST_LEAP + SECOND, Trust.AHEAD),
        (-MOST_LEAP - SECOND, Trust.BEHIND),
        (timedelta(days=3650), Trust.AHEAD),
    ],
)
def test_how_far_a_clock_is_believed_goes_by_its_distance_from_the_witness(
    off: timedelta, trust: Trust
) -> None:
    assert weigh_clock(NOW + off, Witnesses(believed_at=NOW)) is trust
    assert weigh_clock(NOW + off, Witnesses(heard_at=NOW)) is trust


def test_a_clock_without_any_witness_is_believed() -> None:
    assert weigh_clock(NOW, Witnesses()) is Trust.FULL


def test_counted_seconds_say_more_than_where_they_began() -> None:
    stepped = Witnesses(believed_at=NOW, counted=NOW - timedelta(days=30))

    assert weigh_clock(NOW, stepped) is Trust.AHEAD


def test_a_partner_that_was_heard_just_now_makes_up_for_everything_else() -> None:
    long_off = Witnesses(believed_at=NOW - timedelta(days=400), heard_at=NOW)

    assert weigh_clock(NOW, long_off) is Trust.FULL


@given(MOMENTS, MOMENTS, MOMENTS)
def test_laws_nothing_goes_by_a_clock_that_every_witness_is_far_from(
    now: datetime, believed: datetime, heard: datetime
) -> None:
    trust = weigh_clock(now, Witnesses(believed_at=believed, heard_at=heard))

    assert trust.lets_dispose == (min(abs(now - believed), abs(now - heard)) <= MOST_LEAP)
