"""A text that somebody hands in → the agreement that it says, if this node can live under it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration, Agreement
from exchange_node.domain.countersigning.founding import FOUNDING_ID
from exchange_node.domain.errors import InvalidAgreementError, InvalidSettingError
from exchange_node.domain.finding import has_errors
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.policy.linting.lint import lint_text
from exchange_node.policy.text.reading import read_agreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.wco.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Reads texts of agreements that are to be kept."""

    own: Administration
    registry: Registry
    agreed: Derivation

    def usable(self, conn: Connection, text: str, name: str) -> Agreement:
        """Return what a text says.

        Raises:
            InvalidAgreementError: it cannot be read, names unknown fields, is not ours, or bears
                the name of the founding agreement; with it two exchanges would look alike.
        """
        agreement = read_agreement(text, name)
        if str(self.own.party) not in {party.node for party in agreement.parties}:
            raise InvalidAgreementError(
                which=name, place="parties", why=f"{self.own.party} is no party of it"
            )
        if agreement.agreement_id == FOUNDING_ID:
            raise InvalidAgreementError(
                which=name, place="agreement_id", why="every node holds an agreement of that name"
            )
        findings = lint_text(agreement, self.registry)
        if has_errors(findings):
            first = next(one for one in findings if one.is_error)
            raise InvalidAgreementError(which=name, place=first.pointer, why=first.text)
        try:
            self.agreed.of([*(one.agreement for one in held_agreements(conn)), agreement])
        except InvalidSettingError as err:
            raise InvalidAgreementError(which=name, place="grants", why=str(err)) from None
        return agreement
