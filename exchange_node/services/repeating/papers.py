"""A paper of mutual assistance is sent anew: the same text, checked by what is agreed now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.assistance.given_on import GivenOn
from exchange_node.domain.assistance.life import Who, moved
from exchange_node.domain.assistance.papers import AssistanceRequest, Information, Reply
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidDocumentError, UnknownRecordError
from exchange_node.domain.finding import Finding
from exchange_node.policy.gates import HeldAgreement, permit_answer, permit_sending
from exchange_node.policy.requests.checking import check_information, check_reply, check_request
from exchange_node.policy.verdict import Verdict, require
from exchange_node.services.repeating.rewriting import Anew
from exchange_node.services.stations.agreements import agreement_under, held_agreements
from exchange_node.services.stations.assistance.register import Register
from exchange_node.services.stations.assistance.seeing import require_case_seen
from exchange_node.services.stations.assistance.shelf import Said
from exchange_node.services.stations.assistance.writing import Errand, Writing
from exchange_node.services.stations.giving import named_in
from exchange_node.store.database import reading
from exchange_node.store.records.assistance import cases, papers
from exchange_node.store.records.assistance.cases import Case
from exchange_node.store.records.assistance.papers import Paper
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing.letters import Letter
from exchange_node.wco.assistance_codec import encode_information, encode_reply, encode_request
from exchange_node.wco.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Writes requests, replies and information anew."""

    writing: Writing
    register: Register
    engine: Engine

    def again(self, actor: Actor, letter: Letter, now: datetime) -> Anew:
        """Return a paper as a new message; see `Rewriter`."""
        with reading(self.engine) as conn:
            paper = papers.carried_by(conn, letter.message_id)
            if paper is None:
                raise UnknownRecordError(kind="paper", key=letter.message_id)
            case = cases.by_number(conn, paper.case_number)
            held = held_agreements(conn)
            given_on = named_in(conn, letter.exchange, letter.ref_to_message_id)
        if case.direction is Direction.RECEIVED:
            require_case_seen(self.engine, actor, now, case)
        with reading(self.engine) as conn:
            said = self.register.shelf.said(conn, paper)
        verdict = self._verdict(held, case, paper, given_on, now)
        document = self._document(said)
        prepared, came = self.writing.prepared(
            document,
            verdict,
            Errand(
                to=case.partner, code=paper.code, purpose=letter.exchange.purpose,
                about=case.reference, by=actor.name, at=now,
                answers="" if case.direction is Direction.SENT else case.message_id,
            ),
        )  # fmt: skip
        _require(_findings(said, verdict, held, case))
        if isinstance(said, AssistanceRequest):
            self.writing.require_let_out(document, said, came)

        def enter(conn: Connection) -> bool:
            locked = cases.by_number(conn, case.number, lock=True)
            if not self.register.send_anew(conn, locked, paper, came):
                return False
            self.writing.packing.queue(conn, prepared)
            return True

        return Anew(kind="assistance", message_id=prepared.message_id, enter=enter)

    def _verdict(
        self,
        held: tuple[HeldAgreement, ...],
        case: Case,
        paper: Paper,
        given_on: GivenOn | None,
        now: datetime,
    ) -> Verdict:
        if case.direction is Direction.RECEIVED:
            return permit_answer(held, case.exchange, code=paper.code, on=day_of(now))
        return permit_sending(
            held,
            sender=str(self.writing.own.party),
            recipient=case.partner,
            code=paper.code,
            purpose=case.exchange.purpose,
            test=self.writing.own.test,
            on=day_of(now),
            given_on=given_on,
        )

    def _document(self, said: Said) -> Document:
        metadata, registry = self.writing.metadata, self.writing.registry
        match said:
            case AssistanceRequest():
                return encode_request(said, metadata=metadata, registry=registry)
            case Reply():
                return encode_reply(said, metadata=metadata, registry=registry)
            case Information():
                return encode_information(said, metadata=metadata, registry=registry)
            case _:
                raise UnknownRecordError(kind="paper that was sent", key=said.oral_id)


def _findings(
    said: Said, verdict: Verdict, held: tuple[HeldAgreement, ...], case: Case
) -> tuple[Finding, ...]:
    """Return what the agreement that counts now finds wrong with a paper.

    Raises:
        IllegalStepError: at the request's stage that is not to be said any more.
    """
    match said:
        case AssistanceRequest():
            return check_request(said, require(verdict)[0])
        case Information():
            return check_information(said, require(verdict)[0])
        case Reply():
            moved(case.reference, case.stage, said.act, Who.REQUESTED)
            agreement = agreement_under(held, case.exchange)
            return check_reply(said, agreement, code=said.code, postponed_at=case.postponed_at)
        case _:
            return ()


def _require(findings: tuple[Finding, ...]) -> None:
    if findings:
        raise InvalidDocumentError(findings)
