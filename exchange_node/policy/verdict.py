"""What a gate answers: a code, the clause, a sentence, and the checks that led there.

Every gate walks checks in a fixed order and stops counting at the first that fails. A verdict holds
one set of facts; the sentences are templates over it, so that each door can say them in its
reader's language. `checks.CHECKS` is the whole list; docs/agreements.md prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from exchange_node.domain.agreement import Agreement, Grant
from exchange_node.domain.countersigning.standing import Standing
from exchange_node.domain.errors import NotPermittedError, SuspendedAgreementError
from exchange_node.domain.finding import NO_FACTS
from exchange_node.domain.message import BUSINESS_ANSWER
from exchange_node.policy.checks import CHECKS, Check, Code

__all__ = ["ALLOWED", "CHECKS", "NO_CLAUSE", "Check", "Code", "Step", "Verdict", "require"]


ALLOWED = "grant {grant} permits it"
NO_CLAUSE = "deny by default"


_Code = TypeVar("_Code", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[_Code]):
    """One check that a gate made: which, by the code of its denial, and whether it passed."""

    check: _Code
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer of a gate.

    Attributes:
        code: ALLOW, or the denial of the first check that failed.
        agreement, grant: what it was weighed against, as far as the checks came.
        facts: what the sentences are filled with.
        steps: the checks in their order; the last one decided.
        given_on: MessageId of the request that it is given on; empty where its grant asks for none.
        further: checks behind it, which decide nothing any more: what else would have to change.
    """

    code: Code
    agreement: Agreement | None = None
    grant: Grant | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)
    steps: tuple[Step[Code], ...] = ()
    further: tuple[Step[Code], ...] = ()
    given_on: str = ""

    @property
    def is_permitted(self) -> bool:
        """Whether the gate is open."""
        return self.code is Code.ALLOW

    @property
    def is_suspension(self) -> bool:
        """Whether a suspension alone denies it."""
        return self.code in (Code.SUSPENDED, Code.GRANT_SUSPENDED)

    @property
    def is_final(self) -> bool:
        """Whether the same message is never permitted again, whatever happens."""
        if self.is_permitted:
            return False
        if self.code in (Code.TERMINATED, Code.OVERTAKEN, Code.NO_REQUEST):
            return True
        gone = self.facts.get("state") in (Standing.EXPIRED, Standing.REFUSED)
        return gone and self.facts.get("code") != BUSINESS_ANSWER  # its day does not count

    @property
    def clause(self) -> str:
        """The clause it rests on: the grant's, else the agreement's legal basis."""
        if self.grant is not None:
            return self.grant.clause
        if self.agreement is not None and self.agreement.legal_basis:
            return self.agreement.legal_basis[0].citation
        return NO_CLAUSE

    @property
    def sentence(self) -> str:
        """The template of the sentence, over `facts`."""
        return ALLOWED if self.code is Code.ALLOW else CHECKS[self.code].denial

    @property
    def text(self) -> str:
        """The English sentence with the facts filled in."""
        return self.sentence.format_map(self.facts)


def require(verdict: Verdict) -> tuple[Agreement, Grant]:
    """Return the agreement and the grant of a permission.

    Raises:
        NotPermittedError: the verdict is a denial; the facts are its code, clause and sentence.
        SuspendedAgreementError: it is one that will pass when the suspension is lifted.
    """
    if verdict.is_permitted and verdict.agreement is not None and verdict.grant is not None:
        return verdict.agreement, verdict.grant
    denied = SuspendedAgreementError if verdict.is_suspension else NotPermittedError
    raise denied(denial=verdict.code.value, clause=verdict.clause, reason=verdict.text)
