"""What a border post recorded while its line was down → told as online, once, marked as fallback.

A record is known by its id, which begins with its office: handed over twice it is one. A crossing
becomes a notice under that id; a seal check and a look become lines of the audit. Times by the
post's clock are put right by the difference that shows when it hands over; both stand in the audit.

A crossing of a movement that is not known here waits, and not for ever: then a person puts its
number right, or drops it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    ForeignRecordError,
    InputError,
    NodeError,
    OfficeError,
    OfficeNodeError,
    StoreError,
    UnknownRecordError,
)
from exchange_node.domain.movement import (
    Event,
    Report,
    SeenEquipment,
    SeenMeans,
)
from exchange_node.domain.movement.fallback import Fallback
from exchange_node.security.carried import write_statement
from exchange_node.security.keys import Signer
from exchange_node.services.movements.telling import Telling
from exchange_node.services.stations.movement.clearing import reconcile
from exchange_node.services.stations.posts import unplaced
from exchange_node.services.stations.posts.records import SUBJECT, Offline, locked
from exchange_node.services.stations.posts.sealed import seals_of, unit_of
from exchange_node.store import audit
from exchange_node.store.audit import AuditRecord
from exchange_node.store.database import reading, transaction
from exchange_node.store.movements.posted import Posted
from exchange_node.store.payloads import Vault

log = structlog.get_logger()

MERGED, REFUSED, WAITING, UNKNOWN = "merged", "refused", "waiting", "unknown"
"""What becomes of a record; of those that wait or are unknown the post keeps asking."""

_EVENTS = {"entry": Event.ENTRY, "exit": Event.EXIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """Takes in what posts recorded.

    Attributes:
        patience: how long a movement may come to be known after a crossing of it was handed over.
    """

    telling: Telling
    vault: Vault
    patience: timedelta
    seal_key: Callable[[datetime], Signer]
    engine: Engine
    clock: Callable[[], datetime]

    def merge(
        self,
        actor: Actor,
        office: str,
        records: Sequence[Offline],
        *,
        sent_at: datetime,
        nonce: str = "",
    ) -> bytes:
        """Take records in, in their order; return a signed receipt of what became of each.

        Raises:
            RoleError: the actor is at no border post.
            OfficeError: it is not at this one.
            OfficeNodeError: this is the node of an office, which could tell nobody of them.
            InvalidSettingError: no seal key can be used now.
        """
        actor.require(Role.BORDER_POST)
        if office not in actor.offices:
            raise OfficeError(office=office[:40], held=", ".join(sorted(actor.offices)) or "none")
        if self.telling.own.party.office:  # which tells nobody of a crossing
            raise OfficeNodeError(office=self.telling.own.party.office)
        now = self.clock()
        ahead = sent_at - now
        told = [self._merge(actor, office, one, ahead) for one in records]
        content = {
            "records": told,
            "party": str(self.telling.own.party),
            "test": self.telling.own.test,
            "at": now.isoformat(),
            "nonce": nonce,
            "office": office,
        }
        return write_statement("receipt", content, self.seal_key(now))

    def _merge(
        self, actor: Actor, office: str, one: Offline, ahead: timedelta
    ) -> dict[str, object]:
        if one.office != office:
            return self._foreign(actor, office, one)
        answer: dict[str, object] = {"id": one.record_id, "state": MERGED}
        happened = _put_right(one.occurred_at, ahead, self.clock())
        if one.kind == "crossing":
            if (before := self._settled_by_hand(one.record_id)) is not None:
                return before
            try:
                answer |= self.tell(actor, office, one, happened)
            except UnknownRecordError:
                return self._keep(actor, office, one, happened)
            except InputError as err:
                answer |= {"state": REFUSED, "code": err.code, "why": str(err)}
            except StoreError:
                raise
            except NodeError as err:
                # Of this node or a partner (no card, an ended certificate), and for its operator:
                # the record comes again, and holds up neither the others nor what is expected.
                log.warning("post-record-waits", record=one.record_id, refusal=err.code)
                return answer | {"state": WAITING, "code": err.code}
        self.write(actor, office, one, answer, happened)
        return answer

    def tell(
        self, actor: Actor, office: str, one: Offline, happened: datetime
    ) -> dict[str, object]:
        """Tell a crossing under the id of its record; told before, nothing is done.

        Raises:
            NodeError: as `Telling.tell`.
        """
        done = self.telling.tell(
            actor,
            self._report(office, one, happened),
            notice_id=f"{self.telling.own.party}-{one.record_id}",
        )
        self._reconcile(one, str(done["notice"]))
        return {"notice": done["notice"], "movement": done["movement"]}

    def _foreign(self, actor: Actor, office: str, one: Offline) -> dict[str, object]:
        """Refuse what another office recorded; its id stays free for that office."""
        err = ForeignRecordError(record=one.record_id, office=office)
        subject = ("post-record-refused", f"{office} {one.record_id}")
        line = AuditRecord(
            at=self.clock(),
            actor=actor.name,
            action="post.refused",
            subject_kind=subject[0],
            subject_key=subject[1],
            facts={"office": office, "code": err.code},
        )
        with transaction(self.engine) as conn:
            if not audit.search(conn, subject=subject, limit=1):
                audit.write(conn, line)
        return {"id": one.record_id, "state": REFUSED, "code": err.code, "why": str(err)}

    def _keep(
        self, actor: Actor, office: str, one: Offline, happened: datetime
    ) -> dict[str, object]:
        """Keep a crossing of a movement that is not known here; say how long it may wait."""
        now = self.clock()
        new = Posted(
            record_id=one.record_id,
            office=office,
            movement=one.movement,
            by=actor.name,
            locked=locked(one, happened, self.vault),
            handed_over_at=now,
            until=now + self.patience,
        )
        with transaction(self.engine) as conn:
            kept = unplaced.keep(conn, self.telling.own, new, now)
        why = unplaced.why_not(kept)
        return {
            "id": one.record_id,
            "state": WAITING if kept.unknown_since is None else UNKNOWN,
            "code": why.code,
            "why": str(why),
            "until": kept.until.isoformat(),
        }

    def _settled_by_hand(self, record_id: str) -> dict[str, object] | None:
        """Return what an officer made of a record; None where none did."""
        with reading(self.engine) as conn:
            found = audit.search(conn, subject=(SUBJECT, record_id), limit=1)
        facts = found[0].facts if found else {}
        if "settled_by" not in facts:
            return None
        answer: dict[str, object] = {"id": record_id, "state": facts["state"]}
        names = ("code", "why", "notice", "recorded_as")
        said = {name: facts[name] for name in names if name in facts}
        return answer | said | ({"movement": found[0].movement} if found[0].movement else {})

    def _report(self, office: str, one: Offline, happened: datetime) -> Report:
        said = f"FALLBACK, recorded offline, number {one.sequence}: {one.reason}"
        seals = seals_of(one)
        with reading(self.engine) as conn:
            unit = unit_of(conn, self.telling.own, one)
        return Report(
            movement=one.movement,
            event=_EVENTS[one.direction],
            office=office,
            occurred_at=happened,
            means=SeenMeans(id=one.means) if one.means else None,
            equipment=(SeenEquipment(id=unit, seals=seals),) if unit or seals else (),
            packages=one.packages,
            fallback=Fallback(
                reason=one.reason, recorded_at=one.occurred_at, sequence=one.sequence
            ),
            operator=one.operator,
            remark=f"{said}. {one.remark}".rstrip(". ")[:500],
        )

    def _reconcile(self, one: Offline, notice_id: str) -> None:
        """Clear what a post recorded and nothing else contradicts; both proofs are kept."""
        with transaction(self.engine) as conn:
            reconcile(
                conn,
                self.telling.own,
                one.movement,
                notice_id,
                self.clock(),
                proof=f"post-record {one.record_id}",
            )

    def write(
        self,
        actor: Actor,
        office: str,
        one: Offline,
        answer: dict[str, object],
        happened: datetime,
        by_hand: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Write a record into the audit, unless it stands there; it waits no longer."""
        subject = (SUBJECT, one.record_id)
        with reading(self.engine) as conn:
            if audit.search(conn, subject=subject, limit=1):
                return
        seals = ", ".join(f"{seal} {of}".strip() for seal, of in one.seals)
        facts = {
            "office": office,
            "fallback": one.reason,
            "operator": one.operator,
            "sequence": str(one.sequence),
            "happened": happened.isoformat(),
            "by_the_post": one.occurred_at.isoformat(),
            "state": str(answer["state"]),
            "why": str(answer.get("why", ""))[:200],
            "movement": one.movement,
            "equipment": one.equipment,
            "seals": seals[:400],
            "asked": one.asked,
            "remark": one.remark,
            "notice": str(answer.get("notice", "")) if by_hand else "",
            **by_hand,
        }
        record = AuditRecord(
            at=self.clock(),
            actor=actor.name,
            action=f"post.{one.kind}",
            subject_kind=subject[0],
            subject_key=subject[1],
            movement=str(answer.get("movement", "")),
            facts={name: value for name, value in facts.items() if value},
        )
        with transaction(self.engine) as conn:
            unplaced.forget(conn, one.record_id)
            if not audit.search(conn, subject=subject, limit=1):
                audit.write(conn, record)


def _put_right(moment: datetime, ahead: timedelta, now: datetime) -> datetime:
    """Return a moment of the post's clock by ours; as it is where that leads out of all time."""
    try:
        return min(moment - ahead, now)
    except OverflowError:
        return min(moment, now)
