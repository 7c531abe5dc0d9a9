"""Report → checked · weighed · sealed for every partner that may know; then queued and recorded.

Both halves work in the caller's transactions: whoever tells by hand prepares while nobody else is
kept from writing, the node's own walks do it all in one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import IllegalEventError, UnknownRecordError
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.movement import (
    CODES_OF,
    GROUNDS,
    PLACELESS,
    STATUS_OF,
    UNMOVED,
    Course,
    Event,
    MovementNotice,
    Report,
    State,
    Weighed,
)
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.services.stations.comparing.knowing import known_of
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.movement.addressing import addressed, recipients
from exchange_node.services.stations.movement.errands import leave_answer_due, leave_manifest_due
from exchange_node.services.stations.movement.following import Following, of_party, official_number
from exchange_node.services.stations.waiting.due import start_all
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import audit
from exchange_node.store.movements import events, views
from exchange_node.store.movements.views import KeptMovement
from exchange_node.wco.document import Document
from exchange_node.wco.movement_codec import encode_notice

_NO_GROUND = {"": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A notice that is finished and not yet queued.

    Attributes:
        conversation: the movement, as messages name it.
        movement: the number of its row; 0 where none is held.
        untold: who is not told, and why.
        known: what each who is told knows of it, by party id.
    """

    report: Report
    notice: MovementNotice
    conversation: str
    movement: int
    prepared: tuple[Prepared, ...]
    untold: tuple[Mapping[str, str], ...]
    known: Mapping[str, MovementNotice]
    agreements: tuple[HeldAgreement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Makes notices of movements and enters them."""

    own: Administration
    corresponding: Corresponding
    following: Following
    new_id: Callable[[], str]

    def told_before(
        self, conn: Connection, report: Report, notice_id: str
    ) -> dict[str, object] | None:
        """Return what is said of an event that was told under that id; None if it was not."""
        number = official_number(report.movement)
        kept = self._movement(views.named(conn, number, test=self.own.test))
        if not notice_id or kept is None:
            return None
        if events.find(conn, kept.number, str(self.own.party), notice_id) is None:
            return None
        return {
            "movement": kept.movement,
            "event": report.event.value,
            "code": CODES_OF[report.event],
            "notice": notice_id,
            "state": kept.state.value,
            "messages": {},
            "not_told": [],
            "findings": [],
        }

    def write(
        self,
        conn: Connection,
        report: Report,
        now: datetime,
        *made_by: str,
        notice_id: str = "",
        of: KeptMovement | None = None,
    ) -> Written:
        """Return the finished notice for every partner that may know; `of`: of that movement.

        A question about a movement that is not held here goes to those who are named, a request
        for its manifest to the country of the MRN unless somebody is named.

        Raises:
            UnknownRecordError: no manifest of such a movement is held.
            IllegalEventError: it cannot have happened now, or is another administration's to tell.
            InvalidDocumentError: an office, a seal's condition or a result is none.
        """
        number = official_number(report.movement)
        agreements = held_agreements(conn)
        occurred_at = (report.occurred_at or now).replace(microsecond=0)
        kept = of or self._movement(views.named(conn, number, test=self.own.test))
        partners = recipients(report, kept, number)
        standing = ""
        if kept is not None:
            self._weighed(conn, kept, report, occurred_at)
        elif report.event not in (Event.QUESTION, Event.REQUEST) or not partners:
            raise UnknownRecordError(kind="movement", key=number)
        if report.event in UNMOVED:
            standing = STATUS_OF[kept.state if kept is not None else State.UNKNOWN]
        notice = MovementNotice(
            notice_id=notice_id or f"{self.own.party}-{self.new_id()}",
            issuer=str(self.own.party),
            issued_at=now,
            event=report.event,
            movement=number,
            office=report.office,
            occurred_at=occurred_at,
            means=report.means,
            equipment=report.equipment,
            packages=report.packages,
            gross_mass_kg=report.gross_mass_kg,
            compared=report.compared,
            fallback=report.fallback,
            controls=report.controls,
            ground=report.ground,
            standing=standing,
            towards=report.towards,
            place=report.place,
            papers=report.papers,
            claims=report.claims,
            competent=report.competent,
            remark=report.remark,
        )
        self._require_possible(notice, now)
        document = self.corresponding.checked(
            encode_notice(
                notice,
                metadata=self.corresponding.metadata,
                registry=self.corresponding.library.registry,
            ),
            now,
        )
        conversation = (
            kept.movement
            if kept is not None
            else str(MovementId.of_number(partners[0][-2:], number))
        )
        prepared, untold = addressed(
            self.corresponding, document, report, conversation, partners, agreements, now, made_by
        )
        return Written(
            report=report,
            notice=notice,
            conversation=conversation,
            movement=kept.number if kept is not None else 0,
            prepared=prepared,
            untold=untold,
            known=_known(notice, document, prepared, agreements),
            agreements=agreements,
        )

    def enter(
        self, conn: Connection, written: Written, now: datetime, *, by: str
    ) -> dict[str, object]:
        """Queue what was written and record it; return what was done, for whoever told it.

        Raises:
            IllegalEventError: something happened meanwhile, and it cannot be told any more.
        """
        report, notice = written.report, written.notice
        told = {one.exchange.recipient: one.message_id for one in written.prepared}
        locked = (
            views.get(conn, written.movement)
            if written.movement
            else self._movement(views.by_number(conn, notice.movement, test=self.own.test))
        )
        for one in written.prepared:
            self.corresponding.packing.queue(conn, one)
        start_all(conn, written.prepared, notice, written.agreements)
        leave_manifest_due(conn, written.prepared, written.agreements, now)
        state = State.UNKNOWN
        if locked is not None:
            weighed = self._weighed(conn, locked, report, notice.occurred_at)
            state = weighed.to
            known = written.known
            self.following.record(
                conn, locked, notice, state, by=by, at=now, told=told, known=known
            )
            leave_answer_due(conn, locked, report.event, written.agreements, now)
        audit.write(
            conn,
            audit.AuditRecord(
                at=now,
                actor=by,
                action=f"movement.{notice.event.value}",
                subject_kind="movement",
                subject_key=notice.notice_id,
                movement=written.conversation,
                facts={"office": notice.office, "told": ", ".join(told)} | _fallback(report, by),
            ),
        )
        return {
            "movement": written.conversation,
            "event": report.event.value,
            "code": CODES_OF[report.event],
            "notice": notice.notice_id,
            "state": state.value,
            "messages": told,
            "not_told": [dict(one) for one in written.untold],
            "findings": [found.as_dict() for one in written.prepared for found in one.findings],
        }

    def _movement(self, found: list[KeptMovement]) -> KeptMovement | None:
        return of_party(found, str(self.own.party))

    def _weighed(
        self, conn: Connection, kept: KeptMovement, report: Report, occurred_at: datetime
    ) -> Weighed:
        own = str(self.own.party)
        weighed = self.following.weighed(conn, kept, report.event, own, occurred_at)
        match weighed.course:
            case Course.TAKEN:
                return weighed
            case Course.FOREIGN:
                why = f"this administration has another part: {self.following.view_of(kept).value}"
            case Course.EARLY:
                missing = ", ".join(one.value for one in weighed.missing)
                why = f"it is {kept.state.value}; {missing} has to come first"
            case Course.PASSED:
                why = f"it is {kept.state.value}"
            case other:
                assert_never(other)
        raise IllegalEventError(event=report.event.value, movement=kept.official_number, why=why)

    def _require_possible(self, notice: MovementNotice, now: datetime) -> None:
        why = ""
        is_nowhere = notice.event in PLACELESS and not notice.office
        if not is_nowhere and notice.office[:2].upper() != self.own.country:
            why = f"office {notice.office[:17]!r} is none of {self.own.country}"
        elif notice.occurred_at > now:
            why = f"{notice.occurred_at.isoformat()} has not come yet"
        elif notice.ground not in GROUNDS.get(notice.event, _NO_GROUND):
            grounds = GROUNDS.get(notice.event, {})
            known = ", ".join(f"{key} ({said})" for key, said in grounds.items())
            why = f"its ground is one of: {known or 'none'}"
        elif CODES_OF[notice.event] in ("TM-041", "TM-042") and not notice.controls:
            why = "no result of a control is given"
        if why:
            raise IllegalEventError(event=notice.event.value, movement=notice.movement, why=why)


def _known(
    notice: MovementNotice,
    document: Document,
    prepared: Iterable[Prepared],
    agreements: Iterable[HeldAgreement],
) -> dict[str, MovementNotice]:
    """Return what each who is told knows of a notice."""
    held, known = tuple(agreements), dict[str, MovementNotice]()
    for one in prepared:
        exchange = one.exchange
        under = exchange.agreement_id, exchange.agreement_version, exchange.grant
        if (found := grant_under(held, *under)) is not None:
            known[exchange.recipient] = known_of(notice, document, found[1])
    return known


def _fallback(report: Report, by: str) -> dict[str, str]:
    """Return what the audit says of an event that was recorded without the line."""
    if report.fallback is None:
        return {}
    said = report.fallback
    return {
        "fallback": said.reason[:200],
        "operator": report.operator or by,
        "recorded_at": said.recorded_at.isoformat(),
    }
