"""State of a movement + event → state: one table, from which docs/movement-life.md is drawn.

    UNKNOWN ─release─▶ RELEASED ─exit, entry─▶ IN_TRANSIT ─arrival─▶ ARRIVED
                          │                    ▲ ▼
                          ▼                   INCIDENT · REFUSED · DIVERTED · ENQUIRY
                      CANCELLED
                                                                   conform │     │ discrepant
                                                                           ▼     ▼
                               DISCHARGED ◀─discharge─ CONTROLLED ◀─solved─ DISCREPANCY
                                    ▲
    ENQUIRY, ARRIVED, DISCREPANCY ─recovery─▶ RECOVERY ─recovered─▶ CLOSED_RECOVERED

Rule 1: every move is a row of `MOVES`; what no row has is not done.
Rule 2: each node keeps a view of its own, and nothing but events moves it. A country of transit is
told less than the two ends: rows that only it has say so (`views`).
Rule 3: an event that would jump a state waits for what is missing; one that can follow no more is
out of sequence; a row that is `late` records what was told late, and the state stays.
Rule 4: nothing leads out of a final state.
Rule 5: on the way, what happened last decides where a movement stands, whatever was told last.
Rule 6: what happened at a border meanwhile undoes a cancellation; no cancellation undoes it.
Rule 7: a withdrawn enquiry holds a movement no more, unless another was begun after it: it stands
where it would stand without, by rule 5.
Rule 8: a recovery counts before whatever is told of the goods meanwhile, and the departure alone
leads out of it: so all views come to the same end. A discharge by other proof counts likewise.
Rule 9: a manifest is amended before anything is told of a border, and never after it.

Source: the transit lifecycle of the corridor; NCTS functional code 92 (out of sequence).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exchange_node.domain.movement.states import FINAL, ON_THE_WAY, Event, Part, State

_ALL = frozenset(Part)
_DEP = frozenset({Part.DEPARTURE})
_DST = frozenset({Part.DESTINATION})
_TRA = frozenset({Part.TRANSIT})
_CLAIMED = (State.RECOVERY, State.CLOSED_RECOVERED)


@dataclass(frozen=True, slots=True)
class Move:
    """What an event makes of a state.

    Attributes:
        to: the state after it.
        by: whose event it is.
        views: whose node's view has this move.
        late: what was told late is recorded, and the state stays; nothing waits for it.
        meanwhile: a partner told it that did not know of this state; no office of ours does.
        unaware: whose node's view has this move beside `views`, for a partner that told it so.
        aside: it leads away from the regular course.
        back: what happened last on the way decides where it leads; `to` is where nothing did.
        withdrawn: only where an enquiry was withdrawn, which its teller did not know yet.
        inland: only while nothing that is told leads to a border (`AT_BORDER`).
    """

    to: State
    by: frozenset[Part]
    views: frozenset[Part] = _ALL
    late: bool = False
    meanwhile: bool = False
    unaware: frozenset[Part] = frozenset()
    aside: bool = False
    back: bool = False
    withdrawn: bool = False
    inland: bool = False


def _told_late() -> Iterator[tuple[tuple[State, Event], Move]]:
    """Yield the rows of what came late: a line was down, or two messages overtook each other."""
    arrived = (State.ARRIVED, State.CONTROLLED, State.DISCREPANCY)
    for state in (*arrived, *_CLAIMED, State.DISCHARGED):
        yield (state, Event.EXIT), Move(state, _DEP | _TRA, late=True)
        yield (state, Event.ENTRY), Move(state, _TRA | _DST, late=True)
        yield (state, Event.REFUSAL), Move(state, _TRA | _DST, late=True)
        yield (state, Event.INCIDENT), Move(state, _ALL, late=True)
        yield (state, Event.CONTINUATION), Move(state, _ALL, late=True)
        yield (state, Event.DIVERSION), Move(state, _DEP, late=True)
        if state is not State.ARRIVED:
            yield (state, Event.ENQUIRY), Move(state, _DEP, late=True)
            yield (state, Event.REPLY), Move(state, _TRA | _DST, late=True)
    # A country of transit need not have been told what led to it; the others had other proof.
    for event in (Event.ARRIVAL, Event.CONFORM, Event.DISCREPANT, Event.SOLVED):
        for state in (State.DISCHARGED, *_CLAIMED):
            yield (state, event), Move(state, _DST, late=True)


def _enquired() -> Iterator[tuple[tuple[State, Event], Move]]:
    """Yield the rows of what is told beside an enquiry, and of one that is withdrawn.

    Source: NCTS CD144, CD145 and CD059.
    """
    yield (State.ENQUIRY, Event.WITHDRAWAL), Move(State.RELEASED, _DEP, aside=True, back=True)
    yield (State.ARRIVED, Event.WITHDRAWAL), Move(State.ARRIVED, _DEP)
    for state in (State.ENQUIRY, State.ARRIVED, State.RECOVERY):
        yield (state, Event.INFORMATION), Move(state, _ALL)
    for state in (State.RELEASED, State.REFUSED):
        # Between the two ends nobody need have told of a crossing before it.
        arrived = Move(State.ARRIVED, _DST, meanwhile=True, withdrawn=True)
        yield (state, Event.ARRIVAL), arrived
    for state in (State.RELEASED, *sorted(ON_THE_WAY)):
        # Its sender did not know yet that the enquiry is withdrawn.
        reply = Move(state, _TRA | _DST, late=True, meanwhile=True)
        yield (state, Event.REPLY), reply
        yield (state, Event.INFORMATION), Move(state, _ALL, late=True, meanwhile=True)
    for state in (State.CONTROLLED, State.DISCREPANCY, *_CLAIMED, State.DISCHARGED):
        yield (state, Event.WITHDRAWAL), Move(state, _DEP, late=True)
        if state is not State.RECOVERY:
            yield (state, Event.INFORMATION), Move(state, _ALL, late=True)


def _recovery() -> Iterator[tuple[tuple[State, Event], Move]]:
    """Yield the rows of a claim that is recovered, because nothing proves that the goods arrived.

    Source: NCTS CD150 to CD152 and CD063, the recovery of a debt.
    """
    for state in (State.ENQUIRY, State.ARRIVED, State.DISCREPANCY):
        yield (state, Event.RECOVERY), Move(State.RECOVERY, _DEP, aside=True)
    # Who was not told of the enquiry, or knows more of the goods, follows the departure all the
    # same.
    for state in (*sorted(ON_THE_WAY), State.RELEASED, State.CONTROLLED):
        move = Move(State.RECOVERY, _DEP, meanwhile=True, aside=True)
        yield (state, Event.RECOVERY), move
    yield (State.RECOVERY, Event.RECOVERY), Move(State.RECOVERY, _DEP)
    yield (State.RECOVERY, Event.COMPETENCE), Move(State.RECOVERY, _TRA | _DST)
    yield (State.RECOVERY, Event.DISCHARGE), Move(State.DISCHARGED, _DEP)
    yield (State.RECOVERY, Event.RECOVERED), Move(State.CLOSED_RECOVERED, _DEP)
    yield (State.RECOVERY, Event.RELEASE), Move(State.RECOVERY, _DEP, late=True)
    for state in sorted(FINAL):
        # The departure led to the end itself: what it tells of a recovery was told before.
        yield (state, Event.RECOVERY), Move(state, _DEP, late=True, meanwhile=True)
        yield (state, Event.COMPETENCE), Move(state, _TRA | _DST, late=True)


def _amended() -> Iterator[tuple[tuple[State, Event], Move]]:
    """Yield the rows of a manifest that is amended: before the first border alone.

    Source: NCTS CD001 update; after the border a movement goes on as it is, or is issued anew.
    """
    for state in (State.RELEASED, State.INCIDENT, State.IN_TRANSIT):
        # The goods may change lorries and go on in the country that they come from.
        yield (state, Event.AMENDMENT), Move(state, _DEP, inland=True)


def _discharged() -> Iterator[tuple[tuple[State, Event], Move]]:
    """Yield the rows of a discharge before the results are known here.

    A country of transit need not have been told of them. The destination tells them itself: what
    was discharged without them was by other proof, before the arrival was known there.
    """
    for state in (State.ARRIVED, State.DISCREPANCY):
        yield (state, Event.DISCHARGE), Move(State.DISCHARGED, _DEP, _TRA, unaware=_DST)


def _told_any_time() -> Iterator[tuple[tuple[State, Event], Move]]:
    """Yield the rows of what moves nothing: what is asked of a movement, and what is said."""
    for state in list(State)[1:]:
        yield (state, Event.REQUEST), Move(state, _TRA | _DST, late=True)
        for event in (Event.QUESTION, Event.STANDING, Event.COMPARISON):
            yield (state, event), Move(state, _ALL, late=True)


def _on_the_way() -> Iterator[tuple[tuple[State, Event], Move]]:
    """Yield the rows of what may happen again and again between two borders, or at one."""
    for state in (State.RELEASED, State.IN_TRANSIT, State.INCIDENT, State.REFUSED, State.DIVERTED):
        # Either end of a border may be the one that tells of it.
        yield (state, Event.EXIT), Move(State.IN_TRANSIT, _DEP | _TRA)
        yield (state, Event.ENTRY), Move(State.IN_TRANSIT, _TRA | _DST)
        yield (state, Event.REFUSAL), Move(State.REFUSED, _TRA | _DST, aside=True)
        # The goods stand at an office that nobody expected them at; the departure is asked first.
        yield (state, Event.DIVERSION), Move(State.DIVERTED, _DEP, aside=True)
        here = _DEP if state is State.RELEASED else _ALL
        yield (state, Event.INCIDENT), Move(State.INCIDENT, here, aside=True)
        yield (state, Event.ENQUIRY), Move(State.ENQUIRY, _DEP, aside=True)
        if state is not State.RELEASED:
            # The time says what came first; the incident may be told last.
            goes_on = Move(State.IN_TRANSIT, _ALL, meanwhile=state is not State.INCIDENT)
            yield (state, Event.CONTINUATION), goes_on
    yield (State.ENQUIRY, Event.EXIT), Move(State.ENQUIRY, _DEP | _TRA, late=True)
    for event in (Event.ENTRY, Event.REFUSAL):
        yield (State.ENQUIRY, event), Move(State.ENQUIRY, _TRA | _DST, late=True)
    for event in (Event.INCIDENT, Event.CONTINUATION):
        yield (State.ENQUIRY, event), Move(State.ENQUIRY, _ALL, late=True)
    yield (State.ENQUIRY, Event.DIVERSION), Move(State.ENQUIRY, _DEP, late=True)


MOVES: Mapping[tuple[State, Event], Move] = MappingProxyType(
    {
        (State.UNKNOWN, Event.RELEASE): Move(State.RELEASED, _DEP),
        # The manifest went to another partner too, or was sent anew.
        (State.RELEASED, Event.RELEASE): Move(State.RELEASED, _DEP),
        (State.IN_TRANSIT, Event.RELEASE): Move(State.IN_TRANSIT, _DEP, late=True),
        **{
            (state, Event.RELEASE): Move(state, _DEP, late=True)
            for state in (
                State.INCIDENT,
                State.REFUSED,
                State.DIVERTED,
                State.ENQUIRY,
                State.CANCELLED,
            )
        },
        (State.RELEASED, Event.CANCELLATION): Move(State.CANCELLED, _DEP, aside=True),
        **dict(_on_the_way()),
        # The office at the border did not know yet, and the goods are on their way.
        (State.CANCELLED, Event.EXIT): Move(State.IN_TRANSIT, _TRA, meanwhile=True),
        (State.CANCELLED, Event.ENTRY): Move(State.IN_TRANSIT, _TRA | _DST, meanwhile=True),
        (State.CANCELLED, Event.REFUSAL): Move(State.REFUSED, _TRA | _DST, meanwhile=True),
        (State.IN_TRANSIT, Event.ARRIVAL): Move(State.ARRIVED, _DST),
        (State.IN_TRANSIT, Event.DISCHARGE): Move(State.DISCHARGED, _DEP, _TRA),
        (State.INCIDENT, Event.ARRIVAL): Move(State.ARRIVED, _DST),
        (State.INCIDENT, Event.DISCHARGE): Move(State.DISCHARGED, _DEP, _TRA),
        (State.DIVERTED, Event.ARRIVAL): Move(State.ARRIVED, _DST),
        (State.DIVERTED, Event.DISCHARGE): Move(State.DISCHARGED, _DEP, _TRA),
        # The goods came back.
        (State.REFUSED, Event.DISCHARGE): Move(State.DISCHARGED, _DEP, aside=True),
        (State.ENQUIRY, Event.REPLY): Move(State.ENQUIRY, _TRA | _DST),
        (State.ENQUIRY, Event.ENQUIRY): Move(State.ENQUIRY, _DEP),
        (State.ENQUIRY, Event.ARRIVAL): Move(State.ARRIVED, _DST),
        # By alternative proof.
        (State.ENQUIRY, Event.DISCHARGE): Move(State.DISCHARGED, _DEP, aside=True),
        (State.ARRIVED, Event.ENQUIRY): Move(State.ARRIVED, _DEP),
        (State.ARRIVED, Event.REPLY): Move(State.ARRIVED, _TRA | _DST),
        (State.ARRIVED, Event.CONFORM): Move(State.CONTROLLED, _DST),
        (State.ARRIVED, Event.DISCREPANT): Move(State.DISCREPANCY, _DST),
        (State.DISCREPANCY, Event.SOLVED): Move(State.CONTROLLED, _DST),
        (State.CONTROLLED, Event.DISCHARGE): Move(State.DISCHARGED, _DEP),
        **dict(_discharged()),
        **dict(_enquired()),
        **dict(_recovery()),
        **dict(_told_late()),
        **dict(_amended()),
        **dict(_told_any_time()),
    }
)
