"""Legal holds placed and lifted; certificates of disposal looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import NotPermittedError, UnknownRecordError, UnusableQueryError
from exchange_node.domain.retention import Disposal, Kept, LegalHold
from exchange_node.policy.disposal import permit_hold
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.retention import disposals, due, holds

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Says what must stay, and proves what is gone."""

    engine: Engine
    clock: Callable[[], datetime]

    def place(self, actor: Actor, kind: Kept, subject: str, *, why: str) -> View:
        """Keep every record about a movement or an alert until the hold is lifted.

        Args:
            actor: who places it.
            kind: of records.
            subject: the movement as `prearrival show` has it, `issuer/id` of an alert, or
                `opener/id` of a matter of assistance.
            why: the order, its number and who gave it.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: no reason is given.
            UnknownRecordError: nothing received about it is held.
            NotPermittedError: the grant it came under does not let it be kept longer.
        """
        actor.require(Role.LIAISON)
        _require_reason(why)
        now = self.clock()
        with transaction(self.engine) as conn:
            kept = due.of_subject(conn, kind, subject)
            if not kept:
                raise UnknownRecordError(kind=f"received {kind.value}", key=subject)
            held = held_agreements(conn)
            for one in kept:
                verdict = permit_hold(held, one, now)
                if not verdict.is_permitted:
                    raise NotPermittedError(
                        denial=verdict.code.value, clause=verdict.clause, reason=verdict.text
                    )
            hold = LegalHold(
                kind=kind, subject=subject, why=why, placed_at=now, placed_by=actor.name
            )
            number = holds.place(conn, hold)
            self._audited(conn, actor, "retention.held", hold, number, records=str(len(kept)))
        return _hold(hold) | {"number": number, "records": len(kept)}

    def lift(self, actor: Actor, number: int, *, why: str) -> View:
        """Lift a hold; what it kept beyond its retention is disposed of at the next round.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: no reason is given.
            UnknownRecordError: none of that number stands.
        """
        actor.require(Role.LIAISON)
        _require_reason(why)
        with transaction(self.engine) as conn:
            lifted = holds.lift(conn, number, by=actor.name, at=self.clock())
            self._audited(conn, actor, "retention.lifted", lifted, number, why=why)
        return _hold(lifted)

    def holds(self, actor: Actor, *, lifted: bool = False, limit: int = 100) -> View:
        """Return the holds that stand, the newest first; those that were lifted if asked for.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        with reading(self.engine) as conn:
            found = holds.search(conn, lifted=lifted, limit=limit)
        looked(self.engine, actor, self.clock(), "look.holds", "legal-hold", count=str(len(found)))
        return {"holds": [_hold(one) for one in found]}

    def disposals(
        self, actor: Actor, *, partner: str = "", subject: str = "", limit: int = 100
    ) -> View:
        """Return certificates of disposal, the newest first.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        with reading(self.engine) as conn:
            found = disposals.search(conn, partner=partner, subject=subject, limit=limit)
        looked(
            self.engine, actor, self.clock(), "look.disposals", "disposal", count=str(len(found))
        )
        return {"disposals": [_certificate(one) for one in found]}

    def certificate(self, actor: Actor, number: int) -> View:
        """Return one certificate, with the line of the audit that it rests on.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
            UnknownRecordError: there is none of that number.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        with reading(self.engine) as conn:
            found = disposals.get(conn, number)
            stamp = found.stamp
            lines = audit.search(conn, subject=(stamp.kind.value, str(stamp.number)), limit=100)
        line = next((one for one in lines if one.action == "retention.disposed"), None)
        looked(self.engine, actor, self.clock(), "look.disposals", "disposal", str(number))
        return _certificate(found) | {"audit_record": line.number if line else None}

    def _audited(
        self,
        conn: Connection,
        actor: Actor,
        action: str,
        hold: LegalHold,
        number: int,
        **facts: str,
    ) -> None:
        audit.write(
            conn,
            audit.AuditRecord(
                at=self.clock(),
                actor=actor.name,
                action=action,
                subject_kind="legal-hold",
                subject_key=str(number),
                movement=hold.subject if hold.kind is Kept.MANIFEST else "",
                facts={"subject": hold.subject} | facts,
            ),
        )


def _require_reason(why: str) -> None:
    if not 0 < len(why.strip()) <= LONGEST_REASON:
        raise UnusableQueryError(what="why", why=f"want 1 to {LONGEST_REASON} characters")


def _hold(one: LegalHold) -> View:
    return {
        "number": one.number,
        "kind": one.kind.value,
        "subject": one.subject,
        "why": one.why,
        "placed_at": one.placed_at.isoformat(),
        "placed_by": one.placed_by,
        "lifted_at": one.lifted_at.isoformat() if one.lifted_at else None,
        "lifted_by": one.lifted_by,
    }


def _certificate(one: Disposal) -> View:
    stamp = one.stamp
    return {
        "certificate": one.number,
        "kind": stamp.kind.value,
        "record": stamp.number,
        "subject": stamp.subject,
        "partner": stamp.partner,
        "message_id": stamp.message_id,
        "agreement": stamp.agreement_id,
        "version": stamp.agreement_version,
        "grant": stamp.grant,
        "clause": one.clause,
        "kept_since": stamp.kept_since.isoformat(),
        "retention_ended": one.due_at.isoformat(),
        "disposed_at": one.at.isoformat(),
        "document_digest": one.digest,
        "payloads": one.payloads,
    }
