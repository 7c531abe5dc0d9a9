"""The asking: every version that counts, question by question; the strictest answer decides.

What was received stays under the version it came under, unless a later version that has counted is
stricter. Whatever needs consent is refused without one that covers just this use; silence is no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType

from exchange_node.domain.agreement import Agreement, Grant, Handling
from exchange_node.domain.agreement.grant_terms import Consent as ConsentTerm
from exchange_node.domain.agreement.grant_terms import EvidenceUse, OnwardDefault
from exchange_node.domain.onward.wanted import Consent, RecordName, Use, Wanted
from exchange_node.domain.retention import Stamp
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.disposal import counting, is_later
from exchange_node.policy.export.checks import ExportCode, ExportVerdict
from exchange_node.policy.verdict import Step


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
    *,
    hides: bool = False,
    can_tell: bool = True,
) -> ExportVerdict:
    """Return whether a received record may be handed on, or used as wanted, at a moment.

    Args:
        held: every version this node holds, in any state.
        stamp: of the record; `wanted` names it.
        wanted: to whom, for which use and purpose.
        consents: what the supplier has consented to.
        at: the moment asked about.
        hides: whether the sealed document has fields that nobody here may see.
        can_tell: whether word of it could go to the supplier now.
    """
    everything = tuple(held)
    under = counting(everything, stamp, at)
    if not under:
        return _unknown(stamp, wanted)
    stopped = _stopped(everything, under[0], at)
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
    tells = is_standing and any(one.onward.notify for _, one in under)
    checks: tuple[tuple[ExportCode, bool, _Under], ...] = (
        (ExportCode.NO_AGREEMENT, True, under[0]),
        (ExportCode.SUSPENDED, stopped is None, stopped or under[0]),
        (ExportCode.RECIPIENT, onward > _Onward.FORBIDDEN, by_onward),
        (ExportCode.EVIDENCE, evidence > _EVIDENCE[EvidenceUse.FORBID], by_evidence),
        (ExportCode.HIDDEN, not (hides and wanted.use.is_evidence), under[0]),
        (ExportCode.SECRET, agreed or bool(openness), by_handling),
        (ExportCode.ONWARD_CONSENT, agreed or onward != _Onward.CONSENT, by_onward),
        (
            ExportCode.EVIDENCE_CONSENT,
            agreed or evidence != _EVIDENCE[EvidenceUse.CONSENT],
            by_evidence,
        ),
        (ExportCode.PURPOSE_CONSENT, agreed or bool(purposed), by_purpose),
        (ExportCode.NOTICE, can_tell or not tells, by_onward),
    )
    failed = [(code, one) for code, is_passed, one in checks if not is_passed]
    code, (decided, grant) = failed[0] if failed else (ExportCode.ALLOW, by_onward)
    facts = _facts_of(stamp, wanted) | _facts_under(decided.agreement, grant) | _facts_consent(used)
    return ExportVerdict(
        code=code,
        agreement=decided.agreement,
        grant=grant,
        consent=used,
        is_standing=is_standing,
        tells=tells,
        is_askable=bool(failed) and all(one in _ASKABLE for one, _ in failed),
        facts=MappingProxyType(facts),
        steps=tuple(Step(check=one, passed=is_passed) for one, is_passed, _ in checks),
    )


def reply_working_days(held: Iterable[HeldAgreement], stamp: Stamp, at: datetime) -> int | None:
    """Return after how many working days silence is a refusal; None where nothing says so.

    Of several versions that count the shortest does: it is the stricter.
    """
    return min(
        (grant.onward.reply_working_days for _, grant in counting(held, stamp, at)), default=None
    )


def _stopped(held: Iterable[HeldAgreement], came: _Under, at: datetime) -> _Under | None:
    """Return the first version whose suspension stops what came under a grant; None where none is.

    Its own counts and every later one: a newer version lifts no suspension of the one before, and
    one that has no such grant any more is an agreement that stands still all the same.
    """
    under, grant = came
    for one in (under, *(one for one in held if is_later(one, under, at))):
        if not one.is_free or grant.grant_id in one.suspended_grants:
            return one, grant
    return None


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
        steps=(Step(check=code, passed=False),),
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
