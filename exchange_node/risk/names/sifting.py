"""A name and many others → those that may fit it, without comparing each with it in full.

Most names that share a key differ by a word that is plainly another one. Each word is therefore
held once against all the words of the others: first by its consonants, then by its sounds until
it is clear that it is too far away. A law holds this to `keys.fits`: what is left out never fits,
what is left may still not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from exchange_node.domain.names.sounds import reaches
from exchange_node.risk.names.comparing import JUST_ENOUGH, least_near
from exchange_node.risk.names.reading import Name, Part, Word, read
from exchange_node.risk.names.traits import Traits, are_far, traits_of

MEMORY = 131_072
"""Names whose words are remembered: more than the live alerts that look for somebody by name."""

PAIRS = 262_144
"""Pairs of words of which it is remembered whether they are near."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A word, or several taken together, as it is sifted; each is made once and only like itself.

    Attributes:
        loose: it is in a script that leaves vowels out.
    """

    said: str
    loose: bool
    traits: Traits


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """What a name is sifted by.

    Attributes:
        own: its own words, each once: none that is a father's name, an initial or a trade.
        joined: two neighbours taken together, each with the two.
        words: how many words its own are.
        spare: how many words of another name may be an initial or a father's name here.
        whole: of a firm, its own words taken together, and all its words.
        lengths, joinable: of its own words, how long they are; how long a word is that two
            neighbours of it are tried against as one. A length is a bit.
        can_be_syllables, has_characters, is_chinese: how it is compared where both are Chinese.
    """

    own: tuple[Sound, ...]
    joined: tuple[tuple[Sound, frozenset[Sound]], ...]
    words: int
    spare: int
    trades: frozenset[str]
    whole: tuple[Sound, Sound]
    lengths: int
    joinable: int
    is_firm: bool
    is_chinese: bool
    can_be_syllables: bool
    has_characters: bool


@lru_cache(maxsize=MEMORY)
def form_of(text: str) -> Form:
    """Return what a name is sifted by; of a very long one, what its beginning is."""
    return _form(read(text))


@lru_cache(maxsize=MEMORY)
def _sound(said: str, loose: bool) -> Sound:  # noqa: FBT001 - a key of the memory
    return Sound(said, loose, traits_of(said))


def _form(name: Name) -> Form:
    words = name.of(Part.NAME)
    own = [_sound(one.sounds, one.loose) for one in words]
    joined = tuple(
        (_together(words[at : at + 2]), frozenset(own[at : at + 2])) for at in range(len(own) - 1)
    )
    return Form(
        own=tuple(dict.fromkeys(own)),
        joined=joined,
        words=len(words),
        spare=len(name.of(Part.INITIAL)) + len(name.of(Part.FATHER)),
        trades=frozenset(one.meaning for one in name.of(Part.TRADE)),
        whole=(_together(words), _together(name.words)),
        lengths=_bits(len(one.said) for one in own),
        joinable=_bits(length for both, _ in joined for length in _about(len(both.said))),
        is_firm=name.is_firm,
        is_chinese=bool(name.chinese),
        can_be_syllables=any(one.syllables for one in name.words),
        has_characters=any(one.is_chinese for one in name.words),
    )


def _together(words: Sequence[Word]) -> Sound:
    return _sound("".join(one.sounds for one in words), any(one.loose for one in words))


def _bits(numbers: Iterable[int]) -> int:
    return reduce(or_, (1 << one for one in numbers), 0)


def _about(length: int) -> range:
    """Return how long a word is that two words of a length are tried against (`comparing`)."""
    return range(length - length // 3, length + length // 3 + 1)


class Sieve:
    """A name, and which words are near enough to each of its own; for one thread at a time."""

    def __init__(self, text: str) -> None:
        self._name = name = form_of(text)
        self._least = least_near(name.words + name.spare)
        self._all = (1 << len(name.own)) - 1
        self._near: dict[Sound, int] = {}
        self._near_joined: dict[Sound, int] = {}

    def passes(self, other: Form) -> bool:
        """Whether a name may fit; none of the two is longer than what is read of it."""
        name = self._name
        if _is_compared_by_syllables(name, other):
            return True
        is_firm = name.is_firm or other.is_firm
        if is_firm and name.trades and other.trades and not name.trades & other.trades:
            return False
        met, lone = 0, 0
        known = self._near
        for sound in other.own:
            near = known.get(sound)
            if near is None:
                near = self._near_to(sound)
            met |= near
            lone += not near
        mine = self._all & ~met
        if not _is_too_many(mine.bit_count() > other.spare, lone > name.spare, is_firm=is_firm):
            return True
        may_join = name.joinable & other.lengths or other.joinable & name.lengths
        if may_join and self._passes_joined(other, mine, is_firm=is_firm):
            return True
        return is_firm and self._passes_whole(other)

    def _passes_whole(self, other: Form) -> bool:
        """Whether all words of two firms may fit, taken together."""
        (own, every), (others_own, others_every) = self._name.whole, other.whole
        # Two that taken together are met once are not worth remembering.
        if own is others_own or _reaches(own, others_own, JUST_ENOUGH):
            return True
        if own is every and others_own is others_every:
            return False
        return every is others_every or _reaches(every, others_every, JUST_ENOUGH)

    def _passes_joined(self, other: Form, mine: int, *, is_firm: bool) -> bool:
        """Whether a name may fit where two neighbours count as one; `mine` are those left over."""
        name = self._name
        yours, joined = [], 0
        for sound in other.own:
            near = self._joined_near_to(sound)
            joined |= near
            if not near and not self._near_to(sound):
                yours.append(sound)
        for at, (_, two) in enumerate(name.joined):
            if joined >> at & 1:
                mine &= ~_bits(at for at, one in enumerate(name.own) if one in two)
        for both, two in other.joined:
            near_to = self._near_to(both)
            if near_to:
                mine &= ~near_to
                yours = [sound for sound in yours if sound not in two]
        # An initial may stand for two words that count as one.
        return not _is_too_many(
            mine.bit_count() > other.spare + (1 if other.spare and name.joined else 0),
            len(yours) > name.spare + (1 if name.spare and other.joined else 0),
            is_firm=is_firm,
        )

    def _near_to(self, sound: Sound) -> int:
        """Return which of its own words a word is near enough to, one bit each."""
        near = self._near.get(sound)
        if near is None:
            near = self._near[sound] = self._which(self._name.own, sound)
        return near

    def _joined_near_to(self, sound: Sound) -> int:
        """Return which two neighbours, taken together, a word is near enough to, one bit each."""
        near = self._near_joined.get(sound)
        if near is None:
            joined = (both for both, _ in self._name.joined)
            near = self._near_joined[sound] = self._which(joined, sound)
        return near

    def _which(self, words: Iterable[Sound], sound: Sound) -> int:
        least = self._least
        return _bits(
            at
            for at, mine in enumerate(words)
            if mine is sound or _reaches_again(mine, sound, least)
        )


def _is_too_many(mine: bool, yours: bool, *, is_firm: bool) -> bool:  # noqa: FBT001 - as they are
    """Whether words are left over that two names of one person, or of one firm, have not.

    A word that one firm has alone costs more than two names of it may differ by; of two people's
    names that each have a word of their own the score stays below.
    """
    return mine or yours if is_firm else mine and yours


def _is_compared_by_syllables(one: Form, other: Form) -> bool:
    return (
        (one.is_chinese and other.is_chinese)
        or (one.has_characters and other.can_be_syllables)
        or (other.has_characters and one.can_be_syllables)
    )


def _reaches(one: Sound, other: Sound, least: float) -> bool:
    if are_far(one.traits, other.traits, least):
        return False
    return reaches(one.said, other.said, least, loose=one.loose or other.loose)


_reaches_again = lru_cache(maxsize=PAIRS)(_reaches)
"""As `_reaches`, of words that many names have."""
