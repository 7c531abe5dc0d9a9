"""TM-013: a partner asks for the manifest of a movement of ours, and gets it, or is told why not.

What is not given is refused in the business answer: a Response with our code, and that of NCTS.
Goods at an office that was not planned are diverted, and everybody who takes part is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.movement import (
    DIVERTED,
    ENDS_THERE,
    FINAL,
    MANIFEST_GIVEN,
    Event,
    MovementNotice,
    Report,
    State,
)
from exchange_node.policy.gates import permit_sending
from exchange_node.policy.verdict import require
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import NODE
from exchange_node.services.stations.manifests.giving import ManifestGiving
from exchange_node.services.stations.movement.faults import (
    NOT_BEGUN_HERE,
    NOT_TO_BE_GIVEN,
    OUT_OF_SEQUENCE,
    refused,
    require_own_office,
    require_same,
)
from exchange_node.services.stations.movement.following import diverted, official_number
from exchange_node.services.stations.movement.writing import Writing
from exchange_node.store.movements import events, views
from exchange_node.store.movements.views import KeptMovement
from exchange_node.wco.movement_codec import decode_notice

_THERE = DIVERTED | {"1"}
"""Grounds that say that the goods are where the manifest is asked for."""

MOST_ASKED = 20
"""How often one partner is given the manifest of one movement (our choice); each is kept here."""

_OVER = FINAL | {State.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRequests:
    """Takes requests for manifests."""

    giving: ManifestGiving
    writing: Writing

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Give the manifest, and tell of the diversion where the goods are not where they should.

        Raises:
            InvalidDocumentError: it cannot be read, no such movement began here, it is over, or its
                manifest cannot be given, or not once more.
            NotPermittedError: no grant lets that partner have manifests.
        """
        notice = decode_notice(opened.document)
        require_own_office(notice)
        self._require_grant(conn, notice, opened, now)  # before it learns what is held
        number = official_number(notice.movement)
        kept = self._ours(conn, number, opened)
        earlier = events.find(conn, kept.number, notice.issuer, notice.notice_id)
        if earlier is not None:
            require_same(earlier, notice)
            return
        if kept.state in _OVER:
            found = OUT_OF_SEQUENCE.found(
                pointer="InterGov/TypeCode",
                value=number,
                event=notice.event.value,
                state=kept.state.value,
                missing="",
            )
            raise refused(found)
        asked = [
            one
            for one in events.of_movement(conn, kept.number)
            if one.event is Event.REQUEST and one.party == notice.issuer
        ]
        if len(asked) >= MOST_ASKED:
            why = f"{notice.issuer} was given it {MOST_ASKED} times"
            raise refused(NOT_TO_BE_GIVEN.found(value=number, why=why))
        message = opened.incoming.message_id
        self.writing.following.record(
            conn, kept, notice, kept.state, by=NODE, at=now, message_id=message
        )
        given = self.giving.give(
            conn, kept, notice.issuer, purpose=opened.exchange.purpose, asked=message, at=now
        )
        is_planned = kept.route.part_of(notice.issuer) and notice.office in given.offices
        if notice.ground in _THERE and not is_planned:
            self._divert(conn, kept, notice, now)

    def _require_grant(
        self, conn: Connection, notice: MovementNotice, opened: Opened, now: datetime
    ) -> None:
        verdict = permit_sending(
            held_agreements(conn),
            sender=str(self.writing.own.party),
            recipient=notice.issuer,
            code=MANIFEST_GIVEN,
            purpose=opened.exchange.purpose,
            test=opened.exchange.test,
            on=day_of(now),
        )
        require(verdict)

    def _ours(self, conn: Connection, number: str, opened: Opened) -> KeptMovement:
        own = str(self.writing.own.party)
        for one in views.by_number(conn, number, test=opened.exchange.test):
            if one.route.departure == own:
                return one
        raise refused(NOT_BEGUN_HERE.found(pointer="InterGov/Declaration/ID", value=number))

    def _divert(
        self, conn: Connection, kept: KeptMovement, notice: MovementNotice, now: datetime
    ) -> None:
        """Record that the goods go another way, and tell who was planned and who was not."""
        ground = ENDS_THERE if notice.ground == ENDS_THERE else min(DIVERTED)
        route = diverted(kept, notice.office, ground)
        report = Report(
            movement=kept.official_number,
            event=Event.DIVERSION,
            office="",
            occurred_at=min(notice.occurred_at, now),
            ground=ground,
            towards=notice.office,
            to=route.parties,
        )
        written = self.writing.write(conn, report, now, of=replace(kept, route=route))
        self.writing.enter(conn, written, now, by=NODE)
