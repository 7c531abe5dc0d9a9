"""Who agrees: the two sides of a text, and the administration that a node belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange_node.domain.agreement.keys import key
from exchange_node.domain.agreement.shapes import COUNTRY, LANGUAGE, SHA256
from exchange_node.domain.identifiers import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyName:
    """What an administration is called in one language and script."""

    language: str = field(metadata=key("Language and script of the name", shape=LANGUAGE))
    name: str = field(metadata=key("The name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who binds a party."""

    name: str = field(metadata=key("Name of who signs"))
    office: str = field(metadata=key("Office of who signs"))
    authority: str = field(default="", metadata=key("What the power to sign rests on"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementParty:
    """One side: its country, its administration's name, its node (JC 1, MBA 1)."""

    country: str = field(metadata=key("Country (ISO 3166-1 alpha-2)", shape=COUNTRY, acts=True))
    administration: str = field(metadata=key("Administration", acts=True))
    node: str = field(metadata=key("Party id of its node on the wire", acts=True))
    certificates: tuple[str, ...] = field(
        default=(),
        metadata=key(
            "SHA-256 of the certificates that sign for it", shape=SHA256, most=20, acts=True
        ),
    )
    names: tuple[PartyName, ...] = field(
        default=(), metadata=key("Its name in other languages and scripts", most=20)
    )
    signatory: Signatory | None = field(default=None, metadata=key("Who signs for it"))


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
