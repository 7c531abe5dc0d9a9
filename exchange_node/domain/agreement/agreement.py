"""One version of an agreement, and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exchange_node.domain.agreement.grant import Grant
from exchange_node.domain.agreement.party import AgreementParty


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of an agreement; in force from `in_force_on` up to and including `expires_on`.

    Attributes:
        digest: SHA-256 of the canonical JSON of the text, lower-case hex.
        test: true means test data only; test and production never mix.
    """

    agreement_id: str
    version: int
    title: str
    parties: tuple[AgreementParty, AgreementParty]
    in_force_on: date
    expires_on: date
    test: bool
    grants: tuple[Grant, ...]
    digest: str
    legal_basis: tuple[str, ...] = ()

    def is_between(self, one: str, other: str) -> bool:
        """Whether these two nodes are its parties."""
        return {one, other} == {party.node for party in self.parties}

    def is_in_force(self, on: date) -> bool:
        """Whether its dates cover a day (UTC)."""
        return self.in_force_on <= on <= self.expires_on

    def grant(self, grant_id: str) -> Grant | None:
        """Return the grant of that id."""
        return next((one for one in self.grants if one.grant_id == grant_id), None)
