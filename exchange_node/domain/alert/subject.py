"""What an alert looks for, and which of it names somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType


class Nominal(StrEnum):
    """What nominal data names: who or what can be found again by it."""

    PARTY = "party"
    PERSON = "person"
    VEHICLE = "vehicle"
    CONTAINER = "container"
    CUSTOMS_SEAL = "customs seal"
    DOCUMENT = "document"


NOMINAL: Mapping[str, Nominal] = MappingProxyType(
    {
        "movement": Nominal.DOCUMENT,
        "document_type": Nominal.DOCUMENT,
        "document_id": Nominal.DOCUMENT,
        "party_role": Nominal.PARTY,
        "party_id": Nominal.PARTY,
        "party_issuer": Nominal.PARTY,
        "party_name": Nominal.PARTY,
        "person_role": Nominal.PERSON,
        "person_name": Nominal.PERSON,
        "person_born": Nominal.PERSON,
        "person_nationality": Nominal.PERSON,
        "person_document": Nominal.PERSON,
        "person_issuer": Nominal.PERSON,
        "means_id": Nominal.VEHICLE,
        "trailer_id": Nominal.VEHICLE,
        "equipment_id": Nominal.CONTAINER,
        "customs_seal": Nominal.CUSTOMS_SEAL,
    }
)
"""The criteria that are nominal, and what each names (WCO nCEN: the nominal part of a record stays
with those it is addressed to, the rest is for everybody). A role or an issuer is nothing without
its party, a day of birth or a nationality nothing without its person."""

_TELLS_NOBODY = frozenset(
    {
        "party_role",
        "party_issuer",
        "document_type",
        "person_role",
        "person_born",
        "person_nationality",
        "person_issuer",
    }
)
"""Nominal criteria that go with another and name nobody by themselves."""

SELECTIVE = (
    "movement", "document_id", "party_id", "party_name", "person_name", "person_document",
    "means_id", "trailer_id", "equipment_id", "customs_seal", "commodity_prefix", "description",
)  # fmt: skip
"""Criteria that pick out single consignments; the others only narrow them."""

_NO_CRITERION = "confidence"

NAMING = tuple(one for one in NOMINAL if one not in _TELLS_NOBODY)
"""Criteria that name somebody or something by themselves."""

TELLING = (*NAMING, "person_born")
"""Criteria that no text may repeat: those that name, and what gives a person away beside a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What to look for; every criterion that is set must fit (AND).

    Attributes:
        party_role: WCO class id of the role (30A consignor, 27A consignee, 18A carrier,
            57B declarant); empty means any.
        party_issuer: ISO 3166 alpha-2 of the country that gave the number; empty means any.
        document_type: UNCL 1001 of the document that has the number; empty means any.
        person_role: `DRV` driver, or the class id of a party's role; empty means any.
        person_born: day of birth, ISO 8601 (`1980-02-29`).
        person_document: number of an identity document, which `person_issuer` (ISO 3166 alpha-2)
            gave.
        commodity_prefix: 2 to 10 digits of the Harmonized System.
        description: words, all of which must occur in the goods description.
        offices, routing: any one of them fits.
        route: offices and countries, all of which the goods pass in this order.
        confidence: what the issuer holds of this subject on the Admiralty scale, where it is not
            what it holds of the alert; no criterion.
    """

    movement: str = ""
    document_type: str = ""
    document_id: str = ""
    party_role: str = ""
    party_id: str = ""
    party_issuer: str = ""
    party_name: str = ""
    person_role: str = ""
    person_name: str = ""
    person_born: str = ""
    person_nationality: str = ""
    person_document: str = ""
    person_issuer: str = ""
    means_id: str = ""
    means_nationality: str = ""
    trailer_id: str = ""
    equipment_id: str = ""
    customs_seal: str = ""
    commodity_prefix: str = ""
    description: str = ""
    origin: str = ""
    country_of_dispatch: str = ""
    country_of_destination: str = ""
    routing: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    confidence: str = ""

    @property
    def is_selective(self) -> bool:
        """Whether at least one criterion picks out single consignments."""
        return any(getattr(self, one) for one in SELECTIVE)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The names of the criteria that are set."""
        named = (one.name for one in fields(self) if one.name != _NO_CRITERION)
        return tuple(one for one in named if getattr(self, one))
