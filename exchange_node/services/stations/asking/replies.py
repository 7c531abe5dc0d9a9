"""What a partner asked us of a movement → until when our answer is due.

Whoever is asked has the time that its own agreement with the country of departure gives, from when
it learned of the question. The clocks that act run at who asks: `movement.errands`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.movement import ANSWER_FOLLOWS, Event, State
from exchange_node.policy.times import among, least
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.movement.errands import CLOCKS, COMPETENCE_DUE, REPLY_DUE
from exchange_node.services.stations.movement.errands import answer_due as reply_due
from exchange_node.store.movements import events
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.views import KeptMovement


def due_of_us(conn: Connection, kept: KeptMovement, own: str) -> dict[str, datetime]:
    """Return until when an enquiry and a request for recovery are to be answered by us.

    None at the country of departure, which asks; none of what was answered, taken back or is over.
    """
    if own == kept.route.departure:
        return {}
    due: dict[str, datetime | None] = {}
    happened = events.of_movement(conn, kept.number)
    between, held = {own, kept.route.departure}, held_agreements(conn)
    if (asked := open_enquiry(happened, kept.state)) is not None:
        since = happened[happened.index(asked) :]
        said = [one.said for one in since if one.event is Event.REPLY and one.party == own]
        if not said or said[-1] == ANSWER_FOLLOWS:
            under = among(held, between, asked.recorded_at)
            due[CLOCKS[REPLY_DUE]] = reply_due(kept, under, asked.recorded_at)
    claimed = next((one for one in happened if one.event is Event.RECOVERY), None)
    if claimed is not None and kept.state is State.RECOVERY:
        days = least(among(held, between, claimed.recorded_at), "recovery_acknowledge_days")
        is_said = any(one.event is Event.COMPETENCE and one.party == own for one in happened)
        if days is not None and not is_said:
            due[CLOCKS[COMPETENCE_DUE]] = claimed.recorded_at + timedelta(days=days)
    return {what: moment for what, moment in due.items() if moment is not None}


def open_enquiry(happened: Sequence[KeptEvent], state: State) -> KeptEvent | None:
    """Return the enquiry that waits for its end; None where there is none, or it was withdrawn."""
    asked = enquiries(happened, state)
    if state not in (State.ENQUIRY, State.ARRIVED) or not asked:
        return None
    is_withdrawn = any(one.event is Event.WITHDRAWAL for one in happened[asked[-1] :])
    return None if is_withdrawn else happened[asked[-1]]


def enquiries(happened: Sequence[KeptEvent], state: State) -> list[int]:
    """Return the places of the enquiries that count: after an arrival, those for the results."""
    arrivals = [at for at, one in enumerate(happened) if one.event is Event.ARRIVAL]
    since = arrivals[-1] if state is State.ARRIVED and arrivals else -1
    return [at for at, one in enumerate(happened) if one.event is Event.ENQUIRY and at > since]
