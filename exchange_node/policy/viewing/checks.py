"""What the view gate answers: a code, the clause, a sentence, and what would change it.

The checks are made in the order in which they stand. The first ones ask whether somebody may know
of a record at all: who may not is answered as if there were none. Behind them stand the checks
that are explained (`EXPLAINED`), since whoever comes that far may know that the record is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from exchange_node.domain.agreement import Grant
from exchange_node.domain.finding import NO_FACTS
from exchange_node.policy.verdict import NO_CLAUSE, Check, Step


class ViewCode(StrEnum):
    """The machine-readable answer of the view gate."""

    ALLOW = "ALLOW"
    AGREEMENT = "DENY-VIEW-AGREEMENT"
    HANDLING = "DENY-VIEW-HANDLING"
    SECRET = "DENY-VIEW-SECRET"  # noqa: S105 - a code
    READERS = "DENY-VIEW-READERS"
    PROCEEDINGS = "DENY-VIEW-PROCEEDINGS"
    NOT_YOUR_PURPOSE = "DENY-VIEW-NOT-YOUR-PURPOSE"
    PURPOSE = "DENY-VIEW-PURPOSE"
    DISPOSED = "DENY-VIEW-DISPOSED"
    ENDED = "DENY-VIEW-ENDED"


VIEW_CHECKS: Mapping[ViewCode, Check] = MappingProxyType(
    {
        ViewCode.AGREEMENT: Check(
            question="Can the agreement be read here that {record} came under?",
            denial="{record} came under grant {grant} of {agreement} version {version}, which "
            "cannot be read here",
            mend="Take the version in again (`agreement import`), or ask the node's operator.",
        ),
        ViewCode.HANDLING: Check(
            question="Do the roles of {actor} see what is {handling}?",
            denial="{record} is {handling}; {actor} has the roles {roles}",
            mend="Ask an officer whose role sees it, or the administrator for such a token.",
        ),
        ViewCode.SECRET: Check(
            question="Does grant {grant} name {actor} as a reader of what is secret?",
            denial="{record} is secret, and grant {grant} names its readers: {readers}",
            mend="Ask one of the readers; only a new version of the agreement names others.",
        ),
        ViewCode.READERS: Check(
            question="Is {actor} one of the readers that grant {grant} names?",
            denial="grant {grant} lets {readers} read {record}, not {actor}",
            mend="Ask one of the readers, or agree that the grant names others.",
        ),
        ViewCode.PROCEEDINGS: Check(
            question="Is {record} kept for more than proceedings, or does {actor} see to those?",
            denial="the retention of {record} ended on {ends}; a legal hold alone keeps it",
            mend="Ask the liaison officer: what a legal hold keeps is there for proceedings.",
        ),
        ViewCode.NOT_YOUR_PURPOSE: Check(
            question="Does {actor} work for the purpose {purpose}?",
            denial="{actor} works for {works_for}, not for {purpose}",
            mend="Name a purpose of yours, or ask the administrator for a token that has this one.",
        ),
        ViewCode.PURPOSE: Check(
            question="May {record} be used for what {actor} looks for?",
            denial="grant {grant} lets {record} be used for {granted_purposes}; {actor} looks for "
            "{purpose}",
            mend="Look for a purpose that the grant names and that is true, or agree on this one.",
        ),
        ViewCode.DISPOSED: Check(
            question="Is the content of {record} still held?",
            denial="{record} was disposed of on {disposed}, as its agreement demands",
            mend="`exchange-node disposal list` shows the certificate.",
        ),
        ViewCode.ENDED: Check(
            question="Does the retention of {record} still run?",
            denial="the retention of {record} ended on {ends}; the worker disposes of it",
            mend="Ask {partner}: only who sent it still has the content.",
        ),
    }
)
"""Every check by the code of its denial, in the order in which the gate asks."""

EXPLAINED = frozenset(
    {ViewCode.NOT_YOUR_PURPOSE, ViewCode.PURPOSE, ViewCode.DISPOSED, ViewCode.ENDED}
)
"""Denials that an officer is told; every other one is answered as if there were no record."""

SEEN = "{actor} may see {record}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The answer of the view gate.

    Attributes:
        code: ALLOW, or the denial of the first check that failed.
        grant: what the record came under, in the version that is the strictest on it; None where
            it is our own.
        purpose: what it is looked at for; the access log has it. Empty where it is our own.
        facts: what the sentences are filled with.
        steps: the checks in their order; the last one decided.
    """

    code: ViewCode
    grant: Grant | None = None
    purpose: str = ""
    facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)
    steps: tuple[Step[ViewCode], ...] = ()

    @property
    def is_permitted(self) -> bool:
        """Whether the gate is open."""
        return self.code is ViewCode.ALLOW

    @property
    def may_be_listed(self) -> bool:
        """Whether it stands on a list, from which the content of what is gone is gone too."""
        return self.code in (ViewCode.ALLOW, ViewCode.DISPOSED)

    @property
    def is_explained(self) -> bool:
        """Whether the officer may be told why the gate is shut."""
        return self.code in EXPLAINED

    @property
    def clause(self) -> str:
        """The clause of the grant it rests on."""
        return self.grant.clause if self.grant is not None else NO_CLAUSE

    @property
    def sentence(self) -> str:
        """The template of the sentence, over `facts`."""
        return SEEN if self.is_permitted else VIEW_CHECKS[self.code].denial

    @property
    def text(self) -> str:
        """The English sentence with the facts filled in."""
        return self.sentence.format_map(self.facts)

    @property
    def mend_text(self) -> str:
        """What would change the answer; empty where it is open."""
        return "" if self.is_permitted else VIEW_CHECKS[self.code].mend.format_map(self.facts)
