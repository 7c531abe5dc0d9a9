"""A movement that was drawn: who, what, on which lorry, which way and when."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from exchange_node.domain.identifiers import MovementId, PartyId
from exchange_node.domain.manifest import (
    Consignment,
    ConsignmentItem,
    Party,
    TransitManifest,
    TransportEquipment,
    TransportMeans,
)

if TYPE_CHECKING:
    from datetime import datetime


_LATIN = str.maketrans({"新": "Xin", "У": "Y", "Б": "B", "Д": "D", "Г": "G"})
"""Letters of plates as manifests spell them: what is sent abroad is written in Latin letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trader:
    """A company that does not exist."""

    name: str
    id: str
    country: str
    city: str
    street: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One line of goods: HS subheading with four digits behind it, kilograms, US dollars."""

    code: str
    description: str
    origin: str
    packages: int
    package_kind: str
    net_kg: Decimal
    gross_kg: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One lorry on its way.

    Attributes:
        number: its place in the traffic, from 1.
        container: empty where the trailer is sealed itself.
        stamp: 32 hexadecimal digits, for ids of documents.
    """

    number: int
    mrn: str
    stamp: str
    sender: str
    recipient: str
    departure: str
    exit: str
    entry: str
    destination: str
    released_at: datetime
    expected_arrival: datetime
    limit: datetime
    consignor: Trader
    consignee: Trader
    declarant: Trader
    carrier: Trader
    tractor: str
    trailer: str
    nationality: str
    container: str
    seals: tuple[str, ...]
    goods: tuple[Goods, ...]
    waybill: str
    guarantee: str

    @property
    def manifest(self) -> TransitManifest:
        """What the node reads of the movement's manifest."""
        tractor, trailer = (one.translate(_LATIN) for one in (self.tractor, self.trailer))
        unit = TransportEquipment(id=self.container or trailer, customs_seals=self.seals)
        means = tuple(
            TransportMeans(id=one, stage="departure", mode="3", nationality=self.nationality)
            for one in (tractor, trailer)
        )
        return TransitManifest(
            movement=MovementId(country=self.sender, scheme="mrn", value=self.mrn),
            functional_reference=f"SIM-{self.stamp[:12]}",
            function="9",
            type_code="85",
            submitter=str(PartyId.of_country(self.sender)),
            declaration_office=self.departure,
            issued_at=self.released_at,
            consignments=(
                Consignment(
                    number=1,
                    office_of_departure=self.departure,
                    office_of_destination=self.destination,
                    country_of_dispatch=self.sender,
                    country_of_destination=self.recipient,
                    itinerary=(self.sender, self.recipient),
                    parties=(
                        _party("Carrier", self.carrier),
                        _party("Consignee", self.consignee),
                        _party("Consignor", self.consignor),
                    ),
                    means=means,
                    equipment=(unit,),
                    transport_documents=(self.waybill,),
                    items=tuple(
                        ConsignmentItem(
                            number=place,
                            commodity_code=one.code[:6],
                            description=one.description,
                            gross_mass_kg=one.gross_kg,
                            package_count=one.packages,
                            origin=one.origin,
                        )
                        for place, one in enumerate(self.goods, start=1)
                    ),
                ),
            ),
            declarant=_party("Declarant", self.declarant),
            border_means=TransportMeans(
                id=tractor, stage="border", mode="3", nationality=self.nationality
            ),
            entry_office=self.entry,
            exit_office=self.exit,
            gross_mass_kg=sum((one.gross_kg for one in self.goods), Decimal(0)),
            package_count=sum(one.packages for one in self.goods),
            guarantee_references=(self.guarantee,),
            expected_arrival=self.expected_arrival,
            limit_date=self.limit.date(),
        )


def _party(role: str, trader: Trader) -> Party:
    return Party(role=role, name=trader.name, id=trader.id, country=trader.country)
