"""Which clocks of a movement still do something when they run out, as it stands now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from exchange_node.domain.movement import Event, State
from exchange_node.services.stations.asking.replies import enquiries, open_enquiry
from exchange_node.services.stations.movement.errands import (
    COMPETENCE_DUE,
    DISCHARGE_DUE,
    ENQUIRE,
    RECOVER,
    REPLY_DUE,
    RESULTS_DUE,
    RESULTS_ENQUIRE,
)
from exchange_node.store.movements.events import KeptEvent

NOT_ARRIVED = frozenset(
    {State.RELEASED, State.IN_TRANSIT, State.INCIDENT, State.REFUSED, State.DIVERTED}
)
"""States in which nothing says yet that the goods are at their destination."""

RECOVERABLE = NOT_ARRIVED | {State.ENQUIRY, State.ARRIVED, State.DISCREPANCY}
"""States out of which a claim may have to be recovered."""

Happened = Sequence[KeptEvent]


def _is_unclaimed(state: State, happened: Happened) -> bool:
    is_said = any(one.event is Event.COMPETENCE for one in happened)
    return state is State.RECOVERY and not is_said


_RUNS: Mapping[str, Callable[[State, Happened], bool]] = MappingProxyType(
    {
        ENQUIRE: lambda state, _: state in NOT_ARRIVED,
        REPLY_DUE: lambda state, happened: open_enquiry(happened, state) is not None,
        RECOVER: lambda state, _: state in RECOVERABLE,
        COMPETENCE_DUE: _is_unclaimed,
        RESULTS_DUE: lambda state, _: state is State.ARRIVED,
        RESULTS_ENQUIRE: lambda state, happened: (
            state is State.ARRIVED and not enquiries(happened, state)
        ),
        DISCHARGE_DUE: lambda state, _: state is State.CONTROLLED,
    }
)


def runs(clock: str, state: State, happened: Happened) -> bool:
    """Return whether a clock (a kind of `errands.CLOCKS`) still has something to do."""
    return _RUNS[clock](state, happened)
