from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.alert import Stage
from exchange_node.domain.alerting import MOVES, TOLD_BY, Event, State, may, moved, stood

EVENTS = st.lists(st.sampled_from(Event))


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_same_events_lead_to_the_same_state_in_whatever_order(
    events: list[Event], random: object
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types it as Random

    assert stood(shuffled) is stood(events)


@given(EVENTS)
def test_what_is_told_twice_is_told_once(events: list[Event]) -> None:
    assert stood([*events, *events]) is stood(events)


def test_every_state_is_reached_and_every_event_has_a_row_of_each() -> None:
    assert {move.to for move in MOVES.values()} | {State.NEW} == set(State)
    assert set(MOVES) == {(state, event) for state in State for event in Event}


def test_the_way_of_the_reference_is_a_way_of_the_table() -> None:
    way = (Event.ACKNOWLEDGEMENT, Event.TREATMENT, Event.FEEDBACK, Event.LAST_FEEDBACK)
    stood_at = [reduce(moved, way[:number], State.NEW) for number in range(5)]

    assert stood_at == [*list(State)[:4], State.CLOSED]
    live = list(State)[:4]
    for event in (Event.EXPIRY, Event.REJECTION, Event.CORRECTION, Event.WITHDRAWAL):
        ends = {moved(state, event) for state in live}
        assert len(ends) == 1
        assert not ends & set(live)


@pytest.mark.parametrize(
    ("state", "event", "is_done"),
    [
        (State.NEW, Event.REJECTION, True),
        (State.ACKNOWLEDGED, Event.REJECTION, True),
        (State.IN_TREATMENT, Event.REJECTION, False),
        (State.IN_TREATMENT, Event.ACKNOWLEDGEMENT, False),
        (State.FEEDBACK_GIVEN, Event.FEEDBACK, True),
        (State.EXPIRED, Event.FEEDBACK, True),
        (State.WITHDRAWN, Event.LAST_FEEDBACK, True),
        (State.WITHDRAWN, Event.ACKNOWLEDGEMENT, False),
        (State.CLOSED, Event.FEEDBACK, False),
        (State.REJECTED, Event.FEEDBACK, False),
        (State.NEW, Event.SIGHTING, True),
        (State.IN_TREATMENT, Event.SIGHTING, True),
        (State.FEEDBACK_GIVEN, Event.SIGHTING, True),
        (State.WITHDRAWN, Event.SIGHTING, True),
        (State.CLOSED, Event.SIGHTING, False),
        (State.REJECTED, Event.SIGHTING, False),
    ],
)
def test_an_officer_does_what_the_life_of_the_alert_lets_be_done(
    state: State,
    event: Event,
    is_done: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert may(state, event) is is_done


def test_every_stage_of_a_word_tells_of_an_event() -> None:
    assert set(TOLD_BY) == set(Stage)
