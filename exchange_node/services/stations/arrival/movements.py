"""TM-012 to TM-070: what a partner's office tells of a movement is weighed and recorded.

Whether an amended manifest (TM-011) is taken is weighed in the same way.

What comes too early waits (`EarlyNoticeError`); what has waited long enough, or can follow no more,
is out of sequence. Told twice it is one, and is accepted once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.errors import EarlyNoticeError
from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import MovementId, PartyId
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.movement import (
    CODES_OF,
    UNMOVED,
    Course,
    Event,
    MovementNotice,
    State,
    Weighed,
    may_join,
    tellers,
)
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import NODE
from exchange_node.services.stations.clocks import prompt
from exchange_node.services.stations.comparing.knowing import known_of
from exchange_node.services.stations.movement.errands import Asked, leave_answer
from exchange_node.services.stations.movement.faults import (
    AMENDED_LATE,
    NOT_THEIRS,
    OUT_OF_SEQUENCE,
    UNKNOWN_MOVEMENT,
    refused,
    require_own_office,
    require_same,
)
from exchange_node.services.stations.movement.following import Following, of_party, official_number
from exchange_node.store.movements import events, parked, views
from exchange_node.store.movements.views import KeptMovement
from exchange_node.wco.movement_codec import decode_notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Takes what partners tell of movements."""

    following: Following

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Record an event in this node's view of the movement.

        Raises:
            EarlyNoticeError: it has to wait for what comes before it.
            InvalidDocumentError: it cannot be read, is not for that party to tell, or is out of
                sequence; after it has waited, that it is still too early.
        """
        notice = decode_notice(opened.document)
        number = official_number(notice.movement)
        require_own_office(notice)
        kept = self._held(conn, opened, notice, number, now)
        earlier = events.find(conn, kept.number, notice.issuer, notice.notice_id)
        if earlier is not None:
            require_same(earlier, notice)
            return
        weighed = self._taken(conn, opened, notice, kept, now)
        self.following.record(
            conn,
            kept,
            notice,
            weighed.to,
            by=NODE,
            at=now,
            message_id=opened.incoming.message_id,
            known={notice.issuer: known_of(notice, opened.document, opened.grant)},
        )
        if notice.fallback is None:
            prompt.weigh(
                conn, opened.incoming, opened.exchange, opened.grant, kept.movement,
                notice.occurred_at, now,
            )  # fmt: skip
        if notice.event is Event.QUESTION:
            asked = Asked(
                movement=kept.number,
                partner=notice.issuer,
                message_id=opened.incoming.message_id,
            )
            leave_answer(conn, asked, now)

    def require_amendable(
        self, conn: Connection, opened: Opened, manifest: TransitManifest, now: datetime
    ) -> None:
        """Pass an amended manifest of a movement that takes one.

        It happened when it was sealed: amendments keep the day that the first text bears.

        Raises:
            EarlyNoticeError: what it amends has not come.
            InvalidDocumentError: it never came, or was sealed beyond the first border.
        """
        notice = MovementNotice(
            notice_id=opened.incoming.message_id,
            issuer=opened.incoming.sender,
            issued_at=manifest.issued_at,
            event=Event.AMENDMENT,
            movement=manifest.movement.value,
            office=manifest.declaration_office,
            occurred_at=opened.sealed_at,
        )
        kept = self._held(conn, opened, notice, manifest.movement.value, now)
        self._taken(conn, opened, notice, kept, now)

    def _held(
        self, conn: Connection, opened: Opened, notice: MovementNotice, number: str, now: datetime
    ) -> KeptMovement:
        """Return the movement that a notice is about, locked."""
        test = opened.exchange.test
        kept = of_party(views.by_number(conn, number, test=test), notice.issuer)
        if kept is not None:
            return kept
        known = views.named(conn, number, test=test)
        if known:
            if may_join(notice.event):  # what named it may be on its way
                kept = known[-1]
                early = Weighed(course=Course.EARLY, to=kept.state, missing=(Event.DIVERSION,))
                self._wait(conn, opened, notice, number, now, kept=kept, weighed=early)
            raise refused(
                NOT_THEIRS.found(
                    pointer=_event_at(notice),
                    value=number,
                    event=notice.event.value,
                    party=notice.issuer,
                    part="it has no part in it",
                )
            )
        if notice.event is not Event.QUESTION:
            self._wait(conn, opened, notice, number, now)
        raise refused(UNKNOWN_MOVEMENT.found(pointer=_number_at(notice), value=number))

    def _taken(
        self,
        conn: Connection,
        opened: Opened,
        notice: MovementNotice,
        kept: KeptMovement,
        now: datetime,
    ) -> Weighed:
        """Return what becomes of a notice that is taken."""
        weighed = self.following.weighed(
            conn, kept, notice.event, notice.issuer, notice.occurred_at
        )
        if weighed.course is Course.EARLY:
            self._wait(conn, opened, notice, kept.official_number, now, kept=kept, weighed=weighed)
        if weighed.course is not Course.TAKEN:
            raise refused(_why_not(kept, notice, weighed))
        return weighed

    def _wait(
        self,
        conn: Connection,
        opened: Opened,
        notice: MovementNotice,
        number: str,
        now: datetime,
        *,
        kept: KeptMovement | None = None,
        weighed: Weighed | None = None,
    ) -> None:
        """Return when the message has waited long enough.

        Raises:
            EarlyNoticeError: it has not.
        """
        waited = parked.find(conn, opened.incoming.sender, opened.incoming.message_id)
        if waited is not None and waited.until <= now:
            return
        missing = weighed.missing if weighed is not None else (Event.RELEASE,)
        raise EarlyNoticeError(
            number=number,
            test=opened.exchange.test,
            event=notice.event.value,
            state=kept.state.value if kept is not None else State.UNKNOWN.value,
            missing=_said(missing),
            ask=self._asked(number, notice.issuer, kept, missing)
            if notice.event not in UNMOVED
            else (),
        )

    def _asked(
        self, number: str, issuer: str, kept: KeptMovement | None, missing: tuple[Event, ...]
    ) -> tuple[str, ...]:
        """Return who may know what is missing: whose event it is, and who knows more already.

        For a manifest the country of the MRN is asked; a national number does not tell it, and
        then nobody is.
        """
        own = str(self.following.own.party)
        if kept is None:
            named = MovementId.of_number("XX", number)
            parties = [] if named.country == "XX" else [str(PartyId.of_country(named.country))]
        else:
            by = tellers(missing[0])
            parties = [
                one for one in kept.route.parties if one == issuer or kept.route.part_of(one) in by
            ]
        return tuple(one for one in parties if one != own)


def _number_at(notice: MovementNotice) -> str:
    return "Declaration/ID" if notice.event is Event.AMENDMENT else "InterGov/Declaration/ID"


def _event_at(notice: MovementNotice) -> str:
    """Return where a document says what it tells: a manifest is known by its function alone."""
    is_manifest = notice.event is Event.AMENDMENT
    return "Declaration/FunctionCode" if is_manifest else "InterGov/TypeCode"


def _why_not(kept: KeptMovement, notice: MovementNotice, weighed: Weighed) -> Finding:
    if weighed.course is Course.FOREIGN:
        part = kept.route.part_of(notice.issuer)
        return NOT_THEIRS.found(
            pointer=_event_at(notice),
            value=kept.official_number,
            event=notice.event.value,
            party=notice.issuer,
            part=f"its part is {part.value}" if part else "it has no part in it",
        )
    if notice.event is Event.AMENDMENT and not weighed.missing:
        return AMENDED_LATE.found(
            pointer=_event_at(notice),
            value=kept.official_number,
            why=f"it is {kept.state.value}",
        )
    missing = f", {_said(weighed.missing)} did not arrive in time" if weighed.missing else ""
    return OUT_OF_SEQUENCE.found(
        pointer=_event_at(notice),
        value=kept.official_number,
        event=notice.event.value,
        state=kept.state.value,
        missing=missing,
    )


def _said(missing: tuple[Event, ...]) -> str:
    return ", ".join(f"{one.value} ({CODES_OF[one]})" for one in missing)
