from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.risk.indicators.shares import share_of, wilson
from exchange_node.risk.indicators.times import Times, times_of

seen = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(0, 300, 0.0, 1.26), (3, 300, 0.34, 2.90), (15, 300, 3.1, 8.1), (60, 1200, 3.9, 6.4)],
)
def test_the_interval_is_that_of_the_known_examples(
    count: int, n: int, low: float, high: float
) -> None:
    digits = 2 if high < 3 else 1

    assert [round(100 * one, digits) for one in wilson(count, n)] == [low, high]


@given(seen)
def test_the_interval_holds_what_was_seen_and_stays_a_share(pair: tuple[int, int]) -> None:
    count, n = pair
    low, high = wilson(count, n)

    assert 0 <= low <= count / n <= high <= 1
    assert low < high


@given(seen)
def test_of_the_rest_the_interval_is_the_mirror_image(pair: tuple[int, int]) -> None:
    count, n = pair
    low, high = wilson(count, n)

    assert wilson(n - count, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(seen)
def test_ten_times_as_many_say_more(pair: tuple[int, int]) -> None:
    count, n = pair
    low, high = wilson(count, n)
    closer_low, closer_high = wilson(10 * count, 10 * n)

    assert closer_high - closer_low < high - low


def test_too_few_say_nothing_and_more_than_all_is_a_mistake() -> None:
    assert share_of(3, 9, least=10) is None
    assert share_of(0, 0, least=0) is None
    assert share_of(0, 10, least=10) is not None
    with pytest.raises(ValueError, match="3 of 2"):
        share_of(3, 2, least=1)


def minutes(*taken: int) -> list[timedelta]:
    return [timedelta(minutes=one) for one in taken]


def test_times_are_the_middle_and_what_nine_of_ten_do_not_exceed() -> None:
    told = times_of(minutes(*range(10, 0, -1)), least=10)

    assert told == Times(n=10, median_minutes=5.5, p90_minutes=9)
    assert times_of(minutes(1, 2), least=3) is None
    assert times_of([], least=0) is None
    assert times_of(minutes(-5), least=1) == Times(n=1, median_minutes=0, p90_minutes=0)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=200))
def test_nine_of_ten_take_no_longer_and_the_order_does_not_matter(taken: list[int]) -> None:
    told = times_of(minutes(*taken), least=1)

    assert told is not None
    assert sum(one <= told.p90_minutes for one in taken) >= 0.9 * len(taken)
    assert min(taken) <= told.median_minutes <= told.p90_minutes <= max(taken)
    assert times_of(minutes(*reversed(taken)), least=1) == told
