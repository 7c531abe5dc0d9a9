"""Manifest → movement begun; notice → weighed · recorded · what waited for it weighed again.

Everything happens in the caller's transaction, over the movement's locked row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.identifiers import MovementId, PartyId
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.movement import (
    AT_BORDER,
    AT_CONSIGNEE,
    CODES_OF,
    ENDS_THERE,
    MANIFEST_AMENDED,
    MANIFEST_GIVEN,
    Course,
    Event,
    MovementNotice,
    Part,
    Route,
    State,
    Weighed,
    route_of,
    weigh,
)
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.comparing.sighting import (
    COMPARE,
    SEEN,
    kept_as_told,
    kept_comparison,
    kept_sight,
)
from exchange_node.services.stations.movement.errands import leave_limits, leave_results_due
from exchange_node.store import duties
from exchange_node.store.movements import events, parked, views
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.views import KeptMovement
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest

_NODE = "node"
NOBODY: Mapping[str, str] = MappingProxyType({})
_WHOLE: Mapping[str, MovementNotice] = MappingProxyType({})


def begin(
    conn: Connection,
    held: HeldManifest,
    manifest: TransitManifest,
    agreements: Iterable[HeldAgreement],
    at: datetime,
) -> None:
    """Begin the movement of a manifest that was filed, or note that one more went, or another.

    Who sent the manifest sends the goods off; a movement that is over stays as it is. Who asked for
    it has the goods, and takes part. Of an amended manifest the route counts anew, and whoever took
    part still does: it was told.
    """
    kept = views.begin(
        conn,
        KeptMovement(
            movement=str(manifest.movement),
            official_number=manifest.movement.value,
            route=route_of(manifest, departure=held.exchange.sender),
            test=held.exchange.test,
            state=State.UNKNOWN,
            begun_at=at,
            changed_at=at,
            delete_after=held.delete_after,
        ),
    )
    is_ours = held.direction is Direction.SENT
    asker = held.exchange.recipient
    if held.exchange.code == MANIFEST_GIVEN and not is_ours and not kept.route.part_of(asker):
        kept = replace(kept, route=kept.route.diverted(asker, ends_there=False))
        views.reroute(conn, kept.number, kept.route)
    is_amended = held.exchange.code == MANIFEST_AMENDED
    event = Event.AMENDMENT if is_amended else Event.RELEASE
    weighed = weigh(
        kept.state,
        event,
        by=Part.DEPARTURE,
        view=Part.DEPARTURE,
        is_at_border=is_amended and is_at_border(conn, kept),
    )
    if weighed.course is not Course.TAKEN:
        return
    if is_amended:
        route = route_of(manifest, departure=kept.route.departure)
        kept = replace(kept, route=route.beside(kept.route))
        views.reroute(conn, kept.number, kept.route)
    if is_ours:
        leave_limits(conn, kept, manifest, _sent_under(conn, held), agreements)
    _record(
        conn,
        kept,
        KeptEvent(
            movement=kept.number,
            event=event,
            code=held.exchange.code,
            party=held.exchange.sender,
            notice_id=held.message_id,
            office=manifest.declaration_office,
            occurred_at=manifest.issued_at,
            recorded_at=at,
            recorded_by=_NODE,
            before=kept.state,
            after=weighed.to,
            message_id="" if is_ours else held.message_id,
            told={held.partner: held.message_id} if is_ours else NOBODY,
        ),
        at,
    )


def _sent_under(conn: Connection, held: HeldManifest) -> set[tuple[str, int]]:
    """Return the agreements that the manifests of a movement, as they are now, were sent under."""
    return {
        (one.exchange.agreement_id, one.exchange.agreement_version)
        for one in manifests.versions(conn, held.movement)
        if one.direction is Direction.SENT
        and one.superseded_by is None
        and one.exchange.test == held.exchange.test
    }


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
            is_at_border=event is Event.AMENDMENT and is_at_border(conn, kept),
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
        is_new = _record(
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


def is_at_border(conn: Connection, kept: KeptMovement) -> bool:
    """Whether something was told of a movement that leads to a border, or beyond it."""
    return events.is_known(conn, kept.number, *AT_BORDER)


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


def _record(conn: Connection, kept: KeptMovement, event: KeptEvent, at: datetime) -> bool:
    if not events.add(conn, event):
        return False
    views.move(conn, kept.number, event.after, at)
    parked.wake(conn, kept.official_number, test=kept.test)
    return True
