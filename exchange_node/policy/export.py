"""A received record + what is wanted with it + consents held → may it be handed on, or used so?

What was received stays under the version it came under, unless a later version that has counted is
stricter: each question is put to every one of them, and the strictest answer counts. Whatever needs
consent is refused without one that covers just this use; silence is no. `EXPORT_CHECKS` is the
whole list; docs/onward-use.md prints it.

Source: TFA 12.5 and 12.6.2; Johannesburg Convention, chapter VII.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType

from exchange_node.domain.agreement import Agreement, Grant, Handling
from exchange_node.domain.agreement.grant_terms import Consent as ConsentTerm
from exchange_node.domain.agreement.grant_terms import EvidenceUse, OnwardDefault
from exchange_node.domain.errors import NotPermittedError
from exchange_node.domain.finding import NO_FACTS
from exchange_node.domain.onward.wanted import Consent, RecordName, Use, Wanted
from exchange_node.domain.retention import Stamp
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.disposal import counting
from exchange_node.policy.verdict import NO_CLAUSE, Check


class ExportCode(StrEnum):
    """The machine-readable answer of the export gate."""

    ALLOW = "ALLOW"
    NO_AGREEMENT = "DENY-EXPORT-NO-AGREEMENT"
    SUSPENDED = "DENY-EXPORT-SUSPENDED"
    RECIPIENT = "DENY-EXPORT-RECIPIENT"
    EVIDENCE = "DENY-EXPORT-EVIDENCE"
    SECRET = "DENY-EXPORT-SECRET"  # noqa: S105 - a handling, no password
    ONWARD_CONSENT = "DENY-EXPORT-ONWARD-CONSENT"
    EVIDENCE_CONSENT = "DENY-EXPORT-EVIDENCE-CONSENT"
    PURPOSE_CONSENT = "DENY-EXPORT-PURPOSE-CONSENT"


_ASK = "Ask {partner} for consent (`onward ask`) and wait for its answer; silence is no."

EXPORT_CHECKS: Mapping[ExportCode, Check] = MappingProxyType(
    {
        ExportCode.NO_AGREEMENT: Check(
            question="Is the agreement held here that {record} came under: {agreement} version "
            "{version}, grant {grant}?",
            denial="{record} came under {agreement} version {version}, grant {grant}, which is not "
            "held here: nothing permits a further use",
            mend="Bring the version back that the record came under.",
        ),
        ExportCode.SUSPENDED: Check(
            question="Are {agreement} version {version} and grant {grant} free of suspension?",
            denial="{agreement} version {version} or its grant {grant} is suspended: what came "
            "under it may be read, and goes no further",
            mend="End the suspension, or wait until it is ended.",
        ),
        ExportCode.RECIPIENT: Check(
            question="May {record} be handed to {recipient} at all?",
            denial="grant {grant} of {agreement} version {version} lets {record} be handed to "
            "{named} alone, not to {recipient}; no consent changes that",
            mend="Agree on a version whose grant names {recipient} under `onward.to`.",
        ),
        ExportCode.EVIDENCE: Check(
            question="May {record} be used in {use} proceedings at all?",
            denial="grant {grant} of {agreement} version {version} forbids the use of {record} in "
            "{use} proceedings; no consent changes that",
            mend="Agree on a version whose grant permits it (`evidence_use`), or ask for the facts "
            "by a request of their own.",
        ),
        ExportCode.SECRET: Check(
            question="Is {record} less than secret, or has {partner} consented to this use?",
            denial="{record} is secret under grant {grant} of {agreement} version {version}, and "
            "{partner} has not consented to this use",
            mend=_ASK,
        ),
        ExportCode.ONWARD_CONSENT: Check(
            question="May {record} be handed to {recipient} without being asked for, or has "
            "{partner} consented?",
            denial="grant {grant} of {agreement} version {version} lets {record} be handed to "
            "{recipient} with the consent of {partner} alone, and none that covers this is held",
            mend=_ASK,
        ),
        ExportCode.EVIDENCE_CONSENT: Check(
            question="May {record} be used in {use} proceedings without being asked for, or has "
            "{partner} consented?",
            denial="grant {grant} of {agreement} version {version} lets {record} be used in {use} "
            "proceedings with the consent of {partner} alone, and none that covers this is held",
            mend=_ASK,
        ),
        ExportCode.PURPOSE_CONSENT: Check(
            question="Is {purpose} a purpose of grant {grant}, or has {partner} consented?",
            denial="grant {grant} of {agreement} version {version} is for {purposes}; another "
            "purpose, {purpose}, needs the consent of {partner}, and none that "
            "covers this is held",
            mend=_ASK,
        ),
    }
)
"""Every check by the code of its denial, in the order in which they are asked."""

FREELY = "grant {grant} of {agreement} version {version} permits it; nothing of it needs consent"
STANDING = "grant {grant} of {agreement} version {version} permits it: the consent of {partner} "
STANDING += "stands for all cases"
BY_CONSENT = "{partner} has consented under grant {grant} of {agreement} version {version} "
BY_CONSENT += "(request {request}, until {until})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportStep:
    """One check that was made: which, by the code of its denial, and whether it passed."""

    check: ExportCode
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportVerdict:
    """The answer of the export gate.

    Attributes:
        code: ALLOW, or the denial of the first check that failed.
        agreement, grant: what decided: the strictest, else what the record came under.
        consent: what permits it, where it needed one.
        is_standing: whether the supplier's consent for all cases permits it.
        tells: whether the supplier has to be told: its consent stands, and it wants to know.
        is_askable: whether consent would open the gate.
        facts: what the sentences are filled with.
        steps: the checks in their order, all of them.
    """

    code: ExportCode
    agreement: Agreement | None
    grant: Grant | None
    consent: Consent | None
    is_standing: bool
    tells: bool
    is_askable: bool
    facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)
    steps: tuple[ExportStep, ...] = ()

    @property
    def is_permitted(self) -> bool:
        """Whether the gate is open."""
        return self.code is ExportCode.ALLOW

    @property
    def clause(self) -> str:
        """The clause it rests on: that of the grant which decided."""
        return self.grant.clause if self.grant is not None else NO_CLAUSE

    @property
    def sentence(self) -> str:
        """The template of the sentence, over `facts`."""
        if not self.is_permitted:
            return EXPORT_CHECKS[self.code].denial
        if self.consent is not None:
            return BY_CONSENT
        return STANDING if self.is_standing else FREELY

    @property
    def mend(self) -> str:
        """The template of what would change it, over `facts`; empty where it is permitted."""
        return "" if self.is_permitted else EXPORT_CHECKS[self.code].mend

    @property
    def text(self) -> str:
        """The English sentence with the facts filled in."""
        return self.sentence.format_map(self.facts)


class _Onward(IntEnum):
    """What a grant says of a recipient, the strictest first."""

    FORBIDDEN = 0
    CONSENT = 1
    STANDING = 2
    OWN = 3


_Under = tuple[HeldAgreement, Grant]

_EVIDENCE = {EvidenceUse.FORBID: 0, EvidenceUse.CONSENT: 1, EvidenceUse.ALLOW: 2}
_ASKABLE = frozenset(
    {
        ExportCode.SECRET,
        ExportCode.ONWARD_CONSENT,
        ExportCode.EVIDENCE_CONSENT,
        ExportCode.PURPOSE_CONSENT,
    }
)


def record_of(stamp: Stamp) -> RecordName:
    """Return the name that both sides know a received record by."""
    return RecordName(kind=stamp.kind, subject=stamp.subject, message_id=stamp.message_id)


def permit_export(
    held: Iterable[HeldAgreement],
    stamp: Stamp,
    wanted: Wanted,
    consents: Iterable[Consent],
    at: datetime,
) -> ExportVerdict:
    """Return whether a received record may be handed on, or used as wanted, at a moment.

    Args:
        held: every version this node holds, in any state.
        stamp: of the record; `wanted` names it.
        wanted: to whom, for which use and purpose.
        consents: what the supplier has consented to.
        at: the moment asked about.
    """
    under = counting(held, stamp, at)
    if not under:
        return _unknown(stamp, wanted)
    latest = max(under, key=lambda one: one[0].agreement.version)
    consent = next((one for one in consents if one.covers(wanted, at)), None)

    def strictest(rank: Callable[[Grant], int]) -> tuple[int, _Under]:
        # Of equally strict ones the first counts: that which the record came under.
        one = min(under, key=lambda one: rank(one[1]))
        return rank(one[1]), one

    onward, by_onward = strictest(lambda grant: _onward(grant, wanted.recipient))
    evidence, by_evidence = strictest(lambda grant: _evidence(grant, wanted.use))
    openness, by_handling = strictest(lambda grant: grant.handling is not Handling.SECRET)
    purposed, by_purpose = strictest(lambda grant: wanted.purpose in grant.purposes)
    agreed = consent is not None
    checks: tuple[tuple[ExportCode, bool, _Under], ...] = (
        (ExportCode.NO_AGREEMENT, True, under[0]),
        (ExportCode.SUSPENDED, _is_free(latest), latest),
        (ExportCode.RECIPIENT, onward > _Onward.FORBIDDEN, by_onward),
        (ExportCode.EVIDENCE, evidence > _EVIDENCE[EvidenceUse.FORBID], by_evidence),
        (ExportCode.SECRET, agreed or bool(openness), by_handling),
        (ExportCode.ONWARD_CONSENT, agreed or onward > _Onward.CONSENT, by_onward),
        (
            ExportCode.EVIDENCE_CONSENT,
            agreed or evidence > _EVIDENCE[EvidenceUse.CONSENT],
            by_evidence,
        ),
        (ExportCode.PURPOSE_CONSENT, agreed or bool(purposed), by_purpose),
    )
    failed = [(code, one) for code, is_passed, one in checks if not is_passed]
    code, (decided, grant) = failed[0] if failed else (ExportCode.ALLOW, by_onward)
    # Asked for or not: what needs no consent is not told as permitted by one.
    needs = any(
        (
            onward <= _Onward.CONSENT,
            evidence <= _EVIDENCE[EvidenceUse.CONSENT],
            not openness,
            not purposed,
        )
    )
    used = consent if needs else None
    is_standing = onward == _Onward.STANDING and used is None
    facts = _facts_of(stamp, wanted) | _facts_under(decided.agreement, grant) | _facts_consent(used)
    return ExportVerdict(
        code=code,
        agreement=decided.agreement,
        grant=grant,
        consent=used,
        is_standing=is_standing,
        tells=is_standing and any(one.onward.notify for _, one in under),
        is_askable=bool(failed) and all(one in _ASKABLE for one, _ in failed),
        facts=MappingProxyType(facts),
        steps=tuple(ExportStep(check=one, passed=is_passed) for one, is_passed, _ in checks),
    )


def reply_working_days(held: Iterable[HeldAgreement], stamp: Stamp, at: datetime) -> int | None:
    """Return after how many working days silence is a refusal; None where nothing says so.

    Of several versions that count the shortest does: it is the stricter.
    """
    return min(
        (grant.onward.reply_working_days for _, grant in counting(held, stamp, at)), default=None
    )


def require_export(verdict: ExportVerdict) -> None:
    """Pass a permission.

    Raises:
        NotPermittedError: it is a denial; the facts are its code, clause and sentence.
    """
    if not verdict.is_permitted:
        mend = verdict.mend.format_map(verdict.facts)
        raise NotPermittedError(
            denial=verdict.code.value, clause=verdict.clause, reason=f"{verdict.text}. {mend}"
        )


def _is_free(one: _Under) -> bool:
    version, grant = one
    return version.is_free and grant.grant_id not in version.suspended_grants


def _onward(grant: Grant, recipient: str) -> _Onward:
    if recipient == grant.recipient:  # whoever has it already is handed nothing
        return _Onward.OWN
    if recipient in grant.onward.to:
        is_standing = grant.onward.consent is ConsentTerm.STANDING
        return _Onward.STANDING if is_standing else _Onward.CONSENT
    is_forbidden = grant.onward.default is OnwardDefault.FORBID
    return _Onward.FORBIDDEN if is_forbidden else _Onward.CONSENT


def _evidence(grant: Grant, use: Use) -> int:
    says = grant.evidence_use
    match use:
        case Use.WORK:
            return _EVIDENCE[EvidenceUse.ALLOW]
        case Use.ADMINISTRATIVE:
            return _EVIDENCE[says.administrative]
        case Use.JUDICIAL:
            return _EVIDENCE[says.judicial]
        case Use.CRIMINAL:
            return _EVIDENCE[says.criminal]


def _unknown(stamp: Stamp, wanted: Wanted) -> ExportVerdict:
    code = ExportCode.NO_AGREEMENT
    return ExportVerdict(
        code=code,
        agreement=None,
        grant=None,
        consent=None,
        is_standing=False,
        tells=False,
        is_askable=False,
        facts=MappingProxyType(_facts_of(stamp, wanted)),
        steps=(ExportStep(check=code, passed=False),),
    )


# ---------------------------------------------------------------- facts


def _facts_of(stamp: Stamp, wanted: Wanted) -> dict[str, str]:
    return {
        "record": f"{stamp.kind} {stamp.subject}",
        "partner": stamp.partner,
        "agreement": stamp.agreement_id,
        "version": str(stamp.agreement_version),
        "grant": stamp.grant,
        "recipient": wanted.recipient,
        "use": wanted.use.value,
        "purpose": wanted.purpose,
    }


def _facts_under(agreement: Agreement, grant: Grant) -> dict[str, str]:
    return {
        "agreement": agreement.agreement_id,
        "version": str(agreement.version),
        "grant": grant.grant_id,
        "named": _listed(grant.onward.to),
        "purposes": _listed(grant.purposes),
    }


def _facts_consent(used: Consent | None) -> dict[str, str]:
    if used is None:
        return {}
    return {
        "request": used.request_id,
        "until": used.until.isoformat() if used.until else "-",
    }


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "nobody"
