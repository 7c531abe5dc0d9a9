"""Consent to a further use: asked of a supplier, decided on for a partner, the register shown.

Which use needs consent is for the export gate to say (`policy.export`); what it would refuse
whatever is answered, is not asked. Silence is no: nothing has to happen for it to be one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.onward.asking import (
    LONGEST_TEXT,
    Asking,
    Ground,
    OnwardAnswer,
    OnwardRequest,
    Outcome,
)
from exchange_node.domain.onward.course import Course, due_after
from exchange_node.domain.onward.wanted import Intended
from exchange_node.policy.export import permit_export, reply_working_days, require_export
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.onward import views
from exchange_node.services.stations.onward.intended import found, require_seen, stands, wanted_with
from exchange_node.services.stations.onward.letters import Letters
from exchange_node.services.stations.registers.naming import Names
from exchange_node.store import audit, inbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.onward import requests
from exchange_node.store.onward.kept import Registered
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consenting:
    """What a liaison officer does about consents, on either side."""

    own: Administration
    letters: Letters
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    def ask(
        self,
        actor: Actor,
        intended: Intended,
        *,
        why: str,
        until: datetime | None = None,
    ) -> View:
        """Ask the supplier of a record for consent; what was asked already is not asked again.

        Args:
            actor: who asks.
            intended: the record, to whom, for which use and purpose.
            why: the reason, in words.
            until: how long the use is to last; None where no end is named.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: something is not said as it must be, or needs no consent.
            UnknownRecordError: no such record of a partner is held, or it is not to be seen.
            NotPermittedError: it may not be looked at now, no consent would open the gate, or no
                grant lets it be asked for.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        _require_words("why", why)
        _require_ahead(until, now)
        require_seen(self.engine, actor, now, intended, action="look.onward")
        with transaction(self.engine) as conn:
            held = held_agreements(conn)
            record = found(conn, intended)
            wanted = wanted_with(record, intended)
            for one in requests.about(conn, wanted.record, record.stamp.partner):
                if one.kept.request.wanted == wanted and stands(one, now):
                    return views.request(one, now)
            verdict = permit_export(held, record.stamp, wanted, (), now)
            if verdict.is_permitted:
                raise UnusableQueryError(what="use", why="it needs no consent")
            if not verdict.is_askable:
                require_export(verdict)
            days = reply_working_days(held, record.stamp, now)
            request = OnwardRequest(
                request_id=self.letters.new_number(now),
                party=str(self.own.party),
                asking=Asking.CONSENT,
                wanted=wanted,
                why=why.strip(),
                at=now.replace(microsecond=0),
                until=until.replace(microsecond=0) if until else None,
                due_at=due_after(now, days) if days else None,
            )
            prepared = self.letters.request(held, request, record.stamp.partner, now, actor.name)
            self.letters.send_request(conn, request, prepared, by=actor.name, at=now)
            asked = requests.get(conn, request.request_id, direction=Direction.SENT)
            _audited(conn, actor, asked, "onward.asked", now)
        log.info("onward-asked", request=request.request_id, partner=record.stamp.partner)
        return views.request(asked, now)

    def decide(
        self,
        actor: Actor,
        request_id: str,
        outcome: Outcome,
        *,
        ground: str = "",
        conditions: str = "",
        until: datetime | None = None,
        partner: str = "",
    ) -> View:
        """Answer a partner's request: grant it, refuse it, or take a consent back.

        Args:
            actor: who decides.
            request_id: the partner's number of the request.
            outcome: what is said; only a consent that stands can be withdrawn.
            ground: why not; a consent has none.
            conditions: in words, for the partner.
            until: how long it is consented to; None where no end is set.
            partner: who asks, where two partners gave the same number.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: no such request of a partner is held.
            UnusableQueryError: something is not said as it must be, or it cannot be answered so.
            NotPermittedError: no grant lets the answer go back.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        _require_ground(outcome, ground)
        if len(conditions) > LONGEST_TEXT:
            raise UnusableQueryError(what="conditions", why=f"want at most {LONGEST_TEXT}")
        _require_ahead(until, now)
        with transaction(self.engine) as conn:
            asked = requests.get(conn, request_id, direction=Direction.RECEIVED, partner=partner)
            _require_answerable(asked, outcome, now)
            answer = OnwardAnswer(
                answer_id=self.letters.new_number(now),
                party=str(self.own.party),
                request_id=request_id,
                outcome=outcome,
                ordinal=max((one.answer.ordinal for one in asked.answers), default=0) + 1,
                at=now.replace(microsecond=0),
                ground=ground,
                conditions=conditions.strip(),
                until=until.replace(microsecond=0) if until else None,
            )
            prepared = self.letters.answer(
                held_agreements(conn),
                answer,
                inbox.get(conn, asked.kept.partner, asked.kept.message_id),
                now,
                actor.name,
            )
            if not self.letters.send_answer(
                conn, answer, prepared, request=asked.kept.number, by=actor.name, at=now
            ):
                raise UnusableQueryError(what="request", why="it was answered a moment ago")
            answered = requests.get(
                conn, request_id, direction=Direction.RECEIVED, partner=asked.kept.partner
            )
            _audited(conn, actor, answered, f"onward.{outcome.value}", now, ground=ground)
        log.info("onward-answered", request=request_id, outcome=outcome.value)
        return views.request(answered, now)

    def register(
        self,
        actor: Actor,
        *,
        direction: str = "",
        partner: str = "",
        subject: str = "",
        limit: int = 50,
    ) -> View:
        """Return what was asked and told, the newest first, as it stands now.

        Args:
            actor: who looks.
            direction: `asked` by this node, `received` from partners, or empty for both.
            partner: with this party alone.
            subject: about this movement, or `issuer/id` of an alert.
            limit: at most so many.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: `direction` is neither asked nor received.
        """
        actor.require(Role.LIAISON)
        directions = {"": None, "asked": Direction.SENT, "received": Direction.RECEIVED}
        if direction not in directions:
            raise UnusableQueryError(what="direction", why="want asked or received")
        now = self.clock()
        with reading(self.engine) as conn:
            listed = requests.search(
                conn,
                direction=directions[direction],
                partner=partner,
                subject=subject,
                limit=limit,
            )
            names, plain = Names(conn, actor, now), [views.request(one, now) for one in listed]
            lines = names.lines(plain, "record_message_id", asked=subject)
        looked(self.engine, actor, now, "look.onward", "onward", **names.counted(lines))
        return {"requests": lines}

    def request(self, actor: Actor, request_id: str, *, partner: str = "") -> View:
        """Return one request with every answer, and what was said in words while it is kept.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: there is none, or several partners gave the number.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with reading(self.engine) as conn:
            known = requests.get(conn, request_id, partner=partner)
            names = Names(conn, actor, now)
            whole = views.whole_request(conn, known, self.vault, now)
            shown = names.line(whole, "record_message_id", "why")
        looked(self.engine, actor, now, "look.onward", "onward", request_id, **names.facts)
        return shown


def _require_words(what: str, text: str) -> None:
    if not 0 < len(text.strip()) <= LONGEST_TEXT:
        raise UnusableQueryError(what=what, why=f"want 1 to {LONGEST_TEXT} characters")


def _require_ahead(until: datetime | None, now: datetime) -> None:
    if until is None:
        return
    if until.tzinfo is None:
        raise UnusableQueryError(what="until", why="want a moment with its offset")
    if until <= now:
        raise UnusableQueryError(what="until", why="want a moment that is to come")


def _require_ground(outcome: Outcome, ground: str) -> None:
    known = ", ".join(Ground)
    if outcome is Outcome.GRANTED:
        if ground:
            raise UnusableQueryError(what="ground", why="a consent has none")
    elif ground not in set(Ground):
        raise UnusableQueryError(what="ground", why=f"want one of {known}")


def _require_answerable(asked: Registered, outcome: Outcome, now: datetime) -> None:
    request = asked.kept.request
    if request.asking is Asking.NOTICE:
        raise UnusableQueryError(what="request", why="it tells of a use and asks for nothing")
    course = asked.course(now)
    is_granted = course is Course.GRANTED
    if outcome is Outcome.WITHDRAWN and not is_granted:
        raise UnusableQueryError(what="outcome", why=f"the request is {course}: nothing stands")
    if outcome is Outcome.REFUSED and is_granted:
        raise UnusableQueryError(what="outcome", why="a consent stands: it can be withdrawn")


def _audited(
    conn: Connection, actor: Actor, one: Registered, action: str, at: datetime, **facts: str
) -> None:
    wanted = one.kept.request.wanted
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=actor.name,
            action=action,
            subject_kind="onward",
            subject_key=one.kept.request.request_id,
            message_id=one.kept.message_id,
            partner=one.kept.partner,
            facts={
                "record": f"{wanted.record.kind} {wanted.record.subject}",
                "recipient": wanted.recipient,
                "use": wanted.use.value,
                "purpose": wanted.purpose,
                **facts,
            },
        ),
    )
