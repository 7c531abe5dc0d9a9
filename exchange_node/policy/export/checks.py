"""What the export gate answers: a code, the clause, a sentence, and the checks that led there.

`EXPORT_CHECKS` is the whole list; docs/onward-use.md prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from exchange_node.domain.agreement import Agreement, Grant
from exchange_node.domain.errors import NotPermittedError
from exchange_node.domain.finding import NO_FACTS
from exchange_node.domain.onward.wanted import Consent
from exchange_node.policy.verdict import NO_CLAUSE, Check, Step


class ExportCode(StrEnum):
    """The machine-readable answer of the export gate."""

    ALLOW = "ALLOW"
    NO_AGREEMENT = "DENY-EXPORT-NO-AGREEMENT"
    SUSPENDED = "DENY-EXPORT-SUSPENDED"
    RECIPIENT = "DENY-EXPORT-RECIPIENT"
    EVIDENCE = "DENY-EXPORT-EVIDENCE"
    HIDDEN = "DENY-EXPORT-HIDDEN"
    SECRET = "DENY-EXPORT-SECRET"  # noqa: S105 - a handling, no password
    ONWARD_CONSENT = "DENY-EXPORT-ONWARD-CONSENT"
    EVIDENCE_CONSENT = "DENY-EXPORT-EVIDENCE-CONSENT"
    PURPOSE_CONSENT = "DENY-EXPORT-PURPOSE-CONSENT"
    NOTICE = "DENY-EXPORT-NOTICE"


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
        ExportCode.HIDDEN: Check(
            question="Does the sealed document of {record} hold nothing that grant {grant} hides?",
            denial="the sealed document of {record} has fields that grant {grant} of {agreement} "
            "version {version} hides: whole, as evidence has to be, it is not handed out",
            mend="Export a plain view for work, or let {partner} send what may be seen.",
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
        ExportCode.NOTICE: Check(
            question="Can {partner} be told of it, as grant {grant} asks under a standing consent?",
            denial="grant {grant} of {agreement} version {version} has {partner} told of each use, "
            "and no grant lets MA-030 go to {partner} now: what cannot be told is not exported",
            mend="Agree on a version with a grant to {partner} that names MA-030 and MA-031; "
            "`agreement explain` says what else stands in the way.",
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
    steps: tuple[Step[ExportCode], ...] = ()

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
