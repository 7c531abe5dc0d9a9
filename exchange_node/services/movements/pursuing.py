"""A movement of ours that nothing is heard of → enquired after; if that fails, recovered.

A clock that finds that somebody acted meanwhile does nothing. What a person has to weigh, another
proof or a promise to look further, goes to the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
from exchange_node.policy.times import among
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.asking.replies import enquiries, open_enquiry
from exchange_node.services.stations.asking.running import NOT_ARRIVED, RECOVERABLE, runs
from exchange_node.services.stations.movement.desk import left_untold, tell_desk
from exchange_node.services.stations.movement.errands import (
    COMPETENCE_DUE,
    NODE,
    RESULTS_ENQUIRE,
    answer_due,
)
from exchange_node.services.stations.movement.writing import Writing, Written
from exchange_node.store.movements import events
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.views import KeptMovement


class Undecided(StrEnum):
    """Why a recovery is left to a person."""

    NO_CLOCK = "no-clock"
    REPLIES = "replies"
    NOBODY_TOLD = "nobody-told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuing:
    """Enquires and recovers by the clocks of agreements."""

    writing: Writing

    def enquire(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Begin the enquiry of a movement of ours that has not arrived in time."""
        if kept.state in NOT_ARRIVED:
            self._enquire(conn, kept, now)

    def look_after_enquiry(
        self, conn: Connection, kept: KeptMovement, now: datetime
    ) -> datetime | None:
        """Tell the desk of an enquiry that nobody has brought to its end, or say when to look."""
        happened = events.of_movement(conn, kept.number)
        asked = open_enquiry(happened, kept.state)
        if asked is None:
            return None
        # An enquiry before it was withdrawn; this one has its own time.
        due = self._answer_due(conn, kept, asked.recorded_at)
        if due is not None and due > now:
            return due
        self._tell_desk(conn, kept, "movement.overdue", now, asked.notice_id)
        return None

    def recover(self, conn: Connection, kept: KeptMovement, now: datetime) -> datetime | None:
        """Begin the recovery of what nobody proved to have arrived; or return when to look again.

        Nothing is recovered that was not enquired after: who was not asked yet is asked first, and
        has the time that the agreement gives at this stage. What has arrived is asked after anew:
        what was asked before was where it is.
        """
        if kept.state not in RECOVERABLE:
            return None
        happened = events.of_movement(conn, kept.number)
        asked = enquiries(happened, kept.state)
        if kept.state is State.DISCREPANCY:
            self._recover(conn, kept, UNSETTLED, now)
        elif not asked or kept.state in NOT_ARRIVED:  # or its enquiry was withdrawn
            self._enquire(conn, kept, now)
            due = self._answer_due(conn, kept, now)
            if due is None:
                self._undecided(conn, kept, Undecided.NO_CLOCK, now)
            return due
        else:
            return self._conclude(conn, kept, happened[asked[-1] :], now)
        return None

    def _conclude(
        self, conn: Connection, kept: KeptMovement, since: Sequence[KeptEvent], now: datetime
    ) -> datetime | None:
        """Draw the end of an enquiry, first of `since`; or return until when it may be answered.

        What all say who were asked needs no more time; a person weighs what is more than nothing.
        """
        asked, replies = since[0], _last_replies(since)
        due = self._answer_due(conn, kept, asked.recorded_at)
        if any(one.said != NOTHING_KNOWN for one in replies):
            said = ", ".join(sorted(f"{one.party} {one.said}" for one in replies))
            self._undecided(conn, kept, Undecided.REPLIES, now, replies=said)
        elif replies and set(asked.told) <= {one.party for one in replies}:
            self._recover(conn, kept, UNPROVEN, now)
        elif due is None:
            self._undecided(conn, kept, Undecided.NO_CLOCK, now)
        elif due > now:
            return due
        else:
            self._recover(conn, kept, UNPROVEN if replies else UNANSWERED, now)
        return None

    def look_after_recovery(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Tell the desk of a request for recovery that nobody has answered."""
        if runs(COMPETENCE_DUE, kept.state, events.of_movement(conn, kept.number)):
            self._tell_desk(conn, kept, "movement.unanswered", now)

    def look_after_results(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Tell the desk of an arrival after which nobody told what the control found."""
        if kept.state is State.ARRIVED:
            self._tell_desk(conn, kept, "movement.results-due", now)

    def enquire_after_results(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Begin the enquiry of an arrival after which nobody told what the control found."""
        if runs(RESULTS_ENQUIRE, kept.state, events.of_movement(conn, kept.number)):
            self._enquire(conn, kept, now)

    def look_after_discharge(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Tell the desk of a movement that its results let be discharged, and nobody did."""
        if kept.state is State.CONTROLLED:
            self._tell_desk(conn, kept, "movement.discharge-due", now)

    def _recover(self, conn: Connection, kept: KeptMovement, ground: str, now: datetime) -> None:
        """Ask for the recovery; where nobody can be told of it, leave it to a person.

        The others would go on to an arrival and its results, which would no longer count here.
        """
        written = self._written(conn, kept, Event.RECOVERY, now, ground)
        untold = left_untold(written.untold)
        if untold and not written.prepared:
            self._undecided(conn, kept, Undecided.NOBODY_TOLD, now, **untold)
            return
        self.writing.enter(conn, written, now, by=NODE)
        self._tell_desk(conn, kept, "movement.recovery", now, **untold)

    def _enquire(self, conn: Connection, kept: KeptMovement, now: datetime) -> None:
        """Begin an enquiry, although nobody may be told of it: the desk can ask by other means."""
        written = self._written(conn, kept, Event.ENQUIRY, now)
        self.writing.enter(conn, written, now, by=NODE)
        begun, untold = written.notice.notice_id, left_untold(written.untold)
        self._tell_desk(conn, kept, "movement.enquiry", now, begun, **untold)

    def _written(
        self, conn: Connection, kept: KeptMovement, event: Event, now: datetime, ground: str = ""
    ) -> Written:
        begun = events.of_movement(conn, kept.number)[0]
        report = Report(
            movement=kept.official_number, event=event, office=begun.office, ground=ground
        )
        return self.writing.write(conn, report, now, of=kept)

    def _undecided(
        self, conn: Connection, kept: KeptMovement, why: Undecided, now: datetime, **facts: str
    ) -> None:
        self._tell_desk(conn, kept, "movement.undecided", now, why=why.value, **facts)

    def _answer_due(
        self, conn: Connection, kept: KeptMovement, asked_at: datetime
    ) -> datetime | None:
        under = among(held_agreements(conn), kept.route.parties, asked_at)
        return answer_due(kept, under, asked_at)

    def _tell_desk(
        self,
        conn: Connection,
        kept: KeptMovement,
        code: str,
        now: datetime,
        about: str = "",
        **facts: str,
    ) -> None:
        tell_desk(conn, self.writing.following, kept, code, now, about, **facts)


def _last_replies(happened: Sequence[KeptEvent]) -> list[KeptEvent]:
    """Return the last reply of each who replied: what one has found, another need not know."""
    return list({one.party: one for one in happened if one.event is Event.REPLY}.values())
