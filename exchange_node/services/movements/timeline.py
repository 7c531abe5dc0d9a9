"""A movement → what happened, who is waited for, what may be done now and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.movement import CODES_OF, Event, Part, Route, awaited, possible
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.viewing import Sight, ViewCode
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.asking.replies import due_of_us
from exchange_node.services.stations.asking.requested import asked_by_us, asked_of_us
from exchange_node.services.stations.asking.running import runs
from exchange_node.services.stations.availability.seeing import away_now
from exchange_node.services.stations.comparing.sighting import plain_details
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import (
    Looked,
    manifest_looked_at,
    require_purpose,
    require_role,
    require_view,
    weighed,
)
from exchange_node.services.stations.manifests.outdated import outdated
from exchange_node.services.stations.movement.clearing import fallback_of
from exchange_node.services.stations.movement.errands import CLOCKS
from exchange_node.services.stations.movement.following import (
    Following,
    is_at_border,
    official_number,
)
from exchange_node.store import duties, outbox
from exchange_node.store.database import reading
from exchange_node.store.movements import events, parked, views
from exchange_node.store.movements.events import KeptEvent
from exchange_node.store.movements.parked import Parked
from exchange_node.store.movements.views import KeptMovement
from exchange_node.store.records import manifests
from exchange_node.store.retention import disposals

_LOOK = "look.movement"
_MOST_CERTIFICATES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Shows movements."""

    own: Administration
    following: Following
    engine: Engine
    clock: Callable[[], datetime]

    def show(self, actor: Actor, number: str, *, purpose: str = "") -> dict[str, object]:
        """Return this node's view of the movements of a number; usually there is one.

        A movement is seen by whoever may see its manifest. A message that waits for a manifest, and
        our request for one, are shown although there is no movement yet.

        Raises:
            RoleError: the actor is neither at a border post nor a liaison officer.
            UnknownRecordError: nothing that the actor may know of is held under that number.
            NotPermittedError: the purpose does not cover it, or its retention has ended.
            DisposedRecordError: its manifest was disposed of, and what happened to it is not yet.
        """
        wanted, now = official_number(number), self.clock()
        require_role(
            self.engine,
            actor,
            now,
            Role.BORDER_POST,
            Role.LIAISON,
            action=_LOOK,
            kind="movement",
            key=wanted,
        )
        with reading(self.engine) as conn:
            found = views.named(conn, wanted, test=self.own.test)
            waiting = parked.of_movement(conn, wanted, test=self.own.test)
            looked_at = {one.number: _looked_at(conn, one) for one in found}
            held = held_agreements(conn)
            asked = asked_by_us(conn, _conversations(wanted, held, found))
            gone = [
                _erased(conn, one)
                for one in found
                if one.disposed_at is not None
                and (it := looked_at[one.number]) is not None
                and _was_his_to_see(weighed(conn, held, actor, it, purpose=purpose, at=now))
            ]
        if found and len(gone) == len(found):
            # Nothing of its content is left: that it was here, and what went when, is told.
            require_purpose(self.engine, actor, now, purpose, action=_LOOK, kind="movement")
            looked(self.engine, actor, now, _LOOK, "movement", wanted, erased="yes")
            return {"number": wanted, "movements": gone, "parked": [_waiting(x) for x in waiting]}
        if found or not (waiting or asked):
            last = found[-1] if found else None
            require_view(
                self.engine,
                actor,
                now,
                looked_at[last.number] if last else None,
                action=_LOOK,
                kind="movement",
                key=wanted,
                purpose=purpose,
                **({"movement": last.movement} if last else {}),
            )
        else:
            require_purpose(self.engine, actor, now, purpose, action=_LOOK, kind="movement")
            looked(self.engine, actor, now, _LOOK, "movement", wanted)
        with reading(self.engine) as conn:
            held = held_agreements(conn)
            seen = [
                one
                for one in found
                if (it := looked_at[one.number]) is not None
                and weighed(conn, held, actor, it, purpose=purpose, at=now).is_permitted
            ]
            shown = [self._movement(conn, one) for one in seen]
            for one in seen:
                asked += asked_of_us(conn, one.movement, str(self.own.party))
        return {
            "number": wanted,
            "movements": shown,
            "parked": [_waiting(one) for one in waiting],
            "asked": asked,
        }

    def _movement(self, conn: Connection, kept: KeptMovement) -> dict[str, object]:
        view = self.following.view_of(kept)
        told = events.of_movement(conn, kept.number)
        return {
            "movement": kept.movement,
            "state": kept.state.value,
            "part": view.value,
            "route": {
                "departure": kept.route.departure,
                "transit": list(kept.route.transit),
                "destination": kept.route.destination,
            },
            "away": away_now(conn, kept.route.parties, self.clock()),
            "begun_at": kept.begun_at.isoformat(),
            "changed_at": kept.changed_at.isoformat(),
            "waits_for": _parties(kept.route, awaited(kept.state, view)),
            "due": {what: at.isoformat() for what, at in self._due(conn, kept, told)},
            "outdated": {one: at.isoformat() for one, at in outdated(conn, told).items()},
            "possible": _possible(kept, view, is_at_border=is_at_border(conn, kept)),
            "events": [_event(conn, one) for one in told if one.event is not Event.COMPARISON],
            "comparisons": _comparisons(conn, told),
            "fallback": fallback_of(conn, told, str(self.own.party)),
            "erased": _what_went(conn, kept) if kept.disposed_at is not None else None,
        }

    def _due(
        self, conn: Connection, kept: KeptMovement, told: list[KeptEvent]
    ) -> Iterator[tuple[str, datetime]]:
        """Yield what is due, and when: of what the node does or watches, and of our answers."""
        for kind, what in CLOCKS.items():
            at = duties.due_at(conn, kind, str(kept.number))
            if at is not None and runs(kind, kept.state, told):
                yield what, at
        yield from due_of_us(conn, kept, str(self.own.party)).items()


def _conversations(
    number: str, held: Iterable[HeldAgreement], found: Iterable[KeptMovement]
) -> list[str]:
    """Return the movements that a number may be of: those held, and one of each partner."""
    partners = {party.node for one in held for party in one.agreement.parties}
    named = {str(MovementId.of_number(party[-2:], number)) for party in partners}
    return sorted(named | {one.movement for one in found})


def _was_his_to_see(sight: Sight) -> bool:
    """Whether nothing but its end keeps a record from an actor."""
    return sight.code is ViewCode.DISPOSED and sight.is_explained


def _erased(conn: Connection, kept: KeptMovement) -> dict[str, object]:
    return {
        "movement": kept.movement,
        "state": kept.state.value,
        "begun_at": kept.begun_at.isoformat(),
        "changed_at": kept.changed_at.isoformat(),
        "events": [],
        "erased": _what_went(conn, kept),
    }


def _what_went(conn: Connection, kept: KeptMovement) -> dict[str, object]:
    proved = disposals.search(
        conn, partner=kept.route.departure, subject=kept.movement, limit=_MOST_CERTIFICATES
    )
    return {
        "at": kept.disposed_at.isoformat() if kept.disposed_at is not None else None,
        "retention_ended": kept.delete_after.isoformat(),
        "events": kept.events_gone,
        "certificates": [one.number for one in proved if one.stamp.kind is Kept.MANIFEST],
    }


def _looked_at(conn: Connection, kept: KeptMovement) -> Looked | None:
    """Return the last manifest of a movement as the view gate asks of it."""
    for one in manifests.versions(conn, kept.movement):
        if one.exchange.test == kept.test and one.exchange.sender == kept.route.departure:
            return manifest_looked_at(one)
    return None


def _possible(kept: KeptMovement, view: Part, *, is_at_border: bool) -> list[dict[str, object]]:
    return [
        {
            "event": event.value,
            "code": CODES_OF[event],
            "by": _parties(kept.route, move.by),
            "state": move.to.value,
        }
        for event, move in possible(kept.state, view, is_at_border=is_at_border)
        if _parties(kept.route, move.by)
    ]


def _parties(route: Route, parts: frozenset[Part]) -> list[str]:
    return [party for party in route.parties if route.part_of(party) in parts]


def _event(conn: Connection, one: KeptEvent) -> dict[str, object]:
    return {
        "event": one.event.value,
        "code": one.code,
        "party": one.party,
        "office": one.office,
        "notice": one.notice_id,
        "occurred_at": one.occurred_at.isoformat(),
        "recorded_at": one.recorded_at.isoformat(),
        "recorded_by": one.recorded_by,
        "state": one.after.value,
        "said": one.said,
        "fallback": one.fallback,
        "details": plain_details(one.details),
        "told": {partner: _sent(conn, message) for partner, message in one.told.items()},
    }


def _comparisons(conn: Connection, told: list[KeptEvent]) -> list[dict[str, object]]:
    """Return what came of comparing exits with entries, as each side last saw it."""
    made = [one for one in told if one.event is Event.COMPARISON]
    last = {(one.party, one.details.get(end)): one for one in made for end in ("exit", "entry")}
    shown: list[dict[str, object]] = []
    for one in made:
        if any(last[one.party, one.details.get(end)] is not one for end in ("exit", "entry")):
            continue
        said = dict(one.details)
        ends = {name: said.pop(name, "") for name in ("exit", "entry", "verdict")}
        shown.append(
            {
                "by": one.party,
                **ends,
                "fields": said,
                "recorded_at": one.recorded_at.isoformat(),
                "told": {partner: _sent(conn, message) for partner, message in one.told.items()},
            }
        )
    return shown


def _sent(conn: Connection, message_id: str) -> dict[str, object]:
    """Return how far a message has come on its way to a partner, and what was said of it."""
    try:
        sent = outbox.get(conn, message_id)
    except UnknownRecordError:
        return {"message": message_id, "state": "", "accepted": None}
    return {
        "message": message_id,
        "state": sent.transmission.state.value,
        "accepted": sent.answer.accepted if sent.answer else None,
    }


def _waiting(one: Parked) -> dict[str, object]:
    return {
        "partner": one.sender,
        "message": one.message_id,
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
    }
