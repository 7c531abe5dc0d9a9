"""A crossing that a post recorded of a movement that is not known here → put right, or dropped.

Who did it, when and why stands in the audit, with the number as it was recorded and as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    DroppedRecordError,
    OfficeError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.services.movements.merging import MERGED, REFUSED, UNKNOWN, WAITING, Merging
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.posts import unplaced
from exchange_node.services.stations.posts.records import SUBJECT, Offline, unlocked
from exchange_node.store.database import reading
from exchange_node.store.movements import posted
from exchange_node.store.movements.posted import Posted

MOST_SHOWN = 500
"""Records that wait, shown at a time (our choice)."""

LONGEST_WHY = 200
"""Characters of why an officer changed or dropped a record (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Lets officers settle what no movement was found for."""

    merging: Merging

    def waiting(self, actor: Actor) -> list[dict[str, object]]:
        """Return the crossings whose movement is not known here, those of the actor's offices.

        Raises:
            RoleError: the actor is at no border post, no liaison officer and no operator.
        """
        actor.require(Role.BORDER_POST, Role.LIAISON, Role.OPERATOR)
        with reading(self.merging.engine) as conn:
            found = posted.waiting(conn, actor.offices, MOST_SHOWN)
        shown = [self._shown(one) for one in found]
        looked(
            self.merging.engine,
            actor,
            self.merging.clock(),
            "look.post-records",
            SUBJECT,
            count=str(len(shown)),
        )
        return shown

    def correct(
        self, actor: Actor, record_id: str, movement: str, *, why: str
    ) -> dict[str, object]:
        """Tell a crossing of the movement that it was of; both numbers stay in the audit.

        Raises:
            RoleError, OfficeError: the actor is at no border post, or at another.
            UnknownRecordError: no such record waits, or no such movement is known either.
            UnusableQueryError: no reason is given, or too long a one.
            IllegalEventError, InvalidDocumentError: as `Telling.tell`.
        """
        kept, one, happened = self._opened(actor, record_id, why)
        right = replace(one, movement=movement)
        told = self.merging.tell(actor, kept.office, right, happened)
        answer: dict[str, object] = {"id": record_id, "state": MERGED} | told
        by_hand = {"settled_by": actor.name, "recorded_as": one.movement, "reason": why.strip()}
        self.merging.write(actor, kept.office, right, answer, happened, by_hand)
        return answer | {"recorded_as": one.movement}

    def drop(self, actor: Actor, record_id: str, *, why: str) -> dict[str, object]:
        """Drop a crossing, which is told to nobody; what it said stays in the audit.

        Raises:
            RoleError, OfficeError, UnknownRecordError, UnusableQueryError: as `correct`.
        """
        kept, one, happened = self._opened(actor, record_id, why)
        err = DroppedRecordError(reason=why.strip())
        answer: dict[str, object] = {
            "id": record_id, "state": REFUSED, "code": err.code, "why": str(err),
        }  # fmt: skip
        by_hand = {"settled_by": actor.name, "code": err.code}
        self.merging.write(actor, kept.office, one, answer, happened, by_hand)
        return answer

    def _opened(self, actor: Actor, record_id: str, why: str) -> tuple[Posted, Offline, datetime]:
        actor.require(Role.BORDER_POST)
        if not 1 <= len(why.strip()) <= LONGEST_WHY:
            raise UnusableQueryError(what="why", why=f"want 1 to {LONGEST_WHY} characters")
        with reading(self.merging.engine) as conn:
            kept = posted.get(conn, record_id)
        if kept is None:
            raise UnknownRecordError(kind=SUBJECT, key=record_id[:60])
        if actor.offices and kept.office not in actor.offices:
            raise OfficeError(office=kept.office, held=", ".join(sorted(actor.offices)))
        return kept, *unlocked(kept.locked, record_id, self.merging.vault)

    def _shown(self, kept: Posted) -> dict[str, object]:
        one, happened = unlocked(kept.locked, kept.record_id, self.merging.vault)
        why = unplaced.why_not(kept)
        return {
            "id": kept.record_id,
            "office": kept.office,
            "state": WAITING if kept.unknown_since is None else UNKNOWN,
            "recorded_as": kept.movement,
            "direction": one.direction,
            "happened": happened.isoformat(),
            "operator": one.operator,
            "reason": one.reason,
            "handed_over_at": kept.handed_over_at.isoformat(),
            "until": kept.until.isoformat(),
            "why": str(why),
            "mend": why.mend_text,
        }
