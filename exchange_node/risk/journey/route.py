"""An alerted route against the way of a consignment: offices and countries in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exchange_node.domain.alert import Subject
from exchange_node.domain.decision import Match
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import Consignment, TransitManifest
from exchange_node.risk.fitting import said
from exchange_node.risk.places import Place, consignment_pointer

_COUNTRY = 2
"""Letters of a country; whatever is longer is an office, and begins with its country."""


def route(
    subject: Subject, manifest: TransitManifest, consignment: Consignment, position: int
) -> tuple[Match, ...]:
    """Return a match for each place of the alerted route, where all are passed in that order.

    Other places may lie between them. An office lies in the country that its code begins with, so
    that offices and countries keep one order.
    """
    countries = tuple(_countries(consignment, position))
    offices = tuple(_offices(manifest, consignment, position))
    found, country, office = [], 0, 0
    for alerted in subject.route:
        wanted = folded(alerted)
        if len(wanted) == _COUNTRY:
            at = _next(wanted, countries, country)
            if at is None:
                return ()
            place, country = countries[at], at
        else:
            at = _next(wanted, offices, office)
            if at is None or not wanted:
                return ()
            place, office = offices[at], at + 1
            lies = _next(wanted[:_COUNTRY], countries, country)
            if lies is None and any(folded(one.value) == wanted[:_COUNTRY] for one in countries):
                return ()  # its country is passed, and lies behind
            country = country if lies is None else lies
        found.append(said("route", alerted, place.value, wanted, place.pointer))
    return tuple(found)


def _next(wanted: str, places: Sequence[Place], start: int) -> int | None:
    ahead = range(start, len(places))
    return next((at for at in ahead if folded(places[at].value) == wanted), None)


def _countries(consignment: Consignment, position: int) -> Iterator[Place]:
    stem = consignment_pointer(position)
    last = ""
    for place in (
        Place(consignment.country_of_dispatch, f"{stem}/ExportCountry/ID"),
        *(
            Place(one, f"{stem}/Itinerary[{k}]/RoutingCountryCode")
            for k, one in enumerate(consignment.itinerary, start=1)
        ),
        Place(consignment.country_of_destination, f"{stem}/Destination/CountryCode"),
    ):
        if place.value and folded(place.value) != last:
            last = folded(place.value)
            yield place


def _offices(manifest: TransitManifest, consignment: Consignment, position: int) -> Iterator[Place]:
    """Yield the offices of the way, each once, where it is passed first."""
    stem = consignment_pointer(position)
    transit = "Declaration/Consignment/ext:TransitOffice/ext:ID"
    seen = set()
    for place in (
        Place(consignment.office_of_departure, f"{stem}/TransitDeparture/ID"),
        Place(manifest.declaration_office, "Declaration/DeclarationOfficeID"),
        Place(manifest.exit_office, "Declaration/ExitOffice/ID"),
        *(Place(one, transit) for one in manifest.offices_of_transit),
        Place(manifest.entry_office, "Declaration/EntryOffice/ID"),
        Place(consignment.office_of_destination, f"{stem}/TransitDestination/ID"),
    ):
        if place.value and place.value not in seen:
            seen.add(place.value)
            yield place
