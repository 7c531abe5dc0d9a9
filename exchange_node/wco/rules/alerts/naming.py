"""A text → whether it gives away a name or a number that it is to leave out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from anyascii import anyascii

from exchange_node.domain.identifiers import folded

FEWEST_SIGNS = 2
"""Letters or digits of a criterion (our choice): one alone fits half of everything."""

_TELLING = 4
"""Letters or digits from which a number or a word of a name gives somebody away (our choice)."""

_WORD = re.compile(r"\w+")


_STEM = 3
"""Letters that an ending adds at most: Ivanov, Ivanovym (our choice)."""

_BETWEEN_NUMBERS = re.compile(r"[/\\;,|]")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_UNCHECKED = 10  # signs of a container number before its check digit (ISO 6346)

_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    limited gmbh corp corporation company jsch mchj osoo private joint stock shirkati sirketi
    obshchestvo kompaniya tovarishchestvo zhauapkershiligi shekteuli seriktestigi
    trade trading treid treyd treiding treyding torgovaya torgovyy savdo savdosi sauda ticaret
    logistic logistics logistik logistika transport trans international mezhdunarodnaya xalqaro
    cargo kargo freight service services servis express ekspress import export eksport group
    gruppa grupp holding construction stroy textile tekstil transit tranzit terminal agro
    forwarding technology food foods invest investment china goods silk road asia central
    """,
    )
)
"""Words of firms, in Latin letters, that alone say of nobody who it is."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text made ready for asking what it gives away; `of` makes it.

    Attributes:
        signs: its letters and digits, as numbers are compared, and the same in Latin letters.
        spoken: its words in Latin letters, a Chinese or Korean sign a word each, blanks between.
    """

    signs: tuple[str, str]
    spoken: str

    @classmethod
    def of(cls, text: str) -> Words:
        """Read a text."""
        signs = folded(text)
        return cls((signs, folded(anyascii(signs))), " ".join(_words(text)))

    def give_away(self, hidden: str) -> bool:
        """Whether the text holds what is hidden, in another script, order or ending too.

        Of a number: the whole, each of several in one field, a container without its check digit.
        Of a name: the whole, its words one after the other from whichever it begins, or one word
        of it that tells; legal forms and what many firms are called do not.
        """
        return any(self._has(one) for one in _numbers(hidden)) or self._names(_words(hidden))

    def _has(self, number: str) -> bool:
        least = FEWEST_SIGNS if any(_is_syllable(one) for one in number) else _TELLING
        return len(number) >= least and any(
            one in signs
            for one, signs in zip((number, folded(anyascii(number))), self.signs, strict=True)
        )

    def _names(self, name: list[str]) -> bool:
        turned = (name[at:] + name[:at] for at in range(len(name)))
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


def _is_form(word: str, hidden: str) -> bool:
    """Whether a word is a hidden one, perhaps with another ending."""
    stem = hidden[:-1] if hidden[-1] in "aeiouy" else hidden
    stem = stem if len(stem) >= _TELLING else hidden
    return word.startswith(stem) and len(word) <= len(stem) + _STEM


def _words(text: str) -> list[str]:
    """Return the words of a text in Latin letters."""
    plain = unicodedata.normalize("NFKC", text)
    apart = "".join(f" {one} " if _is_syllable(one) else one for one in plain)
    latin = (re.sub(r"\W", "", anyascii(one)).casefold() for one in _WORD.findall(apart))
    return [one for one in latin if one]
