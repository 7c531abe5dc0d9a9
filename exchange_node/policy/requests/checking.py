"""Request, reply, information + agreement → findings: the same on both sides.

What a request must say, in which language, on which grounds it may be refused or postponed and for
how long is all text of the agreement. An agreement without a clause on requests asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.clauses.assistance import Form, Postponement, Refusal
from exchange_node.domain.agreement.clauses.basis import Matter
from exchange_node.domain.assistance.life import Act
from exchange_node.domain.assistance.papers import AssistanceRequest, Information, Reply
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.assistance_codec import PLACES
from exchange_node.wco.assistance_codec.reply import GROUND, OUTCOME, UNTIL

_REQUEST = "InterGov/ext:AssistanceRequest"
_REPLY = "InterGov/ext:AssistanceReply"
_INFORMATION = "InterGov/ext:AssistanceInformation"

MISSING_PART = Rule(
    code="CAREC-H001",
    severity=Severity.ERROR,
    sentence="the request does not say {value} ({meaning}): {agreement} asks that of every request",
    mend="Give `{value}` in the request; `requests.required` of the agreement lists all it needs.",
)
LANGUAGE = Rule(
    code="CAREC-H002",
    severity=Severity.ERROR,
    sentence="{value!r} is no language of requests and answers under {agreement}: want {known}",
    mend="Write in one of these languages and name it.",
)
FORM = Rule(
    code="CAREC-H003",
    severity=Severity.ERROR,
    sentence="under {agreement} no request is made in the form {value}: want {known}",
    mend="Ask in a form that the agreement knows.",
)
ORAL = Rule(
    code="CAREC-H004",
    severity=Severity.ERROR,
    sentence="the form is {value}, and the oral request that is confirmed is {named!r}",
    mend="Name the oral request if this confirms one, and then alone.",
)
MATTER = Rule(
    code="CAREC-H005",
    severity=Severity.ERROR,
    sentence="{value} is no customs matter that {agreement} is about: want {known}",
    mend="Name a matter of the agreement's scope; what is outside needs another legal basis.",
)
NO_GROUND = Rule(
    code="CAREC-H006",
    severity=Severity.ERROR,
    sentence="{value} needs a ground: {agreement} lists {known}",
    mend="Name the ground; TFA 12.7 and the agreement have reasons given.",
)
UNLISTED_GROUND = Rule(
    code="CAREC-H007",
    severity=Severity.ERROR,
    sentence="{value} is no ground on which {act} is open under {agreement}: it lists {known}",
    mend="Name a ground that the agreement lists, or answer.",
)
TOO_LATE = Rule(
    code="CAREC-H008",
    severity=Severity.ERROR,
    sentence="postponed until {value}: on this ground {agreement} lets it be for {most} days at"
    " most, until {latest}",
    mend="Name an earlier end, or answer.",
)
NO_END = Rule(
    code="CAREC-H009",
    severity=Severity.ERROR,
    sentence="{act} has to say until when, and that lies ahead of its issue; it says {value!r}",
    mend="Give `until`, with its offset.",
)
WRONG_CODE = Rule(
    code="CAREC-H010",
    severity=Severity.ERROR,
    sentence="{value} does not travel as {code}",
    mend="Send it under the message code that it has in docs/messages.md.",
)
EMPTY_ANSWER = Rule(
    code="CAREC-H011",
    severity=Severity.ERROR,
    sentence="{value} is said, and nothing is answered: no text, person, movement or document",
    mend="Give the answer, or say that nothing was found.",
)

_WITH_CONTENT = (Act.PARTIAL, Act.COMPLETE, Act.REMAINDER_REFUSED)
_REFUSING = (Act.REFUSED, Act.REMAINDER_REFUSED)


def check_request(request: AssistanceRequest, agreement: Agreement) -> tuple[Finding, ...]:
    """Return what keeps a request from being made or taken under an agreement."""
    return tuple(_of_request(request, agreement))


def check_information(information: Information, agreement: Agreement) -> tuple[Finding, ...]:
    """Return what keeps information from being given or taken under an agreement."""
    return (
        *_language(information.language, agreement, _INFORMATION),
        *_matter(information.matter, agreement, _INFORMATION),
    )


def check_reply(
    reply: Reply, agreement: Agreement, *, code: str, postponed_at: datetime | None = None
) -> tuple[Finding, ...]:
    """Return what keeps a reply from being made or taken under an agreement.

    Args:
        reply: it.
        agreement: the version that the request came under, whose grounds count.
        code: of the message that carries it.
        postponed_at: when the request was first postponed; what lasts at most so many days
            lasts so many in all.
    """
    return tuple(_of_reply(reply, agreement, code, postponed_at or reply.issued_at))


def _of_request(request: AssistanceRequest, agreement: Agreement) -> Iterator[Finding]:
    clause = agreement.requests
    if clause is not None:
        for part in clause.required:
            if not request.says(part):
                yield MISSING_PART.found(
                    pointer=PLACES[part],
                    value=part.value,
                    meaning=part.said,
                    agreement=agreement.agreement_id,
                )
        yield from check_form(request.form, agreement)
    is_oral = request.form is Form.ORAL
    if is_oral is not bool(request.oral_request):
        yield ORAL.found(
            pointer=f"{_REQUEST}/ext:OralRequestID",
            value=request.form.value,
            named=request.oral_request,
        )
    yield from _language(request.language, agreement, _REQUEST)
    if request.matter is not None:
        yield from _matter(request.matter, agreement, _REQUEST)


def check_form(form: Form, agreement: Agreement) -> Iterator[Finding]:
    """Yield what keeps a request from being made in a form under an agreement."""
    clause = agreement.requests
    if clause is not None and form not in clause.forms:
        yield FORM.found(
            pointer=f"{_REQUEST}/ext:FormCode",
            value=form.value,
            agreement=agreement.agreement_id,
            known=_listed(clause.forms),
        )


def _of_reply(
    reply: Reply, agreement: Agreement, code: str, postponed_at: datetime
) -> Iterator[Finding]:
    if reply.code != code:
        yield WRONG_CODE.found(pointer=OUTCOME, value=reply.act.value, code=code)
    yield from _language(reply.language, agreement, _REPLY)
    if reply.act in _REFUSING:
        grounds: tuple[Refusal, ...] = tuple(one.code for one in agreement.refusal_grounds)
        yield from _ground(reply, agreement, grounds)
    elif reply.act is Act.POSTPONED:
        yield from _ground(
            reply, agreement, tuple(one.code for one in agreement.postponement_grounds)
        )
        yield from _end(reply, agreement, postponed_at)
    elif reply.ground is not None:
        yield UNLISTED_GROUND.found(
            pointer=GROUND, value=reply.ground.value, act=reply.act.value,
            agreement=agreement.agreement_id, known="none",
        )  # fmt: skip
    has_content = reply.text.strip() or reply.persons or reply.declarations or reply.documents
    if reply.act in _WITH_CONTENT and not has_content:
        yield EMPTY_ANSWER.found(pointer=OUTCOME, value=reply.act.value)


def _ground(
    reply: Reply, agreement: Agreement, listed: Sequence[Refusal | Postponement]
) -> Iterator[Finding]:
    facts = {"agreement": agreement.agreement_id, "known": _listed(listed)}
    if reply.ground is None:
        yield NO_GROUND.found(pointer=GROUND, value=reply.act.value, **facts)
    elif reply.ground not in listed:
        yield UNLISTED_GROUND.found(
            pointer=GROUND, value=reply.ground.value, act=reply.act.value, **facts
        )


def _end(reply: Reply, agreement: Agreement, postponed_at: datetime) -> Iterator[Finding]:
    if reply.until is None or reply.until <= reply.issued_at:
        said = reply.until.isoformat() if reply.until else ""
        yield NO_END.found(pointer=UNTIL, value=said, act=reply.act.value)
        return
    most = next(
        (one.max_days for one in agreement.postponement_grounds if one.code == reply.ground), None
    )
    if most is not None and reply.until > (latest := postponed_at + timedelta(days=most)):
        yield TOO_LATE.found(
            pointer=UNTIL,
            value=reply.until.isoformat(),
            agreement=agreement.agreement_id,
            most=most,
            latest=latest.isoformat(),
        )


def _language(language: str, agreement: Agreement, above: str) -> Iterator[Finding]:
    clause = agreement.requests
    if clause is not None and clause.languages and language not in clause.languages:
        yield LANGUAGE.found(
            pointer=f"{above}/ext:LanguageID",
            value=language,
            agreement=agreement.agreement_id,
            known=_listed(clause.languages),
        )


def _matter(matter: Matter, agreement: Agreement, above: str) -> Iterator[Finding]:
    known = agreement.scope.matters
    if known and matter not in known:
        yield MATTER.found(
            pointer=f"{above}/ext:MatterCode",
            value=matter.value,
            agreement=agreement.agreement_id,
            known=_listed(known),
        )


def _listed(values: Sequence[str]) -> str:
    return ", ".join(str(one) for one in values) or "none"
