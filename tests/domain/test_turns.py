from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.transmission.turns import (
    FRESH_BETWEEN,
    backlog_places,
    is_backlogs_turn,
)

FRESH, BACKLOG = "fresh", "backlog"


def served(
    backlog: int, arrivals: list[int], places: int, ends: list[int]
) -> list[tuple[str, int]]:
    """Serve a mix; return at each turn who went and how many fresh were waiting.

    `arrivals`: how many fresh come before each turn; `ends`: how many posts come back after it.
    """
    fresh_waits, fresh_since = 0, 0
    flying: deque[str] = deque()
    said = []
    for coming, back in zip(arrivals, ends, strict=True):
        fresh_waits += coming
        if len(flying) < places:
            takes = backlog > 0 and is_backlogs_turn(
                is_fresh_waiting=fresh_waits > 0,
                fresh_since=fresh_since,
                on_its_way=flying.count(BACKLOG),
                most=backlog_places(places),
            )
            if takes:
                said.append((BACKLOG, fresh_waits))
                backlog, fresh_since = backlog - 1, 0
                flying.append(BACKLOG)
            elif fresh_waits:
                said.append((FRESH, fresh_waits))
                fresh_waits, fresh_since = fresh_waits - 1, fresh_since + (backlog > 0)
                flying.append(FRESH)
        for _ in range(min(back, len(flying))):
            flying.popleft()
        assert flying.count(BACKLOG) <= backlog_places(places)
    return said


mixes = st.integers(1, 6).flatmap(
    lambda places: st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=60
    ).map(lambda turns: (places, [one for one, _ in turns], [one for _, one in turns]))
)


@given(st.integers(0, 40), mixes)
def test_what_is_fresh_waits_for_one_of_the_backlog_at_most(
    backlog: int, mix: tuple[int, list[int], list[int]]
) -> None:
    places, arrivals, ends = mix
    in_a_row = 0
    for who, fresh_waits in served(backlog, arrivals, places, ends):
        in_a_row = in_a_row + 1 if who == BACKLOG and fresh_waits else 0
        assert in_a_row <= 1


@given(st.integers(1, 40), st.integers(1, 6))
def test_a_backlog_gets_on_however_much_is_fresh(backlog: int, places: int) -> None:
    turns = (FRESH_BETWEEN + 1) * backlog
    said = served(backlog, [1] * turns, places, [places] * turns)

    assert [who for who, _ in said].count(BACKLOG) == backlog


@given(st.integers(2, 12))
def test_a_backlog_that_hangs_leaves_places_for_what_is_fresh(places: int) -> None:
    said = served(99, [0] * 50 + [1] * 50, places, [0] * 100)

    assert [who for who, _ in said].count(FRESH) == places - backlog_places(places) >= 1
