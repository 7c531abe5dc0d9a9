"""A name → the keys under which it is looked up, so that not every two names need be compared.

A key is the consonants of one word in classes and the class in which another begins: names of one
person in two spellings share nearly always one of them, names of two people seldom any. What
shares none is not compared at all; `fits` keeps to that, so that an index finds what a walk over
everything would find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from exchange_node.domain.names.sounds import first_classes, skeletons
from exchange_node.risk.names.chinese import blurred_key
from exchange_node.risk.names.comparing import THRESHOLD, compared
from exchange_node.risk.names.reading import MEMORY, MOST_LETTERS, Name, Part, Word, read
from exchange_node.risk.names.sifting import Sieve, form_of

HEARING = "1"
"""Which keys these are; raised by whatever gives any name others, so that held names get them."""

MOST_KEYS = 64
"""Keys of one name."""

PAIRS = 65_536
"""Pairs of names of which it is remembered whether they fit."""

_MOST_KEYED = 5  # words of a name that keys are made of


def name_keys(text: str) -> frozenset[str]:
    """Return the keys of a name, at most `MOST_KEYS`; none for a text in which nothing is read."""
    return _name_keys(text[:MOST_LETTERS])


@lru_cache(maxsize=MEMORY)
def _name_keys(text: str) -> frozenset[str]:
    found: list[str] = []
    for key in _keys(read(text)):
        if key not in found:
            found.append(key)
        if len(found) == MOST_KEYS:
            break
    return frozenset(found)


def fits(one: str, other: str) -> float:
    """Return the score of two names where it reaches the threshold and they share a key, else 0."""
    if not name_keys(one) & name_keys(other):
        return 0.0
    near = compared(read(one), read(other))
    return near if near >= THRESHOLD else 0.0


def near_to(name: str) -> Callable[[str], bool]:
    """Return what says whether another name may fit one, both of them folded (`folded_words`).

    What is too long to be read whole may: what is cut off before it is folded is another part.
    """
    if len(name) > MOST_LETTERS:
        return bool
    sieve = Sieve(name)

    def is_near(other: str) -> bool:
        if len(other) > MOST_LETTERS:
            return True
        return sieve.passes(form_of(other)) and _fits(name, other)

    return is_near


@lru_cache(maxsize=PAIRS)
def _fits(one: str, other: str) -> bool:
    return bool(fits(one, other))


def _keys(name: Name) -> Iterator[str]:
    if name.chinese:
        yield "=" + blurred_key(frozenset(part for word in name.chinese for part in word))
    own = name.of(Part.NAME)[:_MOST_KEYED]
    others = [*own, *name.of(Part.INITIAL), *name.of(Part.FATHER), *name.of(Part.TRADE)]
    if len(own) == 1:
        yield from skeletons(own[0].sounds)
    if name.is_firm and len(own) > 1:
        yield from skeletons("".join(one.sounds for one in own))
    if name.is_firm and len(name.words) > len(own):
        yield from skeletons("".join(one.sounds for one in name.words))
    for at, word in enumerate(own):
        yield from _pairs(word, (one for one in others if one is not word))
        # Two words that another writes as one.
        for second in own[at + 1 : at + 2]:
            both = Word(Part.NAME, word.sounds + second.sounds)
            yield from _pairs(both, (one for one in others if one not in (word, second)))


def _pairs(word: Word, others: Iterable[Word]) -> Iterator[str]:
    every = skeletons(word.sounds)
    for beside in others:
        begins = (*first_classes(beside.sounds), *([beside.meaning] if beside.meaning else ()))
        yield from (f"{consonants}:{begin}" for consonants in every for begin in begins)
