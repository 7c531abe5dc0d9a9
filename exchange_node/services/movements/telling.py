"""What an office saw → told to every partner that may know · recorded here.

A partner that no grant lets know is not told, and the answer says so. Either everything is queued
and recorded, or nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import structlog
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import OfficeError
from exchange_node.domain.movement import Event, Report
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.movement.writing import Writing
from exchange_node.store.database import reading, transaction

log = structlog.get_logger()

TELLERS: Mapping[Event, tuple[Role, ...]] = MappingProxyType(
    {
        Event.EXIT: (Role.BORDER_POST, Role.SUBMITTER),
        Event.ENTRY: (Role.BORDER_POST, Role.SUBMITTER),
        Event.CANCELLATION: (Role.LIAISON, Role.SUBMITTER),
        Event.REQUEST: (Role.BORDER_POST, Role.LIAISON, Role.SUBMITTER),
        Event.REFUSAL: (Role.BORDER_POST, Role.SUBMITTER),
        Event.INCIDENT: (Role.BORDER_POST, Role.SUBMITTER),
        Event.CONTINUATION: (Role.BORDER_POST, Role.SUBMITTER),
        Event.ENQUIRY: (Role.LIAISON, Role.SUBMITTER),
        Event.REPLY: (Role.LIAISON, Role.SUBMITTER),
        Event.INFORMATION: (Role.LIAISON, Role.SUBMITTER),
        Event.WITHDRAWAL: (Role.LIAISON, Role.SUBMITTER),
        Event.QUESTION: (Role.BORDER_POST, Role.LIAISON, Role.SUBMITTER),
        Event.ARRIVAL: (Role.BORDER_POST, Role.SUBMITTER),
        Event.CONFORM: (Role.BORDER_POST, Role.SUBMITTER),
        Event.DISCREPANT: (Role.BORDER_POST, Role.SUBMITTER),
        Event.SOLVED: (Role.BORDER_POST, Role.SUBMITTER),
        Event.DISCHARGE: (Role.LIAISON, Role.SUBMITTER),
        Event.RECOVERY: (Role.LIAISON, Role.SUBMITTER),
        Event.COMPETENCE: (Role.LIAISON, Role.SUBMITTER),
        Event.RECOVERED: (Role.LIAISON, Role.SUBMITTER),
    }
)
"""Who tells of an event at this node; a national system submits. The node answers by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Takes what our offices say of movements."""

    writing: Writing
    engine: Engine
    clock: Callable[[], datetime]

    @property
    def corresponding(self) -> Corresponding:
        """What the notices are prepared with."""
        return self.writing.corresponding

    @property
    def own(self) -> Administration:
        """Whose offices tell."""
        return self.writing.own

    def tell(self, actor: Actor, report: Report, *, notice_id: str = "") -> dict[str, object]:
        """Record an event and queue it for every partner that may know; say who is not told, why.

        `notice_id`: of what was recorded elsewhere first; told again under it, nothing is done.

        Raises:
            RoleError: the event is not the actor's to tell.
            OfficeError: the actor sits at other offices than the one it tells for.
            UnknownRecordError: no manifest of such a movement is held.
            IllegalEventError: it cannot have happened now, or is another administration's to tell.
            InvalidDocumentError: an office, a seal's condition or a result is none.
        """
        actor.require(*TELLERS.get(report.event, ()))
        if actor.offices and report.office and report.office not in actor.offices:
            raise OfficeError(office=report.office[:40], held=", ".join(sorted(actor.offices)))
        now = self.clock()
        with reading(self.engine) as conn:
            if (before := self.writing.told_before(conn, report, notice_id)) is not None:
                return before
            written = self.writing.write(conn, report, now, actor.name, notice_id=notice_id)
        with transaction(self.engine) as conn:
            if (before := self.writing.told_before(conn, report, notice_id)) is not None:
                return before
            told = self.writing.enter(conn, written, now, by=actor.name)
        log.info("movement-told", movement=written.conversation, movement_event=report.event.value)
        return told
