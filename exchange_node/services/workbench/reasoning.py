"""A message and a partner → the whole reasoning of the gates, over every grant that could matter.

Each check with its question and its answer, the clause it rests on, what would be withheld, and for
each no what would have to change and whose turn it is. `trying` says whether the way is open; this
says why the agreements answer as they do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.identifiers import PartyId
from exchange_node.policy.gates import permit_answer, weigh_sending
from exchange_node.policy.minimising import permit_content
from exchange_node.policy.minimising.conditions import said_by
from exchange_node.policy.verdict import CHECKS, Code, Step, Verdict
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.departure.answering import answering
from exchange_node.services.stations.departure.releasing import written_for
from exchange_node.services.stations.departure.turns import Turn, turn_of
from exchange_node.services.stations.departure.walking import ACKNOWLEDGED, Departure
from exchange_node.services.stations.departure.way import Ask, Way
from exchange_node.services.stations.giving import named_by
from exchange_node.services.stations.loss import denial, withheld
from exchange_node.services.stations.manifests.amending import told_as
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.payloads import digest_of
from exchange_node.wco.document import Document
from exchange_node.wco.manifest_view import NO_MESSAGE

Fill = Callable[[str, Mapping[str, str]], str]
"""Says a template with its facts, in the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One check of a gate, with its answer.

    Attributes:
        decides: whether this is the no that the gate answers with; a later one would have to change
            as well.
        turn: who has to act; None where the answer is yes.
    """

    code: Code
    passed: bool
    facts: Mapping[str, str]
    decides: bool = False
    turn: Turn | None = None

    def as_dict(self, fill: Fill) -> dict[str, object]:
        """Return plain values, the sentences as `fill` says them."""
        check = CHECKS[self.code]
        plain: dict[str, object] = {
            "check": self.code.value,
            "question": fill(check.question, self.facts),
            "passed": self.passed,
        }
        if self.turn is None:
            return plain
        return plain | {
            "decides": self.decides,
            "answer": fill(check.denial, self.facts),
            "change": fill(check.mend, self.facts),
            "who": self.turn.who.value,
            "who_text": fill(self.turn.sentence, self.turn.facts),
            "until": self.turn.until,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What one grant says, or an agreement that has none for this.

    Attributes:
        code: ALLOW, or the denial that decides.
        withheld: what would stay behind under this grant; None where there is no grant.
    """

    agreement: str
    version: int
    grant: str
    clause: str
    code: Code
    checks: tuple[Asked, ...]
    withheld: tuple[dict[str, object], ...] | None = None

    @property
    def is_permitted(self) -> bool:
        """Whether a message may go under this grant."""
        return self.code is Code.ALLOW

    def as_dict(self, fill: Fill) -> dict[str, object]:
        """Return plain values, the sentences as `fill` says them."""
        plain: dict[str, object] = {
            "agreement": self.agreement,
            "version": self.version,
            "grant": self.grant,
            "clause": self.clause,
            "permitted": self.is_permitted,
            "code": self.code.value,
            "checks": [one.as_dict(fill) for one in self.checks],
        }
        return plain if self.withheld is None else plain | {"withheld": list(self.withheld)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Everything the agreements say to a message; first what the gate takes, the nearest grant."""

    code: str
    partner: str
    purpose: str
    on: date
    weighed: tuple[Weighed, ...]

    @property
    def is_permitted(self) -> bool:
        """Whether the message may go: the gate asks no second grant."""
        return self.weighed[0].is_permitted

    def as_dict(self, fill: Fill) -> dict[str, object]:
        """Return plain values, the sentences as `fill` says them."""
        return {
            "message": self.code,
            "partner": self.partner,
            "purpose": self.purpose,
            "on": self.on.isoformat(),
            "permitted": self.is_permitted,
            "weighed": [one.as_dict(fill) for one in self.weighed],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """Explains what the agreements say; needs a node with its cards and agreements."""

    departure: Departure
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def explain(
        self,
        actor: Actor,
        data: bytes,
        *,
        partner: str,
        purpose: str,
        format_name: str = "",
        facts: str = "",
        on: date | None = None,
        request: str = "",
    ) -> Reasons:
        """Return the reasoning over a message on a day, given on `request` where one is named.

        Raises:
            RoleError: the actor neither submits declarations nor is a liaison officer; of an
                acknowledgement none but the latter may ask.
            MalformedIdentifierError: the partner is no party.
            InvalidDocumentError: it cannot be read, or no message carries it.
            InvalidAlertError: it acknowledges what the partner did not send, or once more.
            StoreError: the agreements cannot be read, or the look cannot be recorded.
        """
        actor.require(Role.SUBMITTER, Role.LIAISON)
        recipient = str(PartyId.parse(partner))
        now = self.clock()
        at = now if on is None else datetime.combine(on, now.astimezone(UTC).timetz())
        day = day_of(at)
        way = self.departure.begun(
            data, facts=facts, at=at, reference=self.new_id(), format_name=format_name
        )
        document = _document(way)
        with reading(self.engine) as conn:
            ask = Ask(
                recipient=recipient, purpose=purpose, at=at, held=held_agreements(conn),
                given_on=named_by(conn, recipient, request),
            )  # fmt: skip
            code = told_as(conn, way.code, document, self.departure.own, recipient)
        weighed = tuple(
            self._weighed(verdict, document, code, ask)
            for verdict in self._verdicts(actor, document, code, ask)
        )
        reasons = Reasons(code=code, partner=recipient, purpose=purpose, on=day, weighed=weighed)
        with transaction(self.engine) as conn:
            audit.write(conn, _look(actor, reasons, data, now))
        return reasons

    def _verdicts(self, actor: Actor, document: Document, code: str, ask: Ask) -> Iterator[Verdict]:
        """Yield what each grant says, and once what an agreement without a grant for this does.

        An acknowledgement leaves under what its alert came under: that stands first.
        """
        own, said, purpose = self.departure.own, set(), ask.purpose
        answers: tuple[Verdict, ...] = ()
        if code == ACKNOWLEDGED:
            answered = answering(self.engine, actor, ask.recipient)(document)
            answers = (permit_answer(ask.held, answered, code=code, on=ask.on),)
            purpose = answered.purpose
        sent = weigh_sending(
            ask.held, sender=str(own.party), recipient=ask.recipient, code=code, purpose=purpose,
            test=own.test, on=ask.on, said=said_by(document), given_on=ask.given_on,
        )  # fmt: skip
        for one in (*answers, *sent):
            agreement = one.agreement
            key = (
                agreement.agreement_id if agreement else "",
                agreement.version if agreement else 0,
                one.grant.grant_id if one.grant else "",
            )
            if key not in said:
                said.add(key)
                yield one

    def _weighed(self, verdict: Verdict, document: Document, code: str, ask: Ask) -> Weighed:
        checks = [*_asked(verdict, verdict.steps, decides=True), *_asked(verdict, verdict.further)]
        outcome, gone = verdict.code, None
        if verdict.grant is not None and verdict.agreement is not None:
            packing = self.departure.packing
            minimised = packing.minimised(document, verdict.agreement, verdict.grant)
            versions = packing.versions
            written = written_for(
                versions, minimised.document, verdict.grant, ask.recipient, ask.on
            )
            known = {one.code for one in checks}  # conditions and scope are asked by both gates
            for gate in (
                packing.sealing(verdict.agreement, verdict.grant, code, ask.at),
                permit_content(
                    written.read_back, verdict.grant, code=code,
                    schema=written.document.version, agreement=verdict.agreement,
                ),
            ):  # fmt: skip
                more = tuple(one for one in gate.steps if one.check not in known)
                checks += _asked(gate, more, decides=outcome is Code.ALLOW)
                outcome = gate.code if outcome is Code.ALLOW else outcome
            gone = tuple(withheld(one) for one in minimised.withheld)
        return Weighed(
            agreement=verdict.agreement.agreement_id if verdict.agreement else "",
            version=verdict.agreement.version if verdict.agreement else 0,
            grant=verdict.grant.grant_id if verdict.grant else "",
            clause=verdict.clause,
            code=outcome,
            checks=tuple(checks),
            withheld=gone,
        )


def _asked(
    verdict: Verdict, steps: tuple[Step[Code], ...], *, decides: bool = False
) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            code=one.check,
            passed=one.passed,
            facts=verdict.facts,
            decides=decides and not one.passed,
            turn=None if one.passed else turn_of(denial(verdict, one.check)),
        )
        for one in steps
    )


def _document(way: Way) -> Document:
    """Return what was read, whatever the rules may say to it; a gate can only weigh a message."""
    if way.document is None:
        raise InvalidDocumentError(way.findings)
    if not way.code:
        raise InvalidDocumentError((NO_MESSAGE.found(value=way.document.kind.replace("_", " ")),))
    return way.document


def _look(actor: Actor, reasons: Reasons, data: bytes, now: datetime) -> audit.AuditRecord:
    """Return the line of the access log: who asked what; nothing of the message's content."""
    return audit.AuditRecord(
        at=now,
        actor=actor.name,
        action="look.reasoning",
        subject_kind="declaration",
        subject_key=digest_of(data),
        partner=reasons.partner,
        facts={
            "message": reasons.code,
            "purpose": reasons.purpose,
            "on": reasons.on.isoformat(),
            "verdict": reasons.weighed[0].code.value,
        },
    )
