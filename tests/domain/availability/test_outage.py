from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.availability.outage import (
    SKEW,
    Function,
    Meanwhile,
    Outage,
    away_for,
    end_of,
    was_away,
    working_days,
    working_days_due,
)

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = Outage(
    number="uz1",
    party="customs.uz",
    functions=(Function.TRANSIT,),
    begins=AT,
    ends=AT + HOUR,
    reason="x",
    meanwhile=Meanwhile.QUEUE,
    paper=False,
    is_planned=True,
    told_at=AT,
)


@pytest.mark.parametrize(
    ("functions", "code", "is_concerned"),
    [
        ((Function.TRANSIT,), "TM-010", True),
        ((Function.TRANSIT,), "RA-010", False),
        ((Function.RISK,), "RA-010", True),
        ((Function.ASSISTANCE,), "MA-010", True),
        ((Function.RECEIVE,), "TM-020", True),
        ((Function.RECEIVE,), "SY-002", True),
        ((Function.TRANSIT,), "SY-002", False),
        ((Function.TRANSIT,), "SY-080", False),
        ((Function.RELEASE,), "TM-010", False),
    ],
)
def test_a_function_concerns_the_messages_it_works_on(
    functions: tuple[Function, ...], code: str, *, is_concerned: bool
) -> None:
    assert (away_for([replace(ONE, functions=functions)], code, AT) is not None) is is_concerned


def test_clocks_differ_when_it_begins_and_its_end_is_believed() -> None:
    assert away_for([ONE], "TM-010", AT - SKEW) is not None
    assert away_for([ONE], "TM-010", AT - SKEW - timedelta(seconds=1)) is None
    assert away_for([ONE], "TM-010", AT + HOUR) is None


def test_what_is_withdrawn_is_not_there() -> None:
    assert away_for([replace(ONE, is_withdrawn=True)], "TM-010", AT) is None


@pytest.mark.parametrize(
    ("since", "until", "code", "is_away"),
    [
        (-2, -1, "TM-020", False),
        (-2, 0, "TM-020", True),
        (0.5, 3, "TM-020", True),
        (1, 3, "TM-020", False),
        (0, 1, "RA-010", False),
    ],
)
def test_who_was_away_for_a_message_while_there_was_time_for_it(
    since: float, until: float, code: str, *, is_away: bool
) -> None:
    assert was_away([ONE], code, AT + since * HOUR, AT + until * HOUR) is is_away


def test_what_was_withdrawn_before_its_end_counts_up_to_then() -> None:
    ended = replace(ONE, is_withdrawn=True, told_at=AT + HOUR / 2)
    never = replace(ONE, is_withdrawn=True, told_at=AT - HOUR)

    assert was_away([ended], "TM-020", AT + HOUR / 4, AT + HOUR)
    assert not was_away([ended], "TM-020", AT + HOUR / 2, AT + HOUR)
    assert not was_away([never], "TM-020", AT - HOUR, AT + HOUR)


def test_where_one_lets_messages_fail_they_fail_but_what_tells_of_something_waits() -> None:
    fails = replace(ONE, number="uz2", meanwhile=Meanwhile.FAIL, ends=AT + HOUR / 2)
    both = [ONE, fails]

    manifest, crossing = (away_for(both, code, AT) for code in ("TM-010", "TM-020"))

    assert manifest is not None
    assert crossing is not None
    assert (manifest.meanwhile, crossing.meanwhile) == (Meanwhile.FAIL, Meanwhile.QUEUE)
    assert manifest.until == AT + HOUR


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(1, 10)).map(
            lambda one: replace(ONE, begins=AT + one[0] * HOUR, ends=AT + (one[0] + one[1]) * HOUR)
        ),
        max_size=8,
    ),
    st.integers(0, 50),
)
def test_laws_at_the_end_of_all_that_touch_nobody_is_away(outages: list[Outage], hour: int) -> None:
    now = AT + hour * HOUR

    until = end_of(outages, now)

    assert not any(one.is_on(until) for one in outages)
    for half in range(int((until - now) / (HOUR / 2))):
        assert any(one.is_on(now + half * HOUR / 2) for one in outages)


@pytest.mark.parametrize(
    ("length", "days"),
    [(HOUR, 5), (4 * HOUR, 5), (5 * HOUR, 10), (24 * HOUR, 10), (25 * HOUR, 30)],
)
def test_the_longer_the_earlier(length: timedelta, days: int) -> None:
    assert working_days_due(replace(ONE, ends=AT + length)) == days


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 60))
def test_laws_working_days_are_counted_one_by_one(first: date, length: int) -> None:
    days = [first + timedelta(days=one) for one in range(length)]

    counted = working_days(first, first + timedelta(days=length))

    assert counted == sum(one.weekday() < 5 for one in days)
