"""A text that somebody hands in → the agreement that it says, if this node can live under it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration, Agreement
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.errors import InvalidAgreementError, InvalidSettingError
from exchange_node.domain.finding import has_errors
from exchange_node.domain.standing import STANDING_IDS
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.linting.lint import lint_text
from exchange_node.policy.text.reading import read_agreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.wco.registry import Registry

MOST_OPEN = 20
_TAKEN = (
    "one of that name is held here between other parties: give it another, or first refuse the "
    "offer that bears it"
)


def _keeps_out(held: HeldAgreement, agreement: Agreement) -> bool:
    """Whether a version of other parties keeps the id; what was refused keeps its number alone."""
    other = held.agreement
    parties = {one.node for one in agreement.parties}
    return (
        other.agreement_id == agreement.agreement_id
        and held.stage is not Stage.REFUSED
        and {one.node for one in other.parties} != parties
    )


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
        if agreement.agreement_id in STANDING_IDS:
            raise InvalidAgreementError(
                which=name, place="agreement_id", why="every node holds an agreement of that name"
            )
        held = held_agreements(conn)
        if any(_keeps_out(one, agreement) for one in held):
            raise InvalidAgreementError(which=name, place="agreement_id", why=_TAKEN)
        findings = lint_text(agreement, self.registry)
        if has_errors(findings):
            first = next(one for one in findings if one.is_error)
            raise InvalidAgreementError(which=name, place=first.pointer, why=first.text)
        try:
            self.agreed.of([*(one.agreement for one in held), agreement])
        except InvalidSettingError as err:
            raise InvalidAgreementError(which=name, place="grants", why=str(err)) from None
        return agreement

    def has_room(self, conn: Connection, offered: Agreement, partner: str) -> bool:
        """Whether a partner may offer one more version, beside those that wait for an answer."""
        own = str(self.own.party)
        waiting = [
            one
            for one in held_agreements(conn)
            if one.stage is Stage.OFFERED
            and one.agreement.is_between(partner, own)
            and one.agreement.digest != offered.digest
        ]
        return len(waiting) < MOST_OPEN
