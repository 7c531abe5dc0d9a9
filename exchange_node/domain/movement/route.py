"""Manifest → route: which administrations take part in a movement, and each one's part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.movement.states import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who takes part, by party id.

    Attributes:
        destination: empty where the document does not tell; then nobody is waited for there.
        transit: in the order of the route.
    """

    departure: str
    destination: str
    transit: tuple[str, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        """Everyone, from departure to destination."""
        named = (self.departure, *self.transit, self.destination)
        return tuple(dict.fromkeys(one for one in named if one))

    def part_of(self, party: str) -> Part | None:
        """Return a party's part; None for one that has none."""
        if party == self.departure:
            return Part.DEPARTURE
        if party and party == self.destination:
            return Part.DESTINATION
        return Part.TRANSIT if party in self.transit else None

    def diverted(self, party: str, *, ends_there: bool) -> Route:
        """Return the route over a party that nobody planned, or to it as its new end.

        Who was planned stays in it: what it saw or will see is still its own to tell.
        """
        if ends_there and party not in (self.departure, self.destination):
            before = tuple(
                one for one in (*self.transit, self.destination) if one not in ("", party)
            )
            return replace(self, transit=tuple(dict.fromkeys(before)), destination=party)
        if self.part_of(party) is None:
            return replace(self, transit=(*self.transit, party))
        return self

    def beside(self, earlier: Route) -> Route:
        """Return this route with who took part in an earlier one: it was told, and may tell."""
        others = tuple(one for one in earlier.parties if self.part_of(one) is None)
        return replace(self, transit=(*self.transit, *others))


def route_of(manifest: TransitManifest, *, departure: str) -> Route:
    """Return the route that a manifest of an administration tells.

    An office names its country by its first two letters; a country is its administration's.
    """
    destinations = [
        party
        for one in manifest.consignments
        for party in _parties(one.office_of_destination[:2], one.country_of_destination)
    ]
    destination = next(iter(destinations), "")
    countries = [office[:2] for office in manifest.offices]
    for one in manifest.consignments:
        countries += one.itinerary
    between = dict.fromkeys([*_parties(*countries), *destinations])
    return Route(
        departure=departure,
        destination="" if destination == departure else destination,
        transit=tuple(one for one in between if one not in (departure, destination)),
    )


def _parties(*countries: str) -> Iterator[str]:
    for country in countries:
        try:
            yield str(PartyId.of_country(country))
        except MalformedIdentifierError:
            continue
