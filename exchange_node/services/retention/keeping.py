"""Legal holds placed and lifted; certificates of disposal looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import NotPermittedError, UnknownRecordError, UnusableQueryError
from exchange_node.domain.retention import Disposal, Kept, LegalHold
from exchange_node.policy.disposal import permit_hold
from exchange_node.policy.disposal.clock import MOST_LEAP, Witnesses, weigh_clock
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.registers.naming import Names, require_known
from exchange_node.store import audit
from exchange_node.store.channels import entries
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.retention import disposals, due, holds, timekeeping

LONGEST_REASON = 500

_NAMED = ("record", "message_id")
"""What of a certificate says which record it was, beside the subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Says what must stay, and proves what is gone."""

    engine: Engine
    clock: Callable[[], datetime]

    def place(self, actor: Actor, kind: Kept, subject: str, *, why: str) -> View:
        """Keep every record about a movement or an alert until the hold is lifted.

        Of a movement that began here it keeps what partners told of it; what we sent stays anyway.

        Args:
            actor: who places it.
            kind: of records.
            subject: the movement as `prearrival show` has it, `issuer/id` of an alert, or
                `opener/id` of a matter of assistance.
            why: the order, its number and who gave it.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: no reason is given.
            UnknownRecordError: nothing about it is held, or not for the actor to know.
            NotPermittedError: the grant it came under does not let it be kept longer, or the
                actor's purposes do not cover it.
        """
        actor.require(Role.LIAISON)
        _require_reason(why)
        now = self.clock()
        require_known(self.engine, actor, now, kind, subject, action="look.hold")
        with transaction(self.engine) as conn:
            kept = due.of_subject(conn, kind, subject)
            count = len(kept) or (_beside(conn, subject) if kind is Kept.MANIFEST else 0)
            if not count:
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
            self._audited(conn, actor, "retention.held", hold, number, records=str(count))
        return _hold(hold) | {"number": number, "records": count}

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
            return Names(conn, actor, self.clock()).line(_hold(lifted), "why")

    def holds(self, actor: Actor, *, lifted: bool = False, limit: int = 100) -> View:
        """Return the holds that stand, the newest first; those that were lifted if asked for.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        with reading(self.engine) as conn:
            found = holds.search(conn, lifted=lifted, limit=limit)
            names = Names(conn, actor, self.clock())
            lines = names.lines((_hold(one) for one in found), "why")
        facts = {"count": str(len(lines))} | names.facts
        looked(self.engine, actor, names.at, "look.holds", "legal-hold", **facts)
        return {"holds": lines}

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
            names = Names(conn, actor, self.clock())
            lines = names.lines((_certificate(one) for one in found), *_NAMED, asked=subject)
        facts = {"count": str(len(lines))} | names.facts
        looked(self.engine, actor, names.at, "look.disposals", "disposal", **facts)
        return {"disposals": lines}

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
            names = Names(conn, actor, self.clock())
            shown = names.line(_certificate(found), *_NAMED)
        line = next((one for one in lines if one.action == "retention.disposed"), None)
        looked(
            self.engine, actor, names.at, "look.disposals", "disposal", str(number), **names.facts
        )
        return shown | {"audit_record": line.number if line else None}

    def clock_state(self, actor: Actor) -> View:
        """Return how far disposal believes the clock, by what, and how much is due by it.

        Raises:
            RoleError: the actor is no operator.
        """
        actor.require(Role.OPERATOR)
        now = self.clock()
        with reading(self.engine) as conn:
            witnesses = Witnesses(
                believed_at=timekeeping.believed_at(conn), heard_at=timekeeping.heard_at(conn)
            )
            count = due.count_ended(conn, now)
        looked(self.engine, actor, now, "look.clock", "clock")
        return {
            "clock": now.isoformat(),
            "trust": weigh_clock(now, witnesses).value,
            "believed_at": _moment(witnesses.believed_at),
            "heard_at": _moment(witnesses.heard_at),
            "leap_days": MOST_LEAP.days,
            "due": count,
        }

    def confirm_clock(self, actor: Actor, day: date, *, why: str) -> View:
        """Vouch for the clock, which disposal then believes.

        Args:
            actor: who vouches.
            day: today, as the actor has it from elsewhere; the next or the last is as good.
            why: how it is known, and what had happened.

        Raises:
            RoleError: the actor is no operator.
            UnusableQueryError: no reason is given, or the clock has another day.
        """
        actor.require(Role.OPERATOR)
        _require_reason(why)
        now = self.clock()
        if abs(day - day_of(now)) > timedelta(days=1):
            said = f"the clock has {day_of(now).isoformat()}; set it right first"
            raise UnusableQueryError(what="day", why=said)
        with transaction(self.engine) as conn:
            timekeeping.believe(conn, now)
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now, actor=actor.name, action="retention.clock-confirmed",
                    subject_kind="clock", facts={"day": day.isoformat(), "why": why},
                ),
            )  # fmt: skip
        return self.clock_state(actor)

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


def _beside(conn: Connection, movement: str) -> int:
    """Return how many manifests of a movement we sent, or this office's node was told of."""
    sent = sum(one.direction is Direction.SENT for one in manifests.versions(conn, movement))
    return sent or len(entries.of_movement(conn, movement, lock=True))


def _require_reason(why: str) -> None:
    if not 0 < len(why.strip()) <= LONGEST_REASON:
        raise UnusableQueryError(what="why", why=f"want 1 to {LONGEST_REASON} characters")


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


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
