"""Manifest → its values, each with the place in the WCO document where it stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import (
    Consignment,
    ConsignmentItem,
    Party,
    TransitManifest,
    TransportMeans,
)

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "05A": "Agent",
        "18A": "Carrier",
        "27A": "Consignee",
        "30A": "Consignor",
        "57B": "Declarant",
        "89A": "NotifyParty",
    }
)
"""WCO class ids of the roles that an alert may name, and the classes."""

BORDER = "border"
_DEPARTURE_MEANS = 9


@dataclass(frozen=True, slots=True)
class Place:
    """A value as it is written and the pointer to where it stands."""

    value: str
    pointer: str


def single_form(text: str) -> tuple[str, ...]:
    """Return what a number is compared as: one form, or none for a text of blanks."""
    whole = folded(text)
    return (whole,) if whole else ()


def folded_words(text: str) -> str:
    """Return a name or a description as it is compared: case, width and blanks do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def consignment_pointer(position: int) -> str:
    """Return the pointer of a consignment, counted from 1."""
    return f"Declaration/Consignment[{position}]"


def means_of(manifest: TransitManifest) -> Iterator[tuple[TransportMeans, Place]]:
    """Yield every means of transport with the place of its identification."""
    if manifest.border_means is not None:
        yield (
            manifest.border_means,
            Place(manifest.border_means.id, "Declaration/BorderTransportMeans/ID"),
        )
    further_at_border = 0
    for i, consignment in enumerate(manifest.consignments, start=1):
        for j, means in enumerate(consignment.means, start=1):
            if means.stage == BORDER:
                further_at_border += 1
                pointer = f"Declaration/ext:FurtherTransportMeans[{further_at_border}]/ext:ID"
            else:
                pointer = f"{consignment_pointer(i)}/{_departure_step(j)}"
            yield means, Place(means.id, pointer)


def _departure_step(position: int) -> str:
    """Return where the means of a consignment stands: the first nine in WCO's own class."""
    if position <= _DEPARTURE_MEANS:
        return f"DepartureTransportMeans[{position}]/ID"
    return f"ext:FurtherTransportMeans[{position - _DEPARTURE_MEANS}]/ext:ID"


def equipment_of(manifest: TransitManifest) -> Iterator[Place]:
    """Yield the number of every container, wagon or trailer that is a sealed unit."""
    for i, consignment in enumerate(manifest.consignments, start=1):
        for j, unit in enumerate(consignment.equipment, start=1):
            yield Place(unit.id, f"{consignment_pointer(i)}/TransportEquipment[{j}]/ID")


def customs_seals_of(manifest: TransitManifest) -> Iterator[Place]:
    """Yield the number of every customs seal."""
    for i, consignment in enumerate(manifest.consignments, start=1):
        for j, unit in enumerate(consignment.equipment, start=1):
            stem = f"{consignment_pointer(i)}/TransportEquipment[{j}]"
            for k, number in enumerate(unit.customs_seals, start=1):
                yield Place(number, f"{stem}/Seal[{k}]/ID")


def offices_of(manifest: TransitManifest) -> Iterator[Place]:
    """Yield the code of every customs office that the document names."""
    single = (
        Place(manifest.declaration_office, "Declaration/DeclarationOfficeID"),
        Place(manifest.exit_office, "Declaration/ExitOffice/ID"),
        Place(manifest.entry_office, "Declaration/EntryOffice/ID"),
    )
    yield from (one for one in single if one.value)
    for i, consignment in enumerate(manifest.consignments, start=1):
        stem = consignment_pointer(i)
        ends = (
            Place(consignment.office_of_departure, f"{stem}/TransitDeparture/ID"),
            Place(consignment.office_of_destination, f"{stem}/TransitDestination/ID"),
        )
        yield from (one for one in ends if one.value)
    # The view names each office of transit once, so there is no position to point at.
    for office in manifest.offices_of_transit:
        yield Place(office, "Declaration/Consignment/ext:TransitOffice/ext:ID")


def parties_of(
    manifest: TransitManifest, consignment: Consignment, position: int
) -> Iterator[tuple[Party, str]]:
    """Yield the declarant and the parties of one consignment, each with its pointer."""
    if manifest.declarant is not None:
        yield manifest.declarant, f"Declaration/{manifest.declarant.role}"
    for party in consignment.parties:
        yield party, f"{consignment_pointer(position)}/{party.role}"


def items_of(consignment: Consignment, position: int) -> Iterator[tuple[ConsignmentItem, str]]:
    """Yield the goods lines of one consignment, each with its pointer."""
    for j, item in enumerate(consignment.items, start=1):
        yield item, f"{consignment_pointer(position)}/ConsignmentItem[{j}]"
