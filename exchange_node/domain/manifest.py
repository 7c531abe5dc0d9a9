"""What the node itself must read from a transit manifest: a view, not a second model.

The WCO document is the legal object; this is what matching, look-up and decisions need of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from exchange_node.domain.identifiers import MovementId


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person or company in a role; `role` is the WCO class (`Consignor`, `Carrier`, …)."""

    role: str
    name: str = ""
    id: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportMeans:
    """A vehicle, wagon, vessel or aircraft; `stage` is `departure` or `border`.

    Attributes:
        mode: UN/ECE Recommendation 19 (3 is road), one digit, empty when unknown.
        nationality: ISO 3166 alpha-2 of registration, empty when unknown.
    """

    id: str
    stage: str
    mode: str = ""
    nationality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportEquipment:
    """A container, wagon or trailer as a sealed unit, with its customs seals."""

    id: str
    customs_seals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsignmentItem:
    """One line of goods (WCO 29A). `gross_mass_kg` is never negative; 0 packages means bulk."""

    number: int
    commodity_code: str
    description: str
    gross_mass_kg: Decimal
    package_count: int = 0
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """Goods of one transport contract from one consignor to one consignee (WCO 28A)."""

    number: int
    office_of_departure: str = ""
    office_of_destination: str = ""
    country_of_dispatch: str = ""
    country_of_destination: str = ""
    itinerary: tuple[str, ...] = ()
    parties: tuple[Party, ...] = ()
    means: tuple[TransportMeans, ...] = ()
    equipment: tuple[TransportEquipment, ...] = ()
    transport_documents: tuple[str, ...] = ()
    items: tuple[ConsignmentItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that the manifest names, and where its number is; `type_code` is of UNCL 1001."""

    number: str
    pointer: str
    type_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Who drives, and where the manifest says so.

    Attributes:
        born: day of birth, ISO 8601.
        document, issuer: number of the identity document, and ISO 3166 alpha-2 of who gave it.
    """

    name: str
    pointer: str
    nationality: str = ""
    born: str = ""
    document: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitManifest:
    """What a transit document says that this node must read.

    Attributes:
        functional_reference: the sender's own reference (WCO D026).
        function: UNCL 1225: 9 original, 4 change, 1 cancellation, 7 duplicate.
        submitter: the party id of the sending administration.
        expected_arrival: at the entry office, where the document tells it.
        limit_date: the last day to arrive.
        papers: every document that it names by number, its guarantees among them.
    """

    movement: MovementId
    functional_reference: str
    function: str
    type_code: str
    submitter: str
    declaration_office: str
    issued_at: datetime
    consignments: tuple[Consignment, ...]
    declarant: Party | None = None
    border_means: TransportMeans | None = None
    entry_office: str = ""
    exit_office: str = ""
    offices_of_transit: tuple[str, ...] = ()
    gross_mass_kg: Decimal = Decimal(0)
    package_count: int = 0
    guarantee_references: tuple[str, ...] = ()
    expected_arrival: datetime | None = None
    limit_date: date | None = None
    papers: tuple[Paper, ...] = ()
    drivers: tuple[Driver, ...] = ()

    @property
    def offices(self) -> tuple[str, ...]:
        """Every customs office the document names, each once, in order of the route."""
        named = [self.declaration_office, self.exit_office, *self.offices_of_transit]
        named.append(self.entry_office)
        for one in self.consignments:
            named += [one.office_of_departure, one.office_of_destination]
        return tuple(dict.fromkeys(office for office in named if office))

    @property
    def all_means(self) -> tuple[TransportMeans, ...]:
        """The border means, then the departure means of every consignment."""
        border = (self.border_means,) if self.border_means else ()
        return (*border, *(means for one in self.consignments for means in one.means))

    @property
    def all_parties(self) -> tuple[Party, ...]:
        """The declarant, then the parties of every consignment."""
        declarant = (self.declarant,) if self.declarant else ()
        return (*declarant, *(party for one in self.consignments for party in one.parties))

    @property
    def all_equipment(self) -> tuple[TransportEquipment, ...]:
        """The equipment of every consignment."""
        return tuple(unit for one in self.consignments for unit in one.equipment)
