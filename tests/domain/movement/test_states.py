from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.movement import (
    AT_BORDER,
    CODES_OF,
    FINAL,
    MOVES,
    REPEATED,
    Course,
    Event,
    Part,
    State,
    awaited,
    may_join,
    possible,
    tellers,
    weigh,
)

Told = tuple[Event, Part]

DEP, TRA, DST = Part.DEPARTURE, Part.TRANSIT, Part.DESTINATION
SMOOTH: tuple[Told, ...] = (
    (Event.RELEASE, DEP),
    (Event.EXIT, DEP),
    (Event.ENTRY, DST),
    (Event.ARRIVAL, DST),
    (Event.CONFORM, DST),
    (Event.DISCHARGE, DEP),
)
ROUGH: tuple[Told, ...] = (
    (Event.RELEASE, DEP),
    (Event.ENTRY, TRA),
    (Event.EXIT, TRA),
    (Event.ENTRY, DST),
    (Event.ARRIVAL, DST),
    (Event.DISCREPANT, DST),
    (Event.SOLVED, DST),
    (Event.DISCHARGE, DEP),
)
ASTRAY: tuple[Told, ...] = (
    (Event.RELEASE, DEP),
    (Event.EXIT, DEP),
    (Event.REFUSAL, TRA),
    (Event.ENTRY, TRA),
    (Event.INCIDENT, TRA),
    (Event.CONTINUATION, TRA),
    (Event.DIVERSION, DEP),
    (Event.ENTRY, DST),
    (Event.INCIDENT, DST),
    (Event.ENQUIRY, DEP),
    (Event.REPLY, DST),
    (Event.ARRIVAL, DST),
    (Event.CONFORM, DST),
    (Event.DISCHARGE, DEP),
)
WITHDRAWN: tuple[tuple[int, Event, Part], ...] = (
    (0, Event.RELEASE, DEP),
    (1, Event.EXIT, DEP),
    (2, Event.ENQUIRY, DEP),
    (3, Event.INFORMATION, TRA),
    (4, Event.WITHDRAWAL, DEP),
    (5, Event.REPLY, DST),
)
CLAIMED: tuple[Told, ...] = (
    (Event.RELEASE, DEP),
    (Event.EXIT, DEP),
    (Event.ENTRY, TRA),
    (Event.ENQUIRY, DEP),
    (Event.REPLY, DST),
    (Event.RECOVERY, DEP),
    (Event.COMPETENCE, TRA),
    (Event.RECOVERED, DEP),
)
states = st.sampled_from(State)
events = st.sampled_from(Event)
parts = st.sampled_from(Part)


def reached(view: Part) -> set[State]:
    found, waiting = {State.UNKNOWN}, [State.UNKNOWN]
    while waiting:
        for _, move in possible(waiting.pop(), view):
            if move.to not in found:
                found.add(move.to)
                waiting.append(move.to)
    return found


def told(story: Sequence[Told], view: Part) -> tuple[State, list[Told], list[Told]]:
    """Return where a story ends that comes in this order, what was taken and what still waits."""
    return came([(at, *one) for at, one in enumerate(story)], view, is_timed=False)


def came(
    story: Sequence[tuple[int, Event, Part]], view: Part, *, is_timed: bool = True
) -> tuple[State, list[Told], list[Told]]:
    """Do so for events that happened at a time each, in whatever order they come."""
    times = {(event, by): at for at, event, by in story}
    state, taken = State.UNKNOWN, list[Told]()
    parked = list[Told]()
    for _, came_event, came_by in story:
        waiting = [*parked, (came_event, came_by)]
        is_moving = True
        while is_moving:
            is_moving, parked = False, []
            for event, by in waiting:
                weighed = weigh(
                    state,
                    event,
                    by=by,
                    view=view,
                    is_overtaken=is_timed
                    and event in REPEATED
                    and any(one[0] in REPEATED and times[one] > times[event, by] for one in taken),
                    last=max(
                        (one for one in taken if one[0] in REPEATED),
                        key=lambda one: times[one],
                        default=(None, by),
                    )[0],
                )
                assert weighed.course in (Course.TAKEN, Course.EARLY), (state, event, by)
                if weighed.course is Course.TAKEN:
                    is_moving |= weighed.to is not state
                    state = weighed.to
                    taken.append((event, by))
                else:
                    parked.append((event, by))
            waiting = list(parked)
    return state, taken, parked


@pytest.mark.parametrize("view", list(Part))
def test_laws_every_state_is_reached_in_every_view(view: Part) -> None:
    assert reached(view) == set(State)


@given(states, events, parts, parts)
def test_laws_nothing_leads_out_of_a_final_state(
    state: State, event: Event, by: Part, view: Part
) -> None:
    weighed = weigh(state, event, by=by, view=view)

    assert state not in FINAL or weighed.to is state
    assert weighed.course is Course.TAKEN or weighed.to is state


@given(states, events, parts, parts)
def test_laws_an_early_event_is_taken_when_what_is_missing_has_come(
    state: State, event: Event, by: Part, view: Part
) -> None:
    weighed = weigh(state, event, by=by, view=view)
    if weighed.course is not Course.EARLY:
        return

    at = state
    for missing in weighed.missing:
        at = MOVES[at, missing].to

    assert weigh(at, event, by=by, view=view).course is Course.TAKEN


@given(states, events, parts, parts)
def test_laws_who_may_never_tell_an_event_is_told_so_in_every_state(
    state: State, event: Event, by: Part, view: Part
) -> None:
    never = not any(by in move.by for (_, of), move in MOVES.items() if of is event)

    assert (weigh(state, event, by=by, view=view).course is Course.FOREIGN) == never


@pytest.mark.parametrize("story", [SMOOTH, ROUGH])
@pytest.mark.parametrize("view", list(Part))
def test_laws_in_whatever_order_a_story_comes_it_ends_the_same(
    story: tuple[Told, ...], view: Part
) -> None:
    @given(st.permutations(story))
    def law(shuffled: list[Told]) -> None:
        end, taken, parked = told(shuffled, view)
        assert end is State.DISCHARGED
        assert sorted(taken) == sorted(story)
        assert parked == []

    law()


@pytest.mark.parametrize("view", list(Part))
def test_laws_a_withdrawn_enquiry_holds_nothing_in_whatever_order_it_comes(view: Part) -> None:
    @given(st.permutations(WITHDRAWN))
    def law(shuffled: list[tuple[int, Event, Part]]) -> None:
        end, taken, parked = came(shuffled, view)
        assert end is State.IN_TRANSIT
        assert len(taken) == len(WITHDRAWN)
        assert parked == []

    law()


@pytest.mark.parametrize("last", [None, *REPEATED])
def test_a_withdrawn_enquiry_leads_to_where_what_happened_last_had_led(last: Event | None) -> None:
    weighed = weigh(State.ENQUIRY, Event.WITHDRAWAL, by=DEP, view=DST, last=last)

    wanted = State.RELEASED if last is None else MOVES[State.IN_TRANSIT, last].to
    assert (weighed.course, weighed.to) == (Course.TAKEN, wanted)


@pytest.mark.parametrize("state", [State.RELEASED, State.REFUSED])
def test_an_arrival_that_answers_a_withdrawn_enquiry_needs_no_crossing(state: State) -> None:
    late = weigh(state, Event.ARRIVAL, by=DST, view=DEP, is_withdrawn=True)
    assert (late.course, late.to) == (Course.TAKEN, State.ARRIVED)
    assert weigh(state, Event.ARRIVAL, by=DST, view=DEP).course is Course.EARLY


def test_a_withdrawal_that_another_enquiry_overtook_changes_nothing() -> None:
    late = weigh(State.ENQUIRY, Event.WITHDRAWAL, by=DEP, view=DST, is_overtaken=True)
    assert (late.course, late.to) == (Course.TAKEN, State.ENQUIRY)
    assert weigh(State.ENQUIRY, Event.WITHDRAWAL, by=DST, view=DEP).course is Course.FOREIGN
    ours = weigh(State.IN_TRANSIT, Event.REPLY, by=DST, view=DST, is_ours=True)
    assert ours.course is Course.EARLY


@pytest.mark.parametrize("end", [Event.RECOVERED, Event.DISCHARGE])
@pytest.mark.parametrize("view", list(Part))
def test_laws_in_whatever_order_a_recovery_comes_the_departure_ends_it(
    end: Event, view: Part
) -> None:
    wanted = State.CLOSED_RECOVERED if end is Event.RECOVERED else State.DISCHARGED
    goods: tuple[Told, ...] = ((Event.ENTRY, DST), (Event.ARRIVAL, DST), (Event.CONFORM, DST))

    @given(st.permutations(goods), st.data())
    def law(met: list[Told], data: st.DataObject) -> None:
        told_of = data.draw(st.integers(0, len(met)))
        meets = [one for one in goods if one in met[:told_of] or one[0] is Event.ENTRY]
        if (Event.ARRIVAL, DST) not in meets:
            meets = meets[:1]
        story = [*CLAIMED[:-1], (end, DEP), *meets]
        shuffled = data.draw(st.permutations(story))
        state, taken, parked = told(shuffled, view)
        assert state is wanted
        assert len(taken) == len(story)
        assert parked == []

    law()


def test_a_recovery_follows_an_enquiry_and_the_departure_alone_begins_it() -> None:
    early = weigh(State.IN_TRANSIT, Event.RECOVERY, by=DEP, view=DEP, is_ours=True)
    assert (early.course, early.missing) == (Course.EARLY, (Event.ENQUIRY,))
    for state in (State.ENQUIRY, State.ARRIVED, State.DISCREPANCY):
        weighed = weigh(state, Event.RECOVERY, by=DEP, view=DEP, is_ours=True)
        assert weighed.to is State.RECOVERY
    assert weigh(State.ENQUIRY, Event.RECOVERY, by=DST, view=DEP).course is Course.FOREIGN
    assert awaited(State.RECOVERY, TRA) == {DEP}


@pytest.mark.parametrize("length", range(2, len(ASTRAY) + 1))
@pytest.mark.parametrize("view", list(Part))
def test_laws_what_went_astray_stands_the_same_in_whatever_order_it_comes(
    length: int, view: Part
) -> None:
    story = [(at, *one) for at, one in enumerate(ASTRAY[:length])]
    wanted, _, _ = came(story, view)

    @given(st.permutations(story))
    def law(shuffled: list[tuple[int, Event, Part]]) -> None:
        end, taken, parked = came(shuffled, view)
        assert end is wanted
        assert len(taken) == len(story)
        assert parked == []

    law()


@given(states, events, parts, parts)
def test_laws_an_office_of_ours_tells_nothing_that_only_a_partner_could_not_know(
    state: State, event: Event, by: Part, view: Part
) -> None:
    weighed = weigh(state, event, by=by, view=view, is_ours=True)
    move = MOVES.get((state, event))

    assert weighed.course is not Course.TAKEN or (move is not None and not move.meanwhile)


def test_a_cancellation_ends_before_the_first_border_alone() -> None:
    assert weigh(State.RELEASED, Event.CANCELLATION, by=DEP, view=TRA).to is State.CANCELLED
    for state in (State.IN_TRANSIT, State.INCIDENT, State.REFUSED, State.ARRIVED):
        weighed = weigh(state, Event.CANCELLATION, by=DEP, view=TRA)
        assert weighed.course is Course.PASSED
    enquired = weigh(State.ENQUIRY, Event.CANCELLATION, by=DEP, view=TRA)
    assert enquired.missing == (Event.WITHDRAWAL,)


@pytest.mark.parametrize(
    ("event", "by", "to"),
    [
        (Event.ENTRY, TRA, State.IN_TRANSIT),
        (Event.ENTRY, DST, State.IN_TRANSIT),
        (Event.REFUSAL, TRA, State.REFUSED),
    ],
)
def test_what_happened_at_a_border_meanwhile_undoes_a_cancellation(
    event: Event, by: Part, to: State
) -> None:
    for view in Part:
        assert weigh(State.CANCELLED, event, by=by, view=view).to is to
        assert weigh(to, Event.CANCELLATION, by=DEP, view=view).course is Course.PASSED
        ours = weigh(State.CANCELLED, event, by=by, view=view, is_ours=True)
        assert ours.course is not Course.TAKEN


def test_goods_that_were_diverted_go_on_or_arrive() -> None:
    for state in (State.RELEASED, State.IN_TRANSIT, State.INCIDENT, State.REFUSED):
        assert weigh(state, Event.DIVERSION, by=DEP, view=TRA).to is State.DIVERTED
    assert weigh(State.DIVERTED, Event.ENTRY, by=TRA, view=DEP).to is State.IN_TRANSIT
    assert weigh(State.DIVERTED, Event.ARRIVAL, by=DST, view=DEP).to is State.ARRIVED
    assert weigh(State.DIVERTED, Event.CANCELLATION, by=DEP, view=DST).course is Course.PASSED
    assert weigh(State.ENQUIRY, Event.DIVERSION, by=DEP, view=DST).to is State.ENQUIRY


def test_an_enquiry_waits_for_the_destination_and_may_end_by_other_proof() -> None:
    assert awaited(State.ENQUIRY, DEP) == {DST}
    assert weigh(State.ENQUIRY, Event.DISCHARGE, by=DEP, view=DST).to is State.DISCHARGED
    assert weigh(State.ENQUIRY, Event.ARRIVAL, by=DST, view=DEP).to is State.ARRIVED


@given(st.lists(st.tuples(events, parts), max_size=20), parts)
def test_laws_every_story_keeps_within_the_table(story: list[Told], view: Part) -> None:
    state = State.UNKNOWN
    for event, by in story:
        weighed = weigh(state, event, by=by, view=view)
        if weighed.course is Course.TAKEN:
            assert MOVES[state, event].to is weighed.to
            assert by in MOVES[state, event].by
        state = weighed.to


def test_a_final_state_waits_for_nobody() -> None:
    assert all(not awaited(state, view) for state in FINAL for view in Part)


@pytest.mark.parametrize(
    ("state", "event", "by", "missing"),
    [
        (State.UNKNOWN, Event.EXIT, DEP, (Event.RELEASE,)),
        (State.RELEASED, Event.ARRIVAL, DST, (Event.EXIT,)),
        (State.IN_TRANSIT, Event.CONFORM, DST, (Event.ARRIVAL,)),
        (State.RELEASED, Event.DISCHARGE, DEP, (Event.EXIT, Event.ARRIVAL, Event.CONFORM)),
    ],
)
def test_what_would_jump_a_state_names_what_is_missing(
    state: State, event: Event, by: Part, missing: tuple[Event, ...]
) -> None:
    weighed = weigh(state, event, by=by, view=DST)

    assert (weighed.course, weighed.missing) == (Course.EARLY, missing)


@pytest.mark.parametrize(
    ("state", "event", "by"),
    [
        (State.ARRIVED, Event.ARRIVAL, DST),
        (State.CONTROLLED, Event.DISCREPANT, DST),
        (State.CONTROLLED, Event.SOLVED, DST),
        (State.DISCHARGED, Event.DISCHARGE, DEP),
        (State.ARRIVED, Event.RELEASE, DEP),
    ],
)
def test_what_can_follow_no_more_is_passed(state: State, event: Event, by: Part) -> None:
    assert weigh(state, event, by=by, view=DST).course is Course.PASSED


def test_a_crossing_told_late_changes_nothing() -> None:
    for state in (State.ARRIVED, State.CONTROLLED, State.DISCREPANCY, State.DISCHARGED):
        weighed = weigh(state, Event.ENTRY, by=DST, view=DEP)

        assert (weighed.course, weighed.to) == (Course.TAKEN, state)


def test_a_country_of_transit_may_learn_of_the_discharge_alone() -> None:
    weighed = weigh(State.IN_TRANSIT, Event.DISCHARGE, by=DEP, view=TRA)

    assert (weighed.course, weighed.to) == (Course.TAKEN, State.DISCHARGED)
    assert weigh(State.IN_TRANSIT, Event.DISCHARGE, by=DEP, view=DST).course is Course.EARLY


def test_every_event_has_its_message() -> None:
    assert set(CODES_OF) == set(Event)


INLAND = (
    ((Event.RELEASE, DEP),),
    ((Event.RELEASE, DEP), (Event.INCIDENT, DEP)),
    ((Event.RELEASE, DEP), (Event.INCIDENT, DEP), (Event.CONTINUATION, DEP)),
    ((Event.RELEASE, DEP), (Event.AMENDMENT, DEP)),
)


@pytest.mark.parametrize("story", INLAND)
@pytest.mark.parametrize("view", Part)
def test_a_manifest_is_amended_before_the_first_border(story: Sequence[Told], view: Part) -> None:
    state, _, waiting = told(story, view)
    assert not waiting

    weighed = weigh(state, Event.AMENDMENT, by=DEP, view=view)

    assert (weighed.course, weighed.to) == (Course.TAKEN, state)


@given(state=states, view=parts)
def test_laws_whatever_tells_of_a_border_ends_the_time_to_amend(state: State, view: Part) -> None:
    weighed = weigh(state, Event.AMENDMENT, by=DEP, view=view, is_at_border=True)

    assert (weighed.course, weighed.to) == (Course.PASSED, state)


AWAY = {State.REFUSED, State.DIVERTED}
"""Where nothing comes to that does not tell of a border."""


@given(
    state=st.sampled_from(sorted(set(State) - {State.UNKNOWN, State.ENQUIRY} - AWAY)), view=parts
)
def test_laws_an_amendment_waits_for_its_manifest_alone_or_an_enquiry(
    state: State, view: Part
) -> None:
    assert weigh(state, Event.AMENDMENT, by=DEP, view=view).course is not Course.EARLY
    early = weigh(State.UNKNOWN, Event.AMENDMENT, by=DEP, view=view)
    assert (early.course, early.missing) == (Course.EARLY, (Event.RELEASE,))


@given(state=states, by=st.sampled_from((TRA, DST)), view=parts)
def test_laws_nobody_but_the_departure_amends(state: State, by: Part, view: Part) -> None:
    assert weigh(state, Event.AMENDMENT, by=by, view=view).course is Course.FOREIGN


@pytest.mark.parametrize("event", sorted(AT_BORDER))
def test_what_may_be_done_at_a_border_is_not_to_amend(event: Event) -> None:
    inland = {one for one, _ in possible(State.IN_TRANSIT, DEP)}
    beyond = {one for one, _ in possible(State.IN_TRANSIT, DEP, is_at_border=True)}

    assert inland - beyond == {Event.AMENDMENT}
    assert event in inland & beyond


@pytest.mark.parametrize("event", Event)
def test_who_has_no_part_yet_may_come_to_tell_what_is_not_the_departures_alone(
    event: Event,
) -> None:
    only_said = {Event.QUESTION, Event.STANDING, Event.REQUEST}
    by_others = {part for part in tellers(event) if part is not Part.DEPARTURE}

    assert may_join(event) == (bool(by_others) and event not in only_said)
    assert not may_join(Event.DIVERSION)
    assert may_join(Event.ENTRY)
