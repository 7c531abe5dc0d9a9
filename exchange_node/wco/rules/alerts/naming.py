"""A text → whether it gives away a name or a number that it is to leave out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from anyascii import anyascii

from exchange_node.domain.identifiers import folded
from exchange_node.domain.names.letters import folded_letters, sounds_of
from exchange_node.domain.names.sounds import nearness, skeletons
from exchange_node.domain.names.trades import MEANINGS
from exchange_node.domain.names.words import BETWEEN, LEGAL, words_of

FEWEST_SIGNS = 2
"""Letters or digits of a criterion (our choice): one alone fits half of everything."""

_TELLING = 4
"""Letters or digits from which a number or a word of a name gives somebody away (our choice)."""

_WORD = re.compile(r"\w+")


_STEM = 3
"""Letters that an ending adds at most: Ivanov, Ivanovym (our choice)."""

_ALIKE = 0.9
"""How near two words sound that are one name (our choice: more than one other consonant leaves)."""

_ENDINGS = words_of("a u i e om em im oy oyu ey ni ning ga da dan")
"""Endings of a name inside a sentence, as sounds (Russian; Turkic)."""

_MOST_ALIKE = 16
"""Words of one skeleton that are listened to: a text may be made of nothing else."""

_LONGEST = 32
"""Sounds of a word that are compared."""

_MOST_WORDS = 12
"""Words of a name that are listened for."""

_APART = 3
"""Other words between those of a name that still belong together (our choice): Ali, called Bek."""

_MISREAD = str.maketrans("OI", "01")
"""Letters that are written for digits, and are read for them."""

_BETWEEN_NUMBERS = re.compile(r"[/\\;,|]")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\s?[./ -]\s?(\d{1,2})\s?[./ -]\s?(\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[./ -]\s?(\d{1,2})\s?[./ -]\s?(\d{1,2})(?!\d)")
_MONTHS, _DAYS = 12, 31
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_UNCHECKED = 10  # signs of a container number before its check digit (ISO 6346)

_BESIDES = words_of("obshchestvo tovarishchestvo corporation goods foods silk road asia central")
_COMMON = _BESIDES | {
    re.sub(r"\W", "", anyascii(one)).casefold() for one in (*LEGAL, *BETWEEN, *MEANINGS)
}
"""Words of firms, in Latin letters, that alone say of nobody who it is."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text made ready for asking what it gives away; `of` makes it.

    Attributes:
        signs: its letters and digits, as numbers are compared, and the same in Latin letters.
        spoken: its words in Latin letters, a Chinese or Korean sign a word each, blanks between.
        heard: its words as sounds, without endings too, by their consonants: there spellings of
            one name meet.
        said: its words as sounds, in their order.
        days: the days in it, by year in its century, month and day.
    """

    signs: tuple[str, str]
    spoken: str
    heard: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    days: frozenset[tuple[int, int, int]] = frozenset()

    @classmethod
    def of(cls, text: str) -> Words:
        """Read a text."""
        signs = folded(text)
        return cls(
            signs=(signs, folded(anyascii(signs))),
            spoken=" ".join(_words(text)),
            heard=_heard(text),
            said=tuple(_short(one) for one in _WORD.findall(folded_letters(text))),
            days=_days(text),
        )

    def give_away(self, hidden: str) -> bool:
        """Whether the text holds what is hidden, in another script, order or ending too.

        Of a number: the whole, each of several in one field, a container without its check digit.
        Of a name: the whole, its words one after the other from whichever it begins, or one word
        of it that tells, or its short ones all near each other; legal forms and what many firms
        are called do not. Of a day: the day, however it is written.
        """
        is_told = any(self._has(one) for one in _numbers(hidden)) or self._names(_words(hidden))
        return (
            is_told
            or self._sounds_like(hidden)
            or self._says_short(hidden)
            or not self.days.isdisjoint(_days(hidden))
        )

    def _has(self, number: str) -> bool:
        least = FEWEST_SIGNS if any(_is_syllable(one) for one in number) else _TELLING
        if len(number) < least:
            return False
        latin = folded(anyascii(number))
        is_mixed = any(map(str.isdigit, latin))
        return any(
            one in signs or (is_mixed and one.translate(_MISREAD) in signs.translate(_MISREAD))
            for one, signs in zip((number, latin), self.signs, strict=True)
        )

    def _names(self, name: list[str]) -> bool:
        turned = (name[at:] + name[:at] for at in range(min(len(name), _MOST_WORDS)))
        if len(name) > 1 and any(self._says("".join(one)) for one in turned):
            return True
        words = self.spoken.split()
        telling = {one for one in name if len(one) >= _TELLING} - _COMMON
        if any(char.isdigit() for one in name for char in one):
            return bool(telling) and telling <= set(words)
        if not telling:
            telling = {one for one in name if len(one) >= _TELLING}
            return bool(telling) and telling <= set(words)
        return any(_is_form(one, hidden) for hidden in telling for one in words)

    def _sounds_like(self, hidden: str) -> bool:
        """Whether a word of the text is one of a name that tells, in another spelling."""
        telling = {
            _sounds(one)
            for one in _WORD.findall(folded_letters(hidden))
            if len(one) > _TELLING
            and not any(map(str.isdigit, one))
            and _COMMON.isdisjoint(_words(one))
        }
        return any(
            nearness(one, name) >= _ALIKE
            for name in sorted(telling - {""})[:_MOST_WORDS]
            for consonants in skeletons(name[:_LONGEST])
            for one in self.heard.get(consonants, ())
        )

    def _says_short(self, hidden: str) -> bool:
        """Whether the words of a name stand near each other, each too short to tell by itself."""
        words = [one for one in _WORD.findall(folded_letters(hidden)) if len(one) >= FEWEST_SIGNS]
        if any(map(str.isdigit, "".join(words))):
            return False
        name = {_short(one) for one in words if _COMMON.isdisjoint(_words(one))} - {""}
        if not FEWEST_SIGNS <= len(name) <= _MOST_WORDS:
            return False
        width = len(name) + _APART
        return any(name <= set(self.said[at : at + width]) for at in range(len(self.said)))

    def _says(self, letters: str) -> bool:
        """Whether whole words, one after the other, are written with these letters."""
        if len(letters) < _TELLING:
            return False
        pattern = " ?".join(map(re.escape, letters))
        return re.search(rf"(?<!\S){pattern}(?!\S)", self.spoken) is not None


def signs_of(text: str, *, is_name: bool) -> int:
    """Return how many letters and digits a text has; of goods one Chinese sign is a word."""
    signs = folded(text)
    return len(signs) + (0 if is_name else sum(_is_ideograph(one) for one in signs))


def _is_ideograph(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith("CJK UNIFIED")


def _is_syllable(sign: str) -> bool:
    return _is_ideograph(sign) or unicodedata.name(sign, "").startswith("HANGUL SYLLABLE")


def _numbers(hidden: str) -> set[str]:
    """Return what a hidden value is compared as, where it is a number or several."""
    parts = (one for one in _BETWEEN_NUMBERS.split(hidden) if any(map(str.isdigit, one)))
    numbers = {folded(one) for one in (hidden, *parts)}
    if day := _DAY.fullmatch(hidden):  # as it is said, the day first
        numbers.add("".join(reversed(day.groups())))
    return numbers | {one[:_UNCHECKED] for one in numbers if _CONTAINER.fullmatch(one)}


def _days(text: str) -> frozenset[tuple[int, int, int]]:
    """Return the days in a text; where day and month could be either, both are meant."""
    plain = unicodedata.normalize("NFKC", text)
    found = [(year, month, day) for day, month, year in _DAY_FIRST.findall(plain)]
    found += [(year, month, day) for year, day, month in found]
    found += _YEAR_FIRST.findall(plain)
    numbers = ((int(year) % 100, int(month), int(day)) for year, month, day in found)
    return frozenset(one for one in numbers if 1 <= one[1] <= _MONTHS and 1 <= one[2] <= _DAYS)


def _is_form(word: str, hidden: str) -> bool:
    """Whether a word is a hidden one, perhaps with another ending."""
    stem = hidden[:-1] if hidden[-1] in "aeiouy" else hidden
    stem = stem if len(stem) >= _TELLING else hidden
    return word.startswith(stem) and len(word) <= len(stem) + _STEM


def _heard(text: str) -> dict[str, tuple[str, ...]]:
    """Return the words of a text as sounds, with and without an ending, by their consonants."""
    found: dict[str, dict[str, None]] = {}
    for word in dict.fromkeys(_WORD.findall(folded_letters(text))):
        sounds = _sounds(word)[:_LONGEST]
        for stem in (sounds, *(sounds.removesuffix(one) for one in _ENDINGS)):
            if len(stem) >= _TELLING:
                for consonants in skeletons(stem):
                    found.setdefault(consonants, {})[stem] = None
    return {one: tuple(stems)[:_MOST_ALIKE] for one, stems in found.items()}


def _sounds(word: str) -> str:
    return sounds_of(word, anyascii)


def _short(word: str) -> str:
    """Return the sounds of a word that is too short for a consonant more: Вэй is Vey and Wei."""
    return _sounds(word).replace("y", "i")


def _words(text: str) -> list[str]:
    """Return the words of a text in Latin letters."""
    plain = unicodedata.normalize("NFKC", text)
    apart = "".join(f" {one} " if _is_syllable(one) else one for one in plain)
    latin = (re.sub(r"\W", "", anyascii(one)).casefold() for one in _WORD.findall(apart))
    return [one for one in latin if one]
