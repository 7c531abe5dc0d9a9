"""A movement of ours that nothing is heard of → enquired after; if that fails, recovered.

A clock that finds that somebody acted meanwhile does nothing. What a person has to weigh, another
proof or a promise to look further, goes to the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.movement import (
    NOTHING_KNOWN,
    UNANSWERED,
    UNPROVEN,
    UNSETTLED,
    Event,
    Report,
    State,
)
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.movement.desk import tell_desk
from exchange_node.services.stations.movement.errands import NODE, among, least
from exchange_node.services.stations.movement.writing import Writing
from exchange_node.store.movements import events
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.views import KeptMovement

_NOT_ARRIVED = frozenset(
    {State.RELEASED, State.IN_TRANSIT, State.INCIDENT, State.REFUSED, State.DIVERTED}
)
_UNPROVEN = _NOT_ARRIVED | {State.ENQUIRY, State.ARRIVED, State.DISCREPANCY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuing:
    """Enquires and recovers by the clocks of agreements."""

    writing: Writing

    def enquire(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Begin the enquiry of a movement of ours that has not arrived in time."""
        if kept.state in _NOT_ARRIVED and self._begin(conn, kept, Event.ENQUIRY, now):
            self._tell_desk(conn, kept, "movement.enquiry", now)

    def look_after_enquiry(
        self, conn: Connection, kept: KeptMovement, now: datetime
    ) -> datetime | None:
        """Tell the desk of an enquiry that nobody has brought to its end, or say when to look."""
        if kept.state is not State.ENQUIRY:
            return None
        asked = [one for one in events.of_movement(conn, kept.number) if one.event is Event.ENQUIRY]
        days = least(self._agreements(conn, kept), "enquiry_answer_days")
        # An enquiry before it was withdrawn; this one has its own time.
        due = asked[-1].recorded_at + timedelta(days=days) if days is not None else now
        if due > now:
            return due
        self._tell_desk(conn, kept, "movement.overdue", now)
        return None

    def recover(self, conn: Connection, kept: KeptMovement, now: datetime) -> datetime | None:
        """Begin the recovery of what nobody proved to have arrived; or return when to look again.

        Nothing is recovered that was not enquired after: who was not asked yet is asked first, and
        has the time that the agreement gives at this stage. What has arrived is asked after anew:
        what was asked before was where it is.
        """
        if kept.state not in _UNPROVEN:
            return None
        happened = events.of_movement(conn, kept.number)
        asked = _asked(happened, kept.state)
        if kept.state is State.DISCREPANCY:
            self._recover(conn, kept, UNSETTLED, now)
        elif not asked or kept.state in _NOT_ARRIVED:  # or its enquiry was withdrawn
            if self._begin(conn, kept, Event.ENQUIRY, now):
                self._tell_desk(conn, kept, "movement.enquiry", now)
                return self._until(conn, kept, now)
        elif not (replies := _last_replies(happened[asked[-1] :])):
            due = self._answer_due(conn, kept, happened[asked[-1]])
            if due is None:
                self._tell_desk(conn, kept, "movement.undecided", now)
            elif due > now:
                return due
            else:
                self._recover(conn, kept, UNANSWERED, now)
        elif all(one.said == NOTHING_KNOWN for one in replies):
            self._recover(conn, kept, UNPROVEN, now)
        else:
            self._tell_desk(conn, kept, "movement.undecided", now)
        return None

    def look_after_recovery(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Tell the desk of a request for recovery that nobody has answered."""
        happened = events.of_movement(conn, kept.number)
        is_answered = any(one.event is Event.COMPETENCE for one in happened)
        if kept.state is State.RECOVERY and not is_answered:
            self._tell_desk(conn, kept, "movement.unanswered", now)

    def look_after_results(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Tell the desk of an arrival after which nobody told what the control found."""
        if kept.state is State.ARRIVED:
            self._tell_desk(conn, kept, "movement.results-due", now)

    def _recover(self, conn: Connection, kept: KeptMovement, ground: str, now: datetime) -> None:
        if self._begin(conn, kept, Event.RECOVERY, now, ground):
            self._tell_desk(conn, kept, "movement.recovery", now)

    def _begin(
        self, conn: Connection, kept: KeptMovement, event: Event, now: datetime, ground: str = ""
    ) -> bool:
        """Tell the others and enter it; a recovery nobody can be told of is left to a person."""
        begun = events.of_movement(conn, kept.number)[0]
        report = Report(
            movement=kept.official_number, event=event, office=begun.office, ground=ground
        )
        written = self.writing.write(conn, report, now, of=kept)
        if event is Event.RECOVERY and written.untold and not written.prepared:
            # The others would go on to an arrival and its results, which no longer count here.
            self._tell_desk(conn, kept, "movement.undecided", now)
            return False
        self.writing.enter(conn, written, now, by=NODE)
        return True

    def _until(self, conn: Connection, kept: KeptMovement, now: datetime) -> datetime | None:
        """Return how long an enquiry may be answered at this stage; None where no clock says so."""
        agreements = self._agreements(conn, kept)
        days = least(agreements, "recovery_answer_days") or least(agreements, "enquiry_answer_days")
        return now + timedelta(days=days) if days is not None else None

    def _answer_due(
        self, conn: Connection, kept: KeptMovement, enquiry: KeptEvent
    ) -> datetime | None:
        """Return until when an enquiry may be answered; None where no clock says so."""
        agreements = self._agreements(conn, kept)
        clocks = ("enquiry_answer_days", "recovery_answer_days")
        days = [one for name in clocks if (one := least(agreements, name)) is not None]
        return enquiry.recorded_at + timedelta(days=min(days)) if days else None

    def _agreements(self, conn: Connection, kept: KeptMovement) -> list[HeldAgreement]:
        return among(held_agreements(conn), kept.route.parties)

    def _tell_desk(self, conn: Connection, kept: KeptMovement, code: str, now: datetime) -> None:
        tell_desk(conn, self.writing.following, kept, code, now)


def _asked(happened: Sequence[KeptEvent], state: State) -> list[int]:
    """Return the places of the enquiries that count: after an arrival, those for the results."""
    arrivals = [at for at, one in enumerate(happened) if one.event is Event.ARRIVAL]
    since = arrivals[-1] if state is State.ARRIVED and arrivals else -1
    return [at for at, one in enumerate(happened) if one.event is Event.ENQUIRY and at > since]


def _last_replies(happened: Sequence[KeptEvent]) -> list[KeptEvent]:
    """Return the last reply of each who replied: what one has found, another need not know."""
    return list({one.party: one for one in happened if one.event is Event.REPLY}.values())
