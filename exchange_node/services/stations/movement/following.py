"""Notice → weighed · recorded · what waited for it weighed again.

Everything happens in the caller's transaction, over the movement's locked row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.identifiers import MovementId, PartyId
from exchange_node.domain.movement import (
    AT_BORDER,
    AT_CONSIGNEE,
    CODES_OF,
    ENDS_THERE,
    MOVES,
    Course,
    Event,
    MovementNotice,
    Part,
    Route,
    State,
    Weighed,
    weigh,
)
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.comparing.sighting import (
    COMPARE,
    SEEN,
    kept_as_told,
    kept_comparison,
    kept_sight,
)
from exchange_node.services.stations.movement.errands import (
    drop_discharge_due,
    leave_discharge_due,
    leave_results_due,
)
from exchange_node.store import duties
from exchange_node.store.movements import events, parked, views
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.views import KeptMovement

NOBODY: Mapping[str, str] = MappingProxyType({})
_WHOLE: Mapping[str, MovementNotice] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """This node's view of movements.

    Attributes:
        key_of: returns a key of this node's own for a purpose.
    """

    own: Administration
    key_of: Callable[[str], bytes]

    def view_of(self, kept: KeptMovement) -> Part:
        """Return this node's part; who was sent a manifest without being named looks on."""
        return kept.route.part_of(str(self.own.party)) or Part.TRANSIT

    def weighed(
        self, conn: Connection, kept: KeptMovement, event: Event, party: str, occurred_at: datetime
    ) -> Weighed:
        """Return what becomes of an event that a party tells of a movement."""
        part = kept.route.part_of(party)
        if part is None:
            return Weighed(course=Course.FOREIGN, to=kept.state)
        return weigh(
            kept.state,
            event,
            by=part,
            view=self.view_of(kept),
            is_ours=party == str(self.own.party),
            is_overtaken=events.is_overtaken(conn, kept.number, event, occurred_at),
            is_withdrawn=(
                event is Event.ARRIVAL and events.is_known(conn, kept.number, Event.WITHDRAWAL)
            ),
            is_at_border=event is Event.AMENDMENT and is_late(conn, kept, occurred_at),
            last=(events.last_on_the_way(conn, kept.number) if event is Event.WITHDRAWAL else None),
        )

    def record(  # noqa: PLR0913 - so much is known of an event
        self,
        conn: Connection,
        kept: KeptMovement,
        notice: MovementNotice,
        to: State,
        *,
        by: str,
        at: datetime,
        message_id: str = "",
        told: Mapping[str, str] = NOBODY,
        known: Mapping[str, MovementNotice] = _WHOLE,
    ) -> bool:
        """Record an event that is taken; return whether it was new. A diversion changes the route.

        Args:
            by: a user, or `node`; `message_id` is of the message that brought it.
            told: the messages that take it to partners, by party id.
            known: what a party knows of it that was not told, or did not tell, all as it is.
        """
        key = self.key_of(f"sight {kept.movement}")
        is_new = enter(
            conn,
            kept,
            KeptEvent(
                movement=kept.number,
                event=notice.event,
                code=CODES_OF[notice.event],
                party=notice.issuer,
                notice_id=notice.notice_id,
                office=notice.office,
                occurred_at=notice.occurred_at,
                recorded_at=at,
                recorded_by=by,
                before=kept.state,
                after=to,
                said=notice.ground or notice.standing,
                fallback=notice.fallback.mark if notice.fallback is not None else "",
                details=(
                    _details(notice)
                    | kept_sight(notice, key)
                    | kept_as_told(notice, known, key)
                    | kept_comparison(notice.compared)
                ),
                message_id=message_id,
                told=told,
            ),
            at,
        )
        if is_new and notice.event in SEEN:
            duties.leave(conn, COMPARE, str(kept.number), at)
        if is_new and notice.event is Event.COMPARISON and message_id:
            duties.leave(conn, COMPARE, f"{kept.number} {notice.notice_id}", at)
        if is_new and notice.event is Event.DIVERSION:
            views.reroute(conn, kept.number, diverted(kept, notice.towards, notice.ground))
        if is_new and to is State.ARRIVED and notice.event is Event.ARRIVAL:
            self._await_results(conn, kept, notice)
        if is_new and to is not kept.state:
            self._await_discharge(conn, kept, to, at)
        return is_new

    def _await_results(self, conn: Connection, kept: KeptMovement, arrival: MovementNotice) -> None:
        """Start the clocks of the control's results at either end; between them nobody waits."""
        view = self.view_of(kept)
        if view is not Part.TRANSIT:
            leave_results_due(
                conn,
                kept,
                held_agreements(conn),
                arrival.occurred_at,
                is_authorised=arrival.ground == AT_CONSIGNEE,
                is_departure=view is Part.DEPARTURE,
            )

    def _await_discharge(
        self, conn: Connection, kept: KeptMovement, to: State, at: datetime
    ) -> None:
        """Start the clock of the discharge where it is ours to tell, and end it."""
        if to is State.CONTROLLED and self.view_of(kept) is Part.DEPARTURE:
            leave_discharge_due(conn, kept, held_agreements(conn), at)
        elif kept.state is State.CONTROLLED:
            drop_discharge_due(conn, kept)


def is_at_border(conn: Connection, kept: KeptMovement) -> bool:
    """Whether something was told of a movement that leads to a border, or beyond it."""
    return events.is_known(conn, kept.number, *AT_BORDER)


def is_late(conn: Connection, kept: KeptMovement, sealed_at: datetime) -> bool:
    """Whether an amendment was sealed when the goods had come to a border, or is of no use now.

    One that a crossing overtook on the line was told in time.
    """
    may_still = (kept.state, Event.AMENDMENT) in MOVES
    return events.is_known(conn, kept.number, *AT_BORDER, by=sealed_at if may_still else None)


def diverted(kept: KeptMovement, office: str, ground: str) -> Route:
    """Return who takes part in a movement once it goes to an office that was not planned."""
    party = str(PartyId.of_country(office[:2]))
    return kept.route.diverted(party, ends_there=ground == ENDS_THERE)


def official_number(text: str) -> str:
    """Return a movement's number as it is kept: as a MovementId has it.

    Raises:
        MalformedIdentifierError: it is empty or longer than 70 characters.
    """
    return MovementId.of_number("XX", text).value


def of_party(found: Iterable[KeptMovement], party: str) -> KeptMovement | None:
    """Return the movement that a party has a part in; of several under a number the issuer's.

    Whoever gives a manifest under a number that another administration issued begins a movement of
    its own, and takes nothing away from the one that the number was issued for. Where that is not
    held, or several administrations count alike, it is the last that was begun.
    """
    mine = [one for one in found if one.route.part_of(party)]
    issued = [one for one in mine if _is_issuers(one)]
    return next(reversed(issued or mine), None)


def _details(notice: MovementNotice) -> dict[str, str]:
    """Return what more of an event is kept: offices and amounts; nothing that names anybody."""
    amounts = [f"{one.amount:f} {one.currency}" for one in notice.claims if one.amount is not None]
    said = {
        "towards": notice.towards,
        "competent": notice.competent,
        "amount": ", ".join(amounts),
    }
    return {name: value for name, value in said.items() if value}


def _is_issuers(kept: KeptMovement) -> bool:
    country = MovementId.parse(kept.movement).country
    return kept.route.departure == f"customs.{country.lower()}"


def enter(conn: Connection, kept: KeptMovement, event: KeptEvent, at: datetime) -> bool:
    """Record what is taken, and weigh anew what waited for it; return whether it was new."""
    if not events.add(conn, event):
        return False
    views.move(conn, kept.number, event.after, at)
    parked.wake(conn, kept.official_number, test=kept.test)
    return True
