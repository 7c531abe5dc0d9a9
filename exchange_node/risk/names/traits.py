"""A word as sounds → what says at once that another word is far from it.

Consonants fall into groups: one of a group is hardly ever another spelling's one of another group.
A word is at least so far from another as the consonants cost that find none of their group there,
in the order in which they stand. Groups and costs come from `sounds`, and a law holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exchange_node.domain.names.sounds import COSTS, GAPS, LOOSE_GAPS, WEIGHTS

GROUPS = ("pbfv", "td", "szcCjSZ", "kgqxhG", "nN", "m", "l", "r")
"""Consonants that stand for one another; those of two groups seldom do."""

APART = 0.6
"""What it costs, at the least, that a consonant has none of its group on the other side."""

GONE = 0.9
"""What it costs, at the least, that a consonant has no consonant at all on the other side."""

_BITS = 16  # of each group; a word has hardly ever more consonants of one


@dataclass(frozen=True, slots=True)
class Traits:
    """What a word has.

    Attributes:
        has: the groups of its consonants in their order, without what may be none.
        places: of each group, where there may be one of it: the first sign is bit 0.
        owed: how often each group is in `has`, so many bits of its own set (`_BITS`).
        offered: how often there may be one of each group, told the same way.
        room: how many signs there are that may be a consonant.
        weight: of all its sounds; how far another is, is told as a share of it.
    """

    has: tuple[int, ...]
    places: tuple[int, ...]
    owed: int
    offered: int
    length: int
    room: int
    weight: float


def _stands_for(sign: str, group: str) -> bool:
    return any(COSTS[one][sign] < APART for one in group)


def _is_dear(sign: str, group: str) -> bool:
    """Whether it costs as much as that to have nothing of the group in the place of a sign."""
    others = (one for one in COSTS if not _stands_for(one, group))
    return min(GAPS[sign], LOOSE_GAPS[sign], *(COSTS[sign][one] for one in others)) >= APART


_MAY_BE = {
    sign: tuple(at for at, group in enumerate(GROUPS) if _stands_for(sign, group)) for sign in COSTS
}
_IS = {sign: at for at, group in enumerate(GROUPS) for sign in group if _is_dear(sign, group)}


def traits_of(said: str) -> Traits:
    """Return what a word has."""
    places = [0] * len(GROUPS)
    for position, sign in enumerate(said):
        for at in _MAY_BE[sign]:
            places[at] |= 1 << position
    has = tuple(_IS[sign] for sign in said if sign in _IS)
    return Traits(
        has=has,
        places=tuple(places),
        owed=_told_in_bits(has.count(at) for at in range(len(GROUPS))),
        offered=_told_in_bits(one.bit_count() for one in places),
        length=len(said),
        room=sum(1 for sign in said if _MAY_BE[sign]),
        weight=sum(WEIGHTS[sign] for sign in said),
    )


def _told_in_bits(counts: Iterable[int]) -> int:
    """Return counts, each as so many bits that are set; one of more than there are is cut."""
    return sum(((1 << min(count, _BITS)) - 1) << at * _BITS for at, count in enumerate(counts))


def are_far(one: Traits, other: Traits, least: float) -> bool:
    """Whether two words are surely less near than `least` (see `sounds.nearness`)."""
    most = (1.0 - least) * max(one.weight, other.weight)
    # Most words are far in what they have at all, whatever its order, and that is told at once.
    return (
        APART * (one.owed & ~other.offered).bit_count() > most
        or APART * (other.owed & ~one.offered).bit_count() > most
        or _lacks_for(one, other) > most
        or _lacks_for(other, one) > most
    )


def _lacks_for(one: Traits, other: Traits) -> float:
    """Return what it costs at the least that a word has consonants that the other cannot have.

    That is told by the longest sequence they can have in common, found bit by bit (Hyyrö,
    Bit-parallel LCS-length computation revisited, 2004).
    """
    places, every = other.places, (1 << other.length) - 1
    row = every
    for at in one.has:
        met = row & places[at]
        row = ((row + met) | (row - met)) & every
    lacking = len(one.has) - (other.length - row.bit_count())
    surplus = max(0, len(one.has) - other.room)
    return APART * lacking + (GONE - APART) * surplus
