"""Two words as sounds → how near they are, from 0 to 1; one word → its consonants in classes.

The distance is the least cost of turning one word into the other (Needleman and Wunsch, J. Mol.
Biol. 48, 1970), with costs that know what spellings confuse: a vowel costs little, a voiced for an
unvoiced consonant a little, another consonant all. Costs are our choice, made from how the
alphabets differ, sound by sound and never name by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from types import MappingProxyType

from exchange_node.domain.names.letters import VOWELS

LOOSE_GAP = 0.05
"""What a vowel costs that one side has and the other, written without vowels, leaves out."""

MEMORY = 65_536
"""Pairs of words whose nearness is remembered: names of one country repeat themselves."""

_NEAR: Mapping[str, float] = MappingProxyType(
    {
        # voice, and what one alphabet has one letter for
        "pb": 0.25, "td": 0.25, "kg": 0.3, "fv": 0.15, "sz": 0.2, "SZ": 0.25, "Cj": 0.25,
        "Zj": 0.05,
        "kq": 0.05, "gq": 0.15, "xh": 0.05, "xk": 0.3, "xq": 0.3, "hg": 0.3, "Gg": 0.05, "Gh": 0.3,
        "Gx": 0.25, "Gk": 0.3, "Gq": 0.2, "kh": 0.5, "gx": 0.45, "fp": 0.4, "vb": 0.4, "fb": 0.6,
        "cz": 0.25, "cs": 0.3, "Cc": 0.3, "CS": 0.35, "CZ": 0.35, "jS": 0.5, "Ss": 0.4, "Zz": 0.4,
        "jz": 0.4, "js": 0.6, "Zs": 0.6, "Sz": 0.6, "Cs": 0.6, "cj": 0.4, "Cz": 0.6, "cS": 0.6,
        "mn": 0.6, "nN": 0.25, "lr": 0.7, "jy": 0.5, "Zy": 0.6, "tc": 0.6, "tC": 0.7,
        # vowels
        "ao": 0.15, "ae": 0.15, "ei": 0.1, "ou": 0.1, "iu": 0.2, "eo": 0.25, "ai": 0.5, "au": 0.5,
        "eu": 0.45, "io": 0.45,
        # glides
        "yi": 0.05, "ye": 0.1, "yu": 0.25, "ya": 0.25, "yo": 0.3, "vu": 0.3, "vo": 0.35,
    }
)  # fmt: skip

_READ_AS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "J": {"j": 0.0, "Z": 0.0, "y": 0.05, "x": 0.4},
        "X": {"x": 0.0, "h": 0.05, "S": 0.25, "k": 0.3},
        "Q": {"k": 0.0, "q": 0.0, "g": 0.1, "C": 0.15},
        "H": {"C": 0.0, "x": 0.05, "S": 0.25, "k": 0.2, "h": 0.15},
        "K": {"k": 0.0, "j": 0.1, "c": 0.1, "s": 0.1, "C": 0.2},
        "A": {"a": 0.0, "o": 0.0, "e": 0.05, "i": 0.1, "u": 0.1},
        "W": {"v": 0.0, "u": 0.0, "o": 0.0, "a": 0.2, "y": 0.4},
        "Y": {"y": 0.0, "i": 0.0, "e": 0.0, "a": 0.1},
        "E": {"h": 0.1, "a": 0.0, "e": 0.0, "i": 0.1},
    }
)

_SOUNDS = "pbfvmnNtdszcCjSZkgqxhGlryaeiou"
_SIGNS = _SOUNDS + "".join(_READ_AS)
_WEAK = frozenset("AWYE")

_CLASS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys("pb", ("P",)),
        **dict.fromkeys("fv", ("F",)),
        **dict.fromkeys("td", ("T",)),
        **dict.fromkeys("kgqxG", ("K",)),
        **dict.fromkeys("szcCjSZ", ("S",)),
        **dict.fromkeys("nN", ("N",)),
        **dict.fromkeys("aeiouAy", ("",)),
        "m": ("M",), "l": ("L",), "r": ("R",), "h": ("K", ""), "J": ("S", ""), "X": ("K", "S"),
        "Q": ("K", "S"), "H": ("S", "K"), "K": ("K", "S"), "W": ("F", ""), "Y": ("",),
        "E": ("", "K"),
    }
)  # fmt: skip
_INITIAL_APART = 0.3
_ROUNDING = 1e-9

MOST_READINGS = 4
"""Readings of one word that keys are made of; of many doubtful letters the first reading counts."""


def _weight(sign: str) -> float:
    if sign in VOWELS or sign in _WEAK:
        return 0.4
    return 0.3 if sign == "y" else 1.0


def _gap(sign: str) -> float:
    if sign in VOWELS:
        return 0.3
    return {"y": 0.1, "h": 0.5, "J": 0.5, "A": 0.2, "W": 0.3, "Y": 0.15, "E": 0.1}.get(sign, 0.9)


def _plain_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _NEAR.get(one + other, _NEAR.get(other + one, 1.0))


def _cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return min(
        (
            mine + _plain_cost(a, b) + yours
            for (a, mine), (b, yours) in product(
                _READ_AS.get(one, {one: 0.0}).items(), _READ_AS.get(other, {other: 0.0}).items()
            )
        )
    )


COSTS = {a: {b: min(1.0, _cost(a, b)) for b in _SIGNS} for a in _SIGNS}
GAPS = {sign: _gap(sign) for sign in _SIGNS}
LOOSE_GAPS = GAPS | dict.fromkeys((*VOWELS, *_WEAK, "y"), LOOSE_GAP)
WEIGHTS = {sign: _weight(sign) for sign in _SIGNS}


def nearness(one: str, other: str, *, loose: bool = False) -> float:
    """Return how near two words are as sounds, from 0 (nothing in common) to 1 (the same).

    `loose`: one of them is in a script that leaves vowels out, or puts in its own.
    """
    if one == other:
        return 1.0 if one else 0.0
    if not one or not other:
        return 0.0
    return _nearness(*sorted((one, other)), loose)


@lru_cache(maxsize=MEMORY)
def _nearness(one: str, other: str, loose: bool) -> float:  # noqa: FBT001 - a key of the memory
    gaps = LOOSE_GAPS if loose else GAPS
    other_gaps = [gaps[b] for b in other]
    row = [0.0]
    for skip in other_gaps:
        row.append(row[-1] + skip)
    for a in one:
        row = _next_row(row, gaps[a], COSTS[a], other, other_gaps)
    return max(0.0, 1.0 - row[-1] / _longest(one, other))


def reaches(one: str, other: str, least: float, *, loose: bool = False) -> bool:
    """Whether two words are at least so near; told as soon as it is clear that they are not."""
    if one == other:
        return bool(one)
    if not one or not other:
        return False
    # Sums of the same costs in another order differ in the last digits.
    most = (1.0 - least) * _longest(one, other) + _ROUNDING
    gaps = LOOSE_GAPS if loose else GAPS
    other_gaps = [gaps[b] for b in other]
    row = [0.0]
    for skip in other_gaps:
        row.append(row[-1] + skip)
    for a in one:
        row = _next_row(row, gaps[a], COSTS[a], other, other_gaps)
        if min(row) > most:
            return False
    return row[-1] <= most


def _longest(one: str, other: str) -> float:
    return max(sum(WEIGHTS[a] for a in one), sum(WEIGHTS[b] for b in other))


def _next_row(
    before: list[float], gap: float, costs: Mapping[str, float], other: str, gaps: list[float]
) -> list[float]:
    """Return what it costs to turn one more sound of a word into each beginning of the other."""
    left = before[0] + gap
    row = [left]
    above = before[0]
    for b, skip, over in zip(other, gaps, before[1:], strict=True):
        cost = above + costs[b]
        # `min` takes three times as long, and this is where the time of names goes.
        if over + gap < cost:  # noqa: PLR1730 - see above
            cost = over + gap
        if left + skip < cost:  # noqa: PLR1730 - see above
            cost = left + skip
        above = over
        left = cost
        row.append(cost)
    return row


@lru_cache(maxsize=MEMORY)
def skeletons(word: str) -> tuple[str, ...]:
    """Return the consonants of a word in classes, in each reading; a word of vowels is `A`."""
    found = [""]
    for sign in word:
        classes = _CLASS[sign]
        if len(found) * len(classes) > MOST_READINGS:
            classes = classes[:1]
        found = [start + one for start in found for one in classes]
    return tuple(dict.fromkeys(one or "A" for one in found))


def first_classes(word: str) -> tuple[str, ...]:
    """Return the class of the first sound of a word, in each reading; a vowel is `A`."""
    if not word:
        return ()
    return tuple(one or "A" for one in _CLASS[word[0]])


def begins_alike(initial: str, word: str) -> bool:
    """Whether a word may be meant by an initial."""
    return bool(initial and word) and COSTS[initial[0]][word[0]] <= _INITIAL_APART
