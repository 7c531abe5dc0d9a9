"""Who agrees: the two sides of a text, and the administration that a node belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from exchange_node.domain.identifiers import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementParty:
    """One side: its country, its administration's name, its node."""

    country: str
    administration: str
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """The customs administration a node belongs to.

    Attributes:
        name: as it stands in `ResponsibleAgencyName` (WCO 9016, an..70).
        test: whether this node handles test data; test and production never mix.
    """

    party: PartyId
    name: str
    test: bool

    @property
    def country(self) -> str:
        """ISO 3166 alpha-2, upper case."""
        return self.party.country
