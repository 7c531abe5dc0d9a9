"""One version of an agreement, and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from exchange_node.domain.agreement.clauses.assistance import (
    Breach,
    PersonalData,
    PostponementGround,
    RefusalGround,
    Requests,
)
from exchange_node.domain.agreement.clauses.basis import (
    Annex,
    Costs,
    Disputes,
    Equivalence,
    LegalBasis,
    Reciprocity,
    Scope,
)
from exchange_node.domain.agreement.clauses.comparison import Comparison
from exchange_node.domain.agreement.clauses.course import Suspension, Termination, Validity
from exchange_node.domain.agreement.clauses.operation import (
    ChangeRules,
    Contact,
    Fallback,
    Log,
    Security,
    ServiceLevel,
)
from exchange_node.domain.agreement.grant import Grant
from exchange_node.domain.agreement.keys import key
from exchange_node.domain.agreement.party import AgreementParty
from exchange_node.domain.agreement.shapes import AGREEMENT_ID, LANGUAGE

FORMAT = "carec-agreement-1"
"""What `format` must say; another shape of the text will have another name."""

MAX_VERSION = 999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of an agreement; in force from its first day up to and including its last.

    Attributes:
        digest: SHA-256 of the canonical JSON of the text, lower-case hex; no key of it.
        test: true means test data only; test and production never mix.
    """

    format: str = field(
        default=FORMAT,
        metadata=key("Shape of the text", known=(FORMAT,), is_required=True, acts=True),
    )
    agreement_id: str = field(metadata=key("Name of the agreement", shape=AGREEMENT_ID, acts=True))
    version: int = field(metadata=key("Version", low=1, high=MAX_VERSION, acts=True))
    supersedes: int | None = field(
        default=None,
        metadata=key("Version that it takes the place of", low=1, high=MAX_VERSION),
    )
    title: str = field(metadata=key("Title"))
    languages: tuple[str, ...] = field(
        default=(), metadata=key("Languages of the agreement", shape=LANGUAGE)
    )
    authentic_language: str = field(
        default="", metadata=key("Language that prevails", shape=LANGUAGE)
    )
    test: bool = field(metadata=key("For test data alone", acts=True))
    parties: tuple[AgreementParty, ...] = field(metadata=key("Parties", least=2, most=2, acts=True))
    legal_basis: tuple[LegalBasis, ...] = field(default=(), metadata=key("Legal basis", acts=True))
    equivalence: Equivalence = field(default=Equivalence(), metadata=key("Electronic form"))
    scope: Scope = field(default=Scope(), metadata=key("Scope"))
    validity: Validity = field(metadata=key("Validity", acts=True))
    grants: tuple[Grant, ...] = field(metadata=key("Grants", least=1, acts=True))
    personal_data: PersonalData | None = field(default=None, metadata=key("Personal data"))
    requests: Requests | None = field(default=None, metadata=key("Requests for assistance"))
    refusal_grounds: tuple[RefusalGround, ...] = field(
        default=(), metadata=key("Grounds to refuse", most=20)
    )
    postponement_grounds: tuple[PostponementGround, ...] = field(
        default=(), metadata=key("Grounds to postpone", most=20)
    )
    reciprocity: Reciprocity | None = field(default=None, metadata=key("Reciprocity"))
    sla: ServiceLevel | None = field(default=None, metadata=key("Service"))
    fallback: Fallback | None = field(default=None, metadata=key("When the line is down"))
    comparison: Comparison | None = field(default=None, metadata=key("Exit and entry compared"))
    security: Security | None = field(default=None, metadata=key("Technical security"))
    log: Log | None = field(default=None, metadata=key("Proof"))
    contact_points: tuple[Contact, ...] = field(default=(), metadata=key("Contact points"))
    costs: Costs | None = field(default=None, metadata=key("Costs"))
    disputes: Disputes | None = field(default=None, metadata=key("Differences"))
    change_rules: ChangeRules | None = field(default=None, metadata=key("Changes"))
    suspension: Suspension | None = field(default=None, metadata=key("Suspension"))
    termination: Termination | None = field(default=None, metadata=key("Termination"))
    breach: Breach | None = field(default=None, metadata=key("Unauthorised use"))
    annexes: tuple[Annex, ...] = field(default=(), metadata=key("Annexes"))
    digest: str

    @property
    def in_force_on(self) -> date:
        """Its first day (UTC)."""
        return self.validity.in_force_on

    @property
    def expires_on(self) -> date:
        """Its last day (UTC)."""
        return self.validity.expires_on

    def is_between(self, one: str, other: str) -> bool:
        """Whether these two nodes are its parties."""
        return {one, other} == {party.node for party in self.parties}

    def is_in_force(self, on: date) -> bool:
        """Whether its dates cover a day (UTC)."""
        return self.in_force_on <= on <= self.expires_on

    def grant(self, grant_id: str) -> Grant | None:
        """Return the grant of that id."""
        return next((one for one in self.grants if one.grant_id == grant_id), None)
