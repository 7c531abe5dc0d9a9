"""The route: its ends are those of the goods, and every office lies on it, in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.codelists import NO_EQUAL
from exchange_node.wco.document import Document, Leaf

ROUTE_STARTS_ELSEWHERE = Rule(
    code="CAREC-R303",
    severity=Severity.WARNING,
    sentence="the route starts in {value}, the goods are dispatched from {country} ({pointer})",
    mend="Name every country of the route in order, from dispatch to destination.",
)
ROUTE_ENDS_ELSEWHERE = Rule(
    code="CAREC-R304",
    severity=Severity.WARNING,
    sentence="the route ends in {value}, the destination is {country} ({pointer})",
    mend="Name every country of the route in order, from dispatch to destination.",
)
DEPARTURE_OFF_ROUTE = Rule(
    code="CAREC-R307",
    severity=Severity.WARNING,
    sentence="the office of departure {value} is in {country}, which is not on the route"
    " ({pointer})",
    mend="Check the office, and name every country of the route in order.",
)
DESTINATION_OFF_ROUTE = Rule(
    code="CAREC-R308",
    severity=Severity.WARNING,
    sentence="the office of destination {value} is in {country}, which is not on the route"
    " ({pointer})",
    mend="Check the office, and name every country of the route in order.",
)
TRANSIT_OFF_ROUTE = Rule(
    code="CAREC-R309",
    severity=Severity.WARNING,
    sentence="the office of transit {value} is in {country}, which is not on the route ({pointer})",
    mend="Check the office, and name every country of the route in order.",
)
OFFICES_OUT_OF_ORDER = Rule(
    code="CAREC-R310",
    severity=Severity.WARNING,
    sentence="the office {value} stands after {before}, but the route comes to {country} earlier"
    " ({pointer})",
    mend="Name the offices in the order in which the goods come to them.",
)
RULES = (
    ROUTE_STARTS_ELSEWHERE, ROUTE_ENDS_ELSEWHERE, DEPARTURE_OFF_ROUTE, DESTINATION_OFF_ROUTE,
    TRANSIT_OFF_ROUTE, OFFICES_OUT_OF_ORDER,
)  # fmt: skip

_CONSIGNMENT = "Declaration/Consignment"
_LIES_IN = {"XI": "GB"}
"""Countries that offices are named by and routes are not: XI is Northern Ireland in NCTS."""

_OFFICE = re.compile(r"[A-Z]{2}[A-Z0-9]+")


@dataclass(slots=True)
class Way:
    """What one consignment says of its way.

    Attributes:
        route: the countries of the itinerary, in its order.
        departure, transit, destined: the offices.
    """

    route: list[Leaf] = field(default_factory=list)
    dispatch: str = ""
    destination: str = ""
    departure: list[Leaf] = field(default_factory=list)
    transit: list[Leaf] = field(default_factory=list)
    destined: list[Leaf] = field(default_factory=list)

    @property
    def countries(self) -> list[str]:
        """Every country on the way, in order; the ends are on it though the itinerary omit them."""
        found = [one.value for one in self.route]
        if self.dispatch and found[:1] != [self.dispatch]:
            found.insert(0, self.dispatch)
        if self.destination and found[-1:] != [self.destination]:
            found.append(self.destination)
        return found

    @property
    def crossed(self) -> frozenset[str]:
        """The countries on the way, and those whose offices the goods come to."""
        offices = (*self.departure, *self.transit, *self.destined)
        found = (country_of(one.value) for one in offices)
        return frozenset(self.countries) | frozenset(one for one in found if one)


def country_of(office: str) -> str:
    """Return the country that the code of an office begins with, "" where it names none."""
    country = office[:2]
    return country if _OFFICE.fullmatch(office) and country != NO_EQUAL else ""


def ways_of(document: Document) -> tuple[Way, ...]:
    """Return the way of each consignment, in their order."""
    found: dict[str, Way] = {}
    for leaf in document.at(f"{_CONSIGNMENT}/Itinerary/RoutingCountryCode"):
        _way(found, leaf).route.append(leaf)
    for leaf in document.at(f"{_CONSIGNMENT}/ExportCountry/ID"):
        _way(found, leaf).dispatch = leaf.value
    for leaf in document.at(f"{_CONSIGNMENT}/Destination/CountryCode"):
        _way(found, leaf).destination = leaf.value
    for leaf in document.at(f"{_CONSIGNMENT}/TransitDeparture/ID"):
        _way(found, leaf).departure.append(leaf)
    for leaf in document.at(f"{_CONSIGNMENT}/ext:TransitOffice/ext:ID"):
        _way(found, leaf).transit.append(leaf)
    for leaf in document.at(f"{_CONSIGNMENT}/TransitDestination/ID"):
        _way(found, leaf).destined.append(leaf)
    return tuple(found[one] for one in sorted(found, key=lambda one: (len(one), one)))


def _way(found: dict[str, Way], leaf: Leaf) -> Way:
    return found.setdefault(leaf.pointer.split("/", 2)[1], Way())


def check_route(document: Document) -> tuple[Finding, ...]:
    """Return where route, ends and offices of a manifest do not fit each other."""
    findings: list[Finding] = []
    for way in ways_of(document):
        if way.route:
            findings += _ends(way)
            findings += _offices(way)
    return tuple(findings)


def _ends(way: Way) -> Iterator[Finding]:
    first, last = way.route[0], way.route[-1]
    if way.dispatch and first.value != way.dispatch:
        yield ROUTE_STARTS_ELSEWHERE.found(
            pointer=first.pointer, value=first.value, country=way.dispatch
        )
    if way.destination and last.value != way.destination:
        yield ROUTE_ENDS_ELSEWHERE.found(
            pointer=last.pointer, value=last.value, country=way.destination
        )


def _offices(way: Way) -> Iterator[Finding]:
    """Hold the offices to the route; one whose code does not name its country is passed over."""
    countries = way.countries
    place, before = 0, ""
    for rule, offices in (
        (DEPARTURE_OFF_ROUTE, way.departure),
        (TRANSIT_OFF_ROUTE, way.transit),
        (DESTINATION_OFF_ROUTE, way.destined),
    ):
        for leaf in offices:
            country = country_of(leaf.value)
            if not country:
                continue
            if country not in countries:
                country = _LIES_IN.get(country, country)
            if country not in countries:
                yield rule.found(pointer=leaf.pointer, value=leaf.value, country=country)
            elif country not in countries[place:]:
                yield OFFICES_OUT_OF_ORDER.found(
                    pointer=leaf.pointer, value=leaf.value, country=country, before=before
                )
            else:
                place = countries.index(country, place)
                before = leaf.value
