"""Officer → request, reply, information → register and outbox, in one transaction.

What the agreement has a paper say is asked before it is entered, and once more of what the grant
lets out: a grant that withholds an obligatory part is a fault of the agreement, named as such.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration, Agreement, Grant
from exchange_node.domain.agreement.clauses.assistance import Form
from exchange_node.domain.assistance.life import Act, Who, moved
from exchange_node.domain.assistance.papers import INFORMATION, REQUEST
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidDocumentError, InvalidRequestError
from exchange_node.domain.finding import Finding
from exchange_node.policy.gates import permit_answer, permit_sending
from exchange_node.policy.requests.checking import (
    check_form,
    check_information,
    check_reply,
    check_request,
)
from exchange_node.policy.verdict import Verdict, require
from exchange_node.services.stations.agreements import (
    agreement_under,
    exchange_under,
    held_agreements,
)
from exchange_node.services.stations.assistance.draft import (
    information_from,
    oral_from,
    reply_from,
    request_from,
)
from exchange_node.services.stations.assistance.register import Register, received_request
from exchange_node.services.stations.assistance.seeing import require_case_seen
from exchange_node.services.stations.assistance.shelf import Came, oral_bytes
from exchange_node.services.stations.assistance.showing import audited, case_line
from exchange_node.services.stations.assistance.writing import Errand, Writing
from exchange_node.services.stations.giving import named_by
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store.database import reading, transaction
from exchange_node.store.records.assistance import cases
from exchange_node.store.records.assistance.cases import Case
from exchange_node.store.records.held import Direction
from exchange_node.wco.assistance_codec import (
    encode_information,
    encode_reply,
    encode_request,
)

Plain = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requesting:
    """What a liaison officer asks of partners, and says to what they ask."""

    own: Administration
    writing: Writing
    register: Register
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def request(self, actor: Actor, plain: Plain, *, to: str, purpose: str) -> dict[str, object]:
        """Ask a partner for assistance (MA-010); the keys are those of docs/assistance.md.

        Raises:
            RoleError: the actor is no liaison officer.
            InvalidRequestError: a key of the draft is unknown or unusable.
            InvalidDocumentError: it lacks what the agreement has a request say, or the grant
                withholds that; it confirms an oral request that lapsed, or is none.
            NotPermittedError: no grant lets it go.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        agreement, _, verdict = self._permitted(to, REQUEST, purpose, now)
        request = request_from(
            plain,
            requester=str(self.own.party),
            administration=self.own.name,
            number=self._number(now),
            at=now.replace(microsecond=0),
        )
        _require(check_request(request, agreement))
        document = encode_request(
            request, metadata=self.writing.metadata, registry=self.writing.registry
        )
        prepared, came = self.writing.prepared(
            document,
            verdict,
            Errand(
                to=to,
                code=REQUEST,
                purpose=purpose,
                about=request.request_id,
                by=actor.name,
                at=now,
            ),
        )
        self.writing.require_let_out(document, request, came)
        with transaction(self.engine) as conn:
            case = self.register.ask(conn, request, came)
            self._queued(conn, prepared, case, actor, now, "assistance.requested")
        return _told(case, prepared)

    def reply(
        self, actor: Actor, reference: str, act: Act, plain: Plain, *, requester: str = ""
    ) -> dict[str, object]:
        """Say something to a partner's request: acknowledge, refuse, postpone, answer (MA-011…14).

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: no such request came, or the actor may not know of it.
            UnusableQueryError: several partners gave that number, and none was named.
            InvalidRequestError: a key of the draft is unknown or unusable.
            InvalidDocumentError: it rests on what the agreement does not list, or says nothing.
            IllegalStepError: at the request's stage that is not to be said.
            NotPermittedError: no grant lets it go back, or the actor's purposes do not cover it.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with reading(self.engine) as conn:
            case = received_request(conn, reference, requester)
            held = held_agreements(conn)
        require_case_seen(self.engine, actor, now, case)
        moved(case.reference, case.stage, act, Who.REQUESTED)
        reply = reply_from(
            plain,
            act,
            issuer=str(self.own.party),
            requester=case.opener,
            request_id=case.reference,
            number=self._number(now),
            at=now.replace(microsecond=0),
        )
        agreement = agreement_under(held, case.exchange)
        _require(check_reply(reply, agreement, code=reply.code, postponed_at=case.postponed_at))
        document = encode_reply(
            reply, metadata=self.writing.metadata, registry=self.writing.registry
        )
        verdict = permit_answer(held, case.exchange, code=reply.code, on=day_of(now))
        prepared, came = self.writing.prepared(
            document,
            verdict,
            Errand(
                to=case.partner, code=reply.code, purpose=case.exchange.purpose,
                about=case.reference, by=actor.name, at=now, answers=case.message_id,
            ),
        )  # fmt: skip
        with transaction(self.engine) as conn:
            locked = cases.by_number(conn, case.number, lock=True)
            case = self.register.reply(conn, locked, reply, came, is_arriving=False)
            self._queued(conn, prepared, case, actor, now, f"assistance.{act.value}")
        return _told(case, prepared) | {"reply": reply.reply_id, "said": act.value}

    def inform(
        self, actor: Actor, plain: Plain, *, to: str, purpose: str, request: str = ""
    ) -> dict[str, object]:
        """Tell a partner something (MA-020), unasked where its grant lets it.

        `request` is the number of the partner's request that it is told on.

        Raises:
            RoleError: the actor is no liaison officer.
            InvalidRequestError: a key of the draft is unknown or unusable.
            InvalidDocumentError: its matter or language was not agreed, or a value does not fit.
            NotPermittedError: no grant lets it go.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        agreement, _, verdict = self._permitted(to, INFORMATION, purpose, now, request=request)
        information = information_from(
            plain,
            issuer=str(self.own.party),
            number=self._number(now),
            at=now.replace(microsecond=0),
        )
        _require(check_information(information, agreement))
        document = encode_information(
            information, metadata=self.writing.metadata, registry=self.writing.registry
        )
        prepared, came = self.writing.prepared(
            document,
            verdict,
            Errand(
                to=to, code=INFORMATION, purpose=purpose,
                about=information.information_id, by=actor.name, at=now,
            ),
        )  # fmt: skip
        with transaction(self.engine) as conn:
            case = self.register.inform(conn, information, came)
            self._queued(conn, prepared, case, actor, now, "assistance.informed")
        return _told(case, prepared)

    def oral(
        self, actor: Actor, plain: Plain, *, partner: str, purpose: str, is_taken: bool
    ) -> dict[str, object]:
        """Write down a request that was made by word of mouth; nothing is sent.

        Args:
            is_taken: the partner asked this administration; else it was the other way.

        Raises:
            RoleError: the actor is no liaison officer.
            InvalidRequestError: a key is missing or unusable, or it lies ahead.
            InvalidDocumentError: under the agreement nothing is asked orally, or the number is
                taken.
            NotPermittedError: no grant lets a request go that way.
        """
        actor.require(Role.LIAISON)
        now, own = self.clock(), str(self.own.party)
        asks, asked = (partner, own) if is_taken else (own, partner)
        agreement, grant, _ = self._permitted(asked, REQUEST, purpose, now, sender=asks)
        _require(tuple(check_form(Form.ORAL, agreement)))
        oral = oral_from(plain, requester=asks, number=self._number(now))
        if oral.asked_at > now:
            raise InvalidRequestError(what="oral request", why="at: it lies ahead")
        exchange = exchange_under(
            agreement, grant, own=self.own, recipient=asked, code=REQUEST, purpose=purpose
        )
        came = Came(
            direction=Direction.RECEIVED if is_taken else Direction.SENT,
            exchange=replace(exchange, sender=asks),
            agreement=agreement,
            grant=grant,
            content=oral_bytes(oral),
            message_id="",
            by=actor.name,
            at=now,
        )
        with transaction(self.engine) as conn:
            case = self.register.ask_orally(conn, oral, came)
            audited(conn, case, actor.name, now, "assistance.oral")
        return case_line(case)

    # ------------------------------------------------------------ the steps

    def _permitted(
        self,
        to: str,
        code: str,
        purpose: str,
        now: datetime,
        *,
        sender: str = "",
        request: str = "",
    ) -> tuple[Agreement, Grant, Verdict]:
        with reading(self.engine) as conn:
            held = held_agreements(conn)
            given_on = named_by(conn, to, request)
        verdict = permit_sending(
            held,
            sender=sender or str(self.own.party),
            recipient=to,
            code=code,
            purpose=purpose,
            test=self.own.test,
            on=day_of(now),
            given_on=given_on,
        )
        return *require(verdict), verdict

    def _queued(
        self,
        conn: Connection,
        prepared: Prepared,
        case: Case,
        actor: Actor,
        at: datetime,
        action: str,
    ) -> None:
        self.writing.packing.queue(conn, prepared)
        audited(conn, case, actor.name, at, action, message_id=prepared.message_id)

    def _number(self, at: datetime) -> str:
        return f"{self.own.party}-{at.year}-{self.new_id()[-12:]}"


def _require(findings: tuple[Finding, ...]) -> None:
    if findings:
        raise InvalidDocumentError(findings)


def _told(case: Case, prepared: Prepared) -> dict[str, object]:
    return case_line(case) | {
        "message_id": prepared.message_id,
        "findings": [found.as_dict() for found in prepared.findings],
    }
