"""The life of an alert at one recipient: state + event → state, one table for both ends.

    NEW ──▶ ACKNOWLEDGED ──▶ IN_TREATMENT ──▶ FEEDBACK_GIVEN ──▶ CLOSED
     └──────────┴─────────────────┴─────────────────┴──▶ EXPIRED · REJECTED · SUPERSEDED · WITHDRAWN

Rule 1: every move is a row of `MOVES`; docs/alert-life.md is drawn from it.
Rule 2: a later state is never left for an earlier one, so that the same events lead to the same
state in whatever order they arrive: what was told late is recorded, and the state stays (`late`).
Rule 3: what the table calls late no officer does here; what `after` marks is told afterwards still,
because it was done before: a control stays done though the alert has gone.
A sighting ends nothing and closes no feedback: there may be many, until the last word is said.
Rule 4: each version of an alert has a life of its own.

Source: the reference list of alert states (life per recipient node), with the three grounds on
which a recipient may reject an alert.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from types import MappingProxyType

from exchange_node.domain.alert import Stage


class State(StrEnum):
    """Where an alert stands at a recipient; each state is later than those before it."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_TREATMENT = "in treatment"
    FEEDBACK_GIVEN = "feedback given"
    EXPIRED = "expired"
    CLOSED = "closed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What happens to an alert at a recipient."""

    ACKNOWLEDGEMENT = "acknowledgement"
    HIT = "hit"
    TREATMENT = "treatment"
    SIGHTING = "sighting"
    FEEDBACK = "feedback"
    LAST_FEEDBACK = "last feedback"
    EXPIRY = "expiry"
    REJECTION = "rejection"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


class Who(StrEnum):
    """Whose event it is."""

    RECIPIENT = "recipient"
    ISSUER = "issuer"
    NODE = "node"


TOLD_BY: Mapping[Stage, Event] = MappingProxyType(
    {
        Stage.SEEN: Event.ACKNOWLEDGEMENT,
        Stage.TREATMENT: Event.TREATMENT,
        Stage.REJECTED: Event.REJECTION,
    }
)
"""The event that each stage of an RA-020 tells of."""


@dataclass(frozen=True, slots=True)
class Move:
    """What an event makes of a state.

    Attributes:
        to: the state after it.
        by: whose event it is.
        message: what tells the other end of it; empty where nothing does.
        late: it is recorded, and the state stays.
        after: an officer tells it then too.
    """

    to: State
    by: Who
    message: str = ""
    late: bool = False
    after: bool = False


_EVENTS: Mapping[Event, tuple[State, Who, str]] = MappingProxyType(
    {
        Event.ACKNOWLEDGEMENT: (State.ACKNOWLEDGED, Who.RECIPIENT, "RA-020"),
        # What was hit is the recipient's own to know, until it tells of it.
        Event.HIT: (State.IN_TREATMENT, Who.NODE, ""),
        Event.TREATMENT: (State.IN_TREATMENT, Who.RECIPIENT, "RA-020"),
        # Who has seen what an alert looks for deals with it, though nobody acts.
        Event.SIGHTING: (State.IN_TREATMENT, Who.RECIPIENT, "RA-021"),
        Event.FEEDBACK: (State.FEEDBACK_GIVEN, Who.RECIPIENT, "RA-021"),
        Event.LAST_FEEDBACK: (State.CLOSED, Who.RECIPIENT, "RA-021"),
        Event.EXPIRY: (State.EXPIRED, Who.NODE, ""),
        Event.REJECTION: (State.REJECTED, Who.RECIPIENT, "RA-020"),
        Event.CORRECTION: (State.SUPERSEDED, Who.ISSUER, "RA-011"),
        Event.WITHDRAWAL: (State.WITHDRAWN, Who.ISSUER, "RA-012"),
    }
)
"""Where each event leads, whose it is, and what tells of it."""

_GONE = frozenset({State.EXPIRED, State.SUPERSEDED, State.WITHDRAWN})
_TOLD_AFTER: Mapping[Event, frozenset[State]] = MappingProxyType(
    {
        Event.SIGHTING: _GONE | {State.IN_TREATMENT, State.FEEDBACK_GIVEN},
        Event.FEEDBACK: _GONE | {State.FEEDBACK_GIVEN},
        Event.LAST_FEEDBACK: _GONE | {State.FEEDBACK_GIVEN},
    }
)
"""What is told still of an alert that stands so: it is one more, or was done before."""


def _rows() -> Iterator[tuple[tuple[State, Event], Move]]:
    states = list(State)
    for state in states:
        for event, (to, by, message) in _EVENTS.items():
            is_late = states.index(to) <= states.index(state)
            is_told = state in _TOLD_AFTER.get(event, frozenset())
            yield (
                (state, event),
                Move(
                    to=state if is_late else to,
                    by=by,
                    message=message,
                    late=is_late,
                    after=is_late and is_told,
                ),
            )


MOVES: Mapping[tuple[State, Event], Move] = MappingProxyType(dict(_rows()))
"""What each event makes of each state."""


def moved(state: State, event: Event) -> State:
    """Return the state after an event, whenever it was told."""
    return MOVES[state, event].to


def stood(events: Iterable[Event]) -> State:
    """Return where an alert stands that these events happened to, in whatever order."""
    return reduce(moved, events, State.NEW)


def may(state: State, event: Event) -> bool:
    """Whether somebody here may do it now, to an alert that stands so."""
    move = MOVES[state, event]
    if event is Event.REJECTION and state not in (State.NEW, State.ACKNOWLEDGED):
        return False  # what is being treated was taken
    return move.after or not move.late
