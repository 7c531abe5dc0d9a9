"""State + event → what becomes of it, by the rows of `moves`: taken, early, passed, not theirs."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from exchange_node.domain.movement.moves import MOVES, Move
from exchange_node.domain.movement.states import AT_BORDER, ON_THE_WAY, Event, Part, State


class Course(StrEnum):
    """What becomes of an event that is told."""

    TAKEN = "taken"
    EARLY = "early"
    PASSED = "passed"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What becomes of an event in a state.

    Attributes:
        to: the state after it; the same one unless it is taken.
        missing: of an early one, what has to come first, in its order.
    """

    course: Course
    to: State
    missing: tuple[Event, ...] = ()


def weigh(  # noqa: PLR0913 - so much decides what becomes of it
    state: State,
    event: Event,
    *,
    by: Part,
    view: Part,
    is_ours: bool = False,
    is_overtaken: bool = False,
    is_withdrawn: bool = False,
    is_at_border: bool = False,
    last: Event | None = None,
) -> Weighed:
    """Return what becomes of an event that an administration of part `by` tells.

    Args:
        view: the part of the node that is told, or of the one that tells.
        is_ours: an office of this node tells it, which knows how the movement stands.
        is_overtaken: something is recorded that happened later on the way; of a withdrawal,
            another enquiry.
        is_withdrawn: an enquiry of it was withdrawn.
        is_at_border: something is recorded that tells of a border.
        last: what happened last on the way; None where nothing did.
    """
    move = _move(state, event, view)
    if move is not None and (
        (move.withdrawn and not is_withdrawn) or (move.inland and is_at_border)
    ):
        move = None
    if move is not None and by in move.by and not (move.meanwhile and is_ours):
        is_past = is_overtaken and (event is Event.WITHDRAWAL or {state, move.to} <= ON_THE_WAY)
        return Weighed(course=Course.TAKEN, to=state if is_past else _end(move, last))
    if by not in tellers(event):
        return Weighed(course=Course.FOREIGN, to=state)
    if is_at_border and _is_inland(event):
        return Weighed(course=Course.PASSED, to=state)
    way = _way_to(state, event, by, view, regular=True) or _way_to(state, event, by, view)
    if way is None:
        return Weighed(course=Course.PASSED, to=state)
    return Weighed(course=Course.EARLY, to=state, missing=way)


def possible(
    state: State, view: Part, *, is_at_border: bool = False
) -> tuple[tuple[Event, Move], ...]:
    """Return what may be done now, by anybody, in the order of the table; nothing told late."""
    return tuple(
        (event, move)
        for (before, event), move in MOVES.items()
        if before is state and view in move.views and not move.late and not move.meanwhile
        if not (move.inland and is_at_border)
    )


def tellers(event: Event) -> frozenset[Part]:
    """Return whose an event is, in whatever state."""
    return frozenset(part for (_, of), move in MOVES.items() if of is event for part in move.by)


def may_join(event: Event) -> bool:
    """Return whether whoever has no part as yet may tell an event once it has one.

    A diversion, or a manifest that was amended, brings in countries of transit or a destination;
    what asks and says how a movement stands joins nobody to it.
    """
    joins = not tellers(event).isdisjoint({Part.TRANSIT, Part.DESTINATION})
    return joins and event not in (Event.QUESTION, Event.STANDING, Event.REQUEST)


def awaited(state: State, view: Part) -> frozenset[Part]:
    """Return who is waited for: whose event leads on from a state, on the regular course."""
    return frozenset(
        part
        for _, move in possible(state, view)
        if move.to is not state and not move.aside
        for part in move.by
    )


def _is_inland(event: Event) -> bool:
    return any(move.inland for (_, of), move in MOVES.items() if of is event)


def _end(move: Move, last: Event | None) -> State:
    """Return where a move leads; one that leads back, to where the movement stands on its way."""
    return MOVES[State.IN_TRANSIT, last].to if move.back and last is not None else move.to


def _move(state: State, event: Event, view: Part) -> Move | None:
    move = MOVES.get((state, event))
    return move if move is not None and view in move.views | move.unaware else None


def _way_to(
    state: State, event: Event, by: Part, view: Part, *, regular: bool = False
) -> tuple[Event, ...] | None:
    """Return the shortest way to where an event can be taken; None where there is none.

    Args:
        regular: look along the regular course alone.
    """
    seen = {state}
    waiting = deque[tuple[State, tuple[Event, ...]]]([(state, ())])
    while waiting:
        at, way = waiting.popleft()
        for (before, next_event), move in MOVES.items():
            if before is not at or view not in move.views or move.late or move.withdrawn:
                continue
            if move.back and way:  # it leads back to where the way came from
                continue
            if move.inland and not AT_BORDER.isdisjoint(way):
                continue
            is_wanted = next_event is event and by in move.by and not move.meanwhile
            if way and is_wanted and not (regular and move.aside):
                return way
            if move.to not in seen and not (regular and move.aside):
                seen.add(move.to)
                waiting.append((move.to, (*way, next_event)))
    return None
