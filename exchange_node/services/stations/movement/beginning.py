"""Manifest → movement begun, or changed: by the text that was sealed last, whatever came last.

Everything happens in the caller's transaction, over the movement's locked row.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.message import Exchange
from exchange_node.domain.movement import (
    CODES_OF,
    MANIFEST_AMENDED,
    MANIFEST_GIVEN,
    Course,
    Event,
    Part,
    State,
    route_of,
    weigh,
)
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.movement import texts
from exchange_node.services.stations.movement.errands import leave_limits, note_stage
from exchange_node.services.stations.movement.following import NOBODY, enter, is_late
from exchange_node.store import outbox
from exchange_node.store.movements import events, views
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.views import KeptMovement
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest

_NODE = "node"
_AHEAD = timedelta(
    hours=1
)  # our choice: less than a seal may be ahead of the clock it is checked by


def begin(
    conn: Connection,
    held: HeldManifest,
    manifest: TransitManifest,
    agreements: Collection[HeldAgreement],
    at: datetime,
    sealed_at: datetime,
) -> None:
    """Begin the movement of a manifest that was filed, or note that one more went, or another.

    Who sent the manifest sends the goods off; a movement that is over stays as it is. Who asked for
    it has the goods, and takes part. Of an amended manifest the route counts anew, and whoever took
    part still does: it was told. Of one that a later text overtook nothing counts but who takes
    part, and of one of ours that waits for officers nothing: `texts` says when it holds. What
    changes a text happened when it was sealed; the first one says itself when.
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
    is_first = held.exchange.code == CODES_OF[Event.RELEASE]
    is_overtaken = held.superseded_by is not None
    event = Event.AMENDMENT if is_amended else Event.RELEASE
    weighed = weigh(
        kept.state,
        event,
        by=Part.DEPARTURE,
        view=Part.DEPARTURE,
        is_at_border=is_amended and is_late(conn, kept, sealed_at),
    )
    if weighed.course is not Course.TAKEN:
        return
    route = route_of(manifest, departure=kept.route.departure)
    if is_first and is_ours and route != kept.route and not texts.others(conn, held):
        kept = replace(kept, route=route)  # what came before it came to nothing
        views.reroute(conn, kept.number, kept.route)
    if is_amended and not (is_ours and is_overtaken):
        both = kept.route.beside(route) if is_overtaken else route.beside(kept.route)
        kept = replace(kept, route=both)
        views.reroute(conn, kept.number, kept.route)
    if is_ours and not is_overtaken:
        leave_limits(conn, kept, manifest, sent_under(conn, held), agreements)
    elif not is_overtaken:
        under = {(held.exchange.agreement_id, held.exchange.agreement_version)}
        note_stage(conn, kept, manifest, under, agreements)
    enter(
        conn,
        kept,
        KeptEvent(
            movement=kept.number,
            event=event,
            code=held.exchange.code,
            party=held.exchange.sender,
            notice_id=held.message_id,
            office=manifest.declaration_office,
            occurred_at=manifest.issued_at if is_first else sealed_at,
            recorded_at=at,
            recorded_by=_NODE,
            before=kept.state,
            after=weighed.to,
            message_id="" if is_ours else held.message_id,
            told={held.partner: held.message_id} if is_ours else NOBODY,
        ),
        at,
    )


def holds_before(
    conn: Connection, held: HeldManifest, movement: MovementId, sealed_at: datetime
) -> int | None:
    """Return the number of the text that holds although this one is filed after it.

    Of two texts of one movement between the same two the one that was sealed last holds; of one
    second the greater MessageId does, so both ends say the same. A first text (TM-010) that is
    filed takes the place of whatever was told before, and a copy that was given on request (TM-014)
    never that of an amendment, whenever it was sealed. While one of ours waits for officers its
    partner has the one before it.
    """
    if held.direction is Direction.SENT and outbox.find(conn, held.message_id) is None:
        before = texts.told(conn, held)
        if before is not None:
            return before.number
    if held.exchange.code == CODES_OF[Event.RELEASE]:
        return None
    kept = _of_sender(conn, held, movement)
    if kept is None:
        return None
    for one in manifests.versions(conn, held.movement):
        is_current = (
            (one.direction, one.partner, one.exchange.test)
            == (held.direction, held.partner, held.exchange.test)
            and one.superseded_by is None
            and one.exchange.code != CODES_OF[Event.RELEASE]
        )
        if not is_current:
            continue
        codes = (held.exchange.code, one.exchange.code)
        if codes == (MANIFEST_AMENDED, MANIFEST_GIVEN):
            continue
        if codes == (MANIFEST_GIVEN, MANIFEST_AMENDED):
            return one.number
        told = events.find(conn, kept.number, one.exchange.sender, one.message_id)
        if told and (told.occurred_at, one.message_id) > (sealed_at, held.message_id):
            return one.number
    return None


def sealing_moment(
    conn: Connection, movement: MovementId, exchange: Exchange, at: datetime
) -> datetime:
    """Return when the next text of a movement for a partner is sealed: after the one before.

    Two of one second, or a clock that was set back, would leave open which of them holds. What was
    sealed further ahead than partners take is no measure: they refused it.
    """
    moment = at.replace(microsecond=0)
    told = [
        one.occurred_at
        for kept in views.named(conn, movement.value, test=exchange.test)
        if kept.movement == str(movement)
        for one in events.of_movement(conn, kept.number)
        if one.event is Event.AMENDMENT
        and exchange.recipient in one.told
        and one.occurred_at <= at + _AHEAD
    ]
    return max([moment, *(one + timedelta(seconds=1) for one in told)])


def _of_sender(conn: Connection, held: HeldManifest, movement: MovementId) -> KeptMovement | None:
    """Return the movement that the sender of a manifest began."""
    for one in views.named(conn, movement.value, test=held.exchange.test):
        if (one.movement, one.route.departure) == (held.movement, held.exchange.sender):
            return one
    return None


def sent_under(conn: Connection, held: HeldManifest) -> set[tuple[str, int]]:
    """Return the agreements that the manifests of a movement, as they are now, were sent under."""
    return {
        (one.exchange.agreement_id, one.exchange.agreement_version)
        for one in manifests.versions(conn, held.movement)
        if one.direction is Direction.SENT
        and one.superseded_by is None
        and one.exchange.test == held.exchange.test
    }
