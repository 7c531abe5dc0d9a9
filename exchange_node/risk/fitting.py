"""Values compared → matches: what fits, as written and as compared, and where it stands."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TypeAlias

from exchange_node.domain.decision import Match
from exchange_node.risk.places import Place

Compared: TypeAlias = tuple[Place, tuple[str, ...]]
"""A value with its place, and the forms in which it is compared; none of them is empty."""

PLACES_NAMED = 10
"""Places named per criterion: a plate stands in two or three, a commodity code may in 999."""


def said(criterion: str, alerted: str, found: str, compared: str, pointer: str) -> Match:
    """Return one match."""
    return Match(
        criterion=criterion, alerted=alerted, found=found, compared=compared, pointer=pointer
    )


def all_of(criteria: Iterable[tuple[Match, ...]]) -> tuple[Match, ...] | None:
    """Return the matches of all criteria together; None as soon as one has none."""
    found: list[Match] = []
    for matches in criteria:
        if not matches:
            return None
        found += matches
    return tuple(found)


def first_places(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Return the matches without repetitions, the first places of each criterion."""
    counts: dict[str, int] = {}
    kept = []
    for one in dict.fromkeys(matches):
        counts[one.criterion] = counts.get(one.criterion, 0) + 1
        if counts[one.criterion] <= PLACES_NAMED:
            kept.append(one)
    return tuple(kept)


def equal(
    criterion: str, alerted: str, wanted: Container[str], places: Iterable[Compared]
) -> tuple[Match, ...]:
    """Return the places one of whose forms is wanted, which are the forms of the alerted value.

    A value of blanks has no form, so it fits nothing.
    """
    return tuple(
        said(criterion, alerted, place.value, form, place.pointer)
        for place, forms in places
        if (form := next((one for one in forms if one in wanted), ""))
    )


def same_country(criterion: str, alerted: str, place: Place) -> tuple[Match, ...]:
    """Return the place if it holds the alerted country code."""
    wanted = alerted.strip().upper()
    if not wanted or place.value.strip().upper() != wanted:
        return ()
    return (said(criterion, alerted, place.value, wanted, place.pointer),)
