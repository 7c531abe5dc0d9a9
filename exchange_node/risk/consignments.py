"""One consignment against a subject: its parties, its route, its goods line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exchange_node.domain.alert import Subject
from exchange_node.domain.decision import Match
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import Consignment, ConsignmentItem, Party, TransitManifest
from exchange_node.risk.fitting import all_of, said, same_country
from exchange_node.risk.journey.persons import is_person_sought, persons
from exchange_node.risk.journey.route import route
from exchange_node.risk.keys import commodity_digits
from exchange_node.risk.names.keys import fits
from exchange_node.risk.names.reading import spoken
from exchange_node.risk.places import (
    ROLES,
    Place,
    consignment_pointer,
    folded_words,
    items_of,
    parties_of,
)

# Scripts written without blanks between words: there a word may begin anywhere.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"\w+")


def has_consignment_criteria(subject: Subject) -> bool:
    """Whether a subject asks for anything that must be together in one consignment."""
    return bool(
        _has_goods_criteria(subject)
        or _has_party_criteria(subject)
        or subject.country_of_dispatch
        or subject.country_of_destination
        or subject.routing
        or subject.route
        or is_person_sought(subject)
    )


def _has_goods_criteria(subject: Subject) -> bool:
    return bool(subject.commodity_prefix or subject.description or subject.origin)


def _has_party_criteria(subject: Subject) -> bool:
    return bool(subject.party_id or subject.party_name or subject.party_role)


def consignment_criteria(
    subject: Subject, manifest: TransitManifest, consignment: Consignment, position: int
) -> Iterator[tuple[Match, ...]]:
    """Yield the matches of each criterion that is set, for one consignment; none if it fails."""
    stem = consignment_pointer(position)
    if subject.country_of_dispatch:
        dispatch = Place(consignment.country_of_dispatch, f"{stem}/ExportCountry/ID")
        yield same_country("country_of_dispatch", subject.country_of_dispatch, dispatch)
    if subject.country_of_destination:
        goal = Place(consignment.country_of_destination, f"{stem}/Destination/CountryCode")
        yield same_country("country_of_destination", subject.country_of_destination, goal)
    if subject.routing:
        yield tuple(
            found
            for k, country in enumerate(consignment.itinerary, start=1)
            for alerted in subject.routing
            for found in same_country(
                "routing", alerted, Place(country, f"{stem}/Itinerary[{k}]/RoutingCountryCode")
            )
        )
    if subject.route:
        yield route(subject, manifest, consignment, position)
    if is_person_sought(subject):
        yield persons(subject, manifest, consignment, position)
    if _has_party_criteria(subject):
        yield tuple(
            found
            for party, pointer in parties_of(manifest, consignment, position)
            for found in _party(subject, party, pointer)
        )
    if _has_goods_criteria(subject):
        yield tuple(
            found
            for item, pointer in items_of(consignment, position)
            for found in all_of(_goods_criteria(subject, item, pointer)) or ()
        )


def _party(subject: Subject, party: Party, pointer: str) -> tuple[Match, ...]:
    """Match one party: its role, and its number or else its name."""
    role = ROLES.get(subject.party_role, subject.party_role)
    if role and party.role != role:
        return ()
    in_role = Match(
        criterion="party_role",
        alerted=subject.party_role,
        found=party.role,
        compared=role,
        pointer=pointer,
    )
    qualifier = (in_role,) if role else ()
    if not subject.party_id and not subject.party_name:
        return qualifier
    number = folded(subject.party_id)
    has_number = bool(number and folded(party.id)) and _is_comparable(subject, party)
    same_number = has_number and folded(party.id) == number
    same_name = _name(subject.party_name, party.name, f"{pointer}/Name")
    found = []
    if same_number:
        found.append(said("party_id", subject.party_id, party.id, number, f"{pointer}/ID"))
    if same_number or not has_number:
        found += same_name
    return (*found, *qualifier) if found else ()


def _is_comparable(subject: Subject, party: Party) -> bool:
    """Whether two numbers can be of one issuer: each country counts its taxpayers for itself.

    A manifest says the country of a party, which is where its number is from; whoever names none
    is compared with all.
    """
    issuer, country = subject.party_issuer.strip().upper(), party.country.strip().upper()
    return not issuer or not country or issuer == country


def _name(alerted: str, found: str, pointer: str) -> tuple[Match, ...]:
    """Match a name: written alike, or near enough in whatever script and spelling."""
    wanted, name = folded_words(alerted), folded_words(found)
    if wanted and wanted == name:
        return (said("party_name", alerted, found, name, pointer),)
    near = fits(alerted, found)
    if not near:
        return ()
    return (
        Match(
            criterion="party_name",
            alerted=alerted,
            found=found,
            compared=spoken(found),
            pointer=pointer,
            alerted_as=spoken(alerted),
            score=near,
        ),
    )


# ---------------------------------------------------------------- one goods line


def _goods_criteria(
    subject: Subject, item: ConsignmentItem, pointer: str
) -> Iterator[tuple[Match, ...]]:
    if subject.commodity_prefix:
        # The view keeps the one code that counts, not which of several it was.
        place = Place(item.commodity_code, f"{pointer}/Commodity/Classification/ID")
        yield _commodity(subject.commodity_prefix, place)
    if subject.description:
        place = Place(item.description, f"{pointer}/Commodity/Description")
        yield _words(subject.description, place)
    if subject.origin:
        origin = Place(item.origin, f"{pointer}/Origin[1]/CountryCode")
        yield same_country("origin", subject.origin, origin)


def _commodity(alerted: str, place: Place) -> tuple[Match, ...]:
    prefix = commodity_digits(alerted)
    if not prefix or not commodity_digits(place.value).startswith(prefix):
        return ()
    return (said("commodity_prefix", alerted, place.value, prefix, place.pointer),)


def _words(alerted: str, place: Place) -> tuple[Match, ...]:
    """Match a description: every alerted word begins a word of it.

    So `ткан` finds `ткани`, and `tea` does not find `steak`.
    """
    wanted = _WORD.findall(folded_words(alerted))
    text = folded_words(place.value)
    words = _WORD.findall(text)
    for one in wanted:
        anywhere = _UNSPACED.search(one) is not None and one in text
        if not anywhere and not any(word.startswith(one) for word in words):
            return ()
    if not wanted:
        return ()
    return (said("description", alerted, place.value, " ".join(wanted), place.pointer),)
