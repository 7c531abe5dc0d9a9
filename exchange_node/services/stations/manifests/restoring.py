"""A text of ours was let out, stopped or refused → the one that its partner has holds at home too.

What holds is looked up and matched; the movement's route and time limit are those of the newest
text that any partner has. The desk hears of an amendment that came to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.movement import (
    FINAL,
    MANIFEST_AMENDED,
    MANIFEST_GIVEN,
    Event,
    Route,
    State,
    route_of,
)
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.movement import texts
from exchange_node.services.stations.movement.beginning import sent_under
from exchange_node.services.stations.movement.desk import desk_of
from exchange_node.services.stations.movement.errands import drop_limits, leave_limits
from exchange_node.services.stations.movement.following import diverted
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import outbox
from exchange_node.store.movements import events, views
from exchange_node.store.movements.views import KeptMovement
from exchange_node.store.records import hits, manifests
from exchange_node.store.records.held import Direction, HeldManifest

_OVER = FINAL | {State.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """Sees which text of a manifest holds; each of its acts is in the caller's transaction."""

    own: Administration
    holding: Holding

    def look_after(self, conn: Connection, ref: str, now: datetime) -> None:
        """Let the text hold that a partner has; `ref` is that of `texts.leave_look`."""
        hits.queue_as_alert(conn)  # first, as whoever files does
        changed = texts.text_of(conn, ref)
        standing = texts.told(conn, changed)
        if changed.exchange.code == MANIFEST_AMENDED:
            self._tell(conn, changed, standing, now)
        if standing is None or standing.superseded_by is None or standing.disposed_at is not None:
            return
        manifests.let_hold(conn, standing)
        self.holding.renew_manifest(conn, manifests.get(conn, standing.number), now)
        for kept in views.by_number(
            conn, MovementId.parse(standing.movement).value, test=self.own.test
        ):
            is_ours = kept.route.departure == str(self.own.party)
            if is_ours and kept.movement == standing.movement and kept.state not in _OVER:
                self._follow(conn, kept, changed)

    def _follow(self, conn: Connection, kept: KeptMovement, changed: HeldManifest) -> None:
        """Give a movement route and time limit of the newest text that anybody has."""
        ours = [
            one
            for one in manifests.versions(conn, kept.movement)
            if (one.direction, one.exchange.test) == (Direction.SENT, kept.test)
            and one.exchange.code != MANIFEST_GIVEN  # a copy of one of the others
        ]
        let_out = [one for one in ours if texts.is_standing(outbox.find(conn, one.message_id))]
        if not let_out or let_out[0].number > changed.number:
            return  # what was taken of it has been replaced since
        newest = self.holding.manifest_of(conn, let_out[0])
        route = self._route(conn, kept, let_out)
        views.reroute(conn, kept.number, route)
        if newest.limit_date is None:
            drop_limits(conn, kept)
        leave_limits(conn, kept, newest, sent_under(conn, let_out[0]), held_agreements(conn))

    def _route(self, conn: Connection, kept: KeptMovement, let_out: list[HeldManifest]) -> Route:
        """Return who takes part by what was told, the newest first, and by what happened since."""

        def read(held: HeldManifest) -> Route:
            view: TransitManifest = self.holding.manifest_of(conn, held)
            return route_of(view, departure=kept.route.departure)

        kept = replace(kept, route=read(let_out[-1]))
        for held in reversed(let_out):
            if held.exchange.code == MANIFEST_AMENDED:
                kept = replace(kept, route=read(held).beside(kept.route))
        for one in events.of_movement(conn, kept.number):
            if one.event is Event.DIVERSION:
                kept = replace(kept, route=diverted(kept, one.details["towards"], one.said))
        return kept.route

    def _tell(
        self, conn: Connection, changed: HeldManifest, standing: HeldManifest | None, now: datetime
    ) -> None:
        """Tell the desk of an amendment that its partner does not have."""
        sent = outbox.find(conn, changed.message_id)
        if sent is None or texts.is_standing(sent):
            return
        leave_notice(
            conn, "movement.not-amended", changed.message_id, now,
            movement=changed.movement, partner=changed.partner,
            why="rejected" if sent.answer is not None else "cancelled",
            found=", ".join(one.code for one in sent.answer.findings) if sent.answer else "",
            holds=standing.message_id if standing is not None else "",
            **desk_of(str(self.own.party), held_agreements(conn)),
        )  # fmt: skip
