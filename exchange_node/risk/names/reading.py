"""A name as it is written → what of it is compared: its words as sounds, and what each is.

A word is part of the name, a father's name, an initial, or says what a firm does. Legal forms and
titles are left out, unless nothing else is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from exchange_node.domain.names.letters import folded_letters, script_of
from exchange_node.domain.names.trades import CHINESE_MEANINGS, MEANINGS
from exchange_node.domain.names.words import (
    BETWEEN,
    CHILD_OF,
    CHINESE_LEGAL,
    FATHERS_ENDINGS,
    GENITIVES,
    LEGAL,
    TITLES,
    WRITTEN_SHORT,
)
from exchange_node.risk.names import chinese
from exchange_node.risk.names.chinese import Syllables
from exchange_node.risk.names.letters import sounds_of

MOST_LETTERS = 200
"""Characters of a name that are read (WCO D005, a party's name, has 70)."""

MOST_WORDS = 12
"""Words of a name that are compared."""

LONGEST_WORD = 32
"""Sounds of a word that are compared."""

MEMORY = 32_768
"""Names whose reading is remembered."""


class Part(StrEnum):
    """What a word is to a name."""

    NAME = "name"
    FATHER = "father"
    INITIAL = "initial"
    TRADE = "trade"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name: what it is, its sounds, its meaning where it is a firm's trade.

    Attributes:
        loose: its script leaves vowels out or puts in its own.
        syllables: of a word that can be read as Chinese.
        is_chinese: it can be nothing else, by its script or spelling.
    """

    part: Part
    sounds: str
    meaning: str = ""
    loose: bool = False
    syllables: Syllables = ()
    is_chinese: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name as it was read.

    Attributes:
        folded: all of it, to see that two are written alike.
        chinese: the syllables of its words where it may be a Chinese person's name.
        characters: the Chinese characters of such a name, simplified; empty in other scripts.
    """

    folded: str
    words: tuple[Word, ...]
    is_firm: bool = False
    chinese: tuple[Syllables, ...] = ()
    characters: str = ""

    def of(self, part: Part) -> tuple[Word, ...]:
        """Return the words that are this part of the name."""
        return tuple(one for one in self.words if one.part is part)


_WORD = re.compile(r"[^\s,;:()\[\]{}«»“”„\"|\\+_·•・…<>–—-]+")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)+$")
_INITIAL_BEFORE = re.compile(r"([^\W\d_]{1,2}\.)(?=[^\W\d_]{2})")
_HAN_RUN = re.compile(r"[㐀-鿿豈-﫿]+")
_UNMISTAKABLE = 4  # letters from which on a legal form is nothing else
_SHORTEST_FIRM_WORD = 3  # ao, ip, co and their like may be names
_FIRM_WORDS = frozenset(one for one in LEGAL if len(one) >= _SHORTEST_FIRM_WORD)


def read(text: str) -> Name:
    """Return a name as it is compared; of a very long one the beginning."""
    return _read(text[:MOST_LETTERS])


@lru_cache(maxsize=MEMORY)
def _read(text: str) -> Name:
    folded = folded_letters(text)
    written = " ".join(folded.split())
    if _HAN_RUN.search(folded) and script_of(folded) == "hani":
        return _read_characters(written)
    tokens = list(_tokens(folded))
    syllables = _syllables(tokens)
    words = tuple(_words(_named(tokens) or tokens))
    trades = any(one.part is Part.TRADE for one in words)
    legal = any(one.strip(".") in _FIRM_WORDS for one in tokens)
    firm = trades or legal
    return Name(folded=written, words=_called(words), is_firm=firm, chinese=syllables)


def spoken(text: str) -> str:
    """Return a name in the form in which it is compared: its words as sounds or as syllables."""
    name = read(text)
    if name.chinese:
        return " ".join("".join(one) for one in name.chinese)
    return " ".join(one.meaning or one.sounds for one in name.words)


def _tokens(folded: str) -> Iterator[str]:
    for token in _WORD.findall(_INITIAL_BEFORE.sub(r"\1 ", folded)):
        if _INITIALS.match(token):
            yield from (f"{one}." for one in token.split(".") if one)
        elif one := token.strip(".'!?*#/"):
            yield from (one,) if one in LEGAL else (part for part in one.split("/") if part)


def _named(tokens: list[str]) -> list[str]:
    """Return the words without titles and legal forms; short ones count as such at the ends."""
    named = [
        one
        for one in tokens
        if one not in TITLES
        and one not in BETWEEN
        and not (one in LEGAL and len(one) >= _UNMISTAKABLE)
    ]
    first, last = 0, len(named)
    while first < last and named[first].strip(".") in LEGAL:
        first += 1
    while last > first and named[last - 1].strip(".") in LEGAL:
        last -= 1
    return named[first:last]


def _syllables(tokens: list[str]) -> tuple[Syllables, ...]:
    read_as = tuple(chinese.word_read(one) for one in tokens)
    if not all(read_as) or any(chinese.is_giles(one) for one in tokens):
        read_as = tuple(chinese.giles_read(one) for one in tokens)
    return read_as if chinese.is_chinese(read_as) else ()


def _words(tokens: list[str]) -> Iterator[Word]:
    for position, token in enumerate(tokens):
        if token in CHILD_OF:
            continue
        loose = script_of(token) == "arab"
        if token.endswith(".") or len(token) == 1:
            if sounds := sounds_of(token.strip(".")):
                yield Word(Part.INITIAL, sounds)
            continue
        if meaning := MEANINGS.get(token, ""):
            yield Word(Part.TRADE, _cut(sounds_of(token)), meaning, loose)
            continue
        before_child = position + 1 < len(tokens) and tokens[position + 1] in CHILD_OF
        syllables = chinese.word_read(token)
        if chinese.is_palladius(token):
            yield _chinese_word(syllables)
            continue
        stem = _stem(token)
        sounds = _cut(sounds_of(WRITTEN_SHORT.get(stem, stem)))
        if sounds:
            is_father = before_child or (stem != token and not token.endswith(GENITIVES))
            part = Part.FATHER if is_father else Part.NAME
            yield Word(part, sounds, loose=loose, syllables=syllables)


def _called(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return at most so many words; a name of nothing but a trade or a father is called by that."""
    if any(one.part is Part.NAME for one in words):
        return words[:MOST_WORDS]
    return tuple(
        Word(Part.NAME, sounds_of(one.meaning) or one.sounds, loose=one.loose and not one.meaning)
        for one in words[:MOST_WORDS]
    )


def _stem(token: str) -> str:
    """Return a word without the ending of a father's name."""
    for ending in (*FATHERS_ENDINGS, *GENITIVES):
        if token.endswith(ending) and len(token) >= len(ending) + 3:
            return token.removesuffix(ending)
    return token


def _cut(sounds: str) -> str:
    return sounds[:LONGEST_WORD]


def _read_characters(written: str) -> Name:
    """Read Chinese characters: a person's name, one from abroad with a point in it, or a firm's."""
    runs = _HAN_RUN.findall(written)
    joined = "".join(runs)
    stem = joined
    for ending in CHINESE_LEGAL:
        stem = stem.replace(ending, "")
    trades = [meaning for word, meaning in CHINESE_MEANINGS.items() if word in stem]
    if stem != joined or trades or (len(joined) > chinese.LONGEST and len(runs) == 1):
        return Name(folded=written, words=_called(tuple(_firm(stem or joined))), is_firm=True)
    if len(runs) == 1:
        length = 2 if joined[:2] in chinese.COMPOUND and len(joined) > 2 else 1
        parts = [one for one in (joined[:length], joined[length:]) if one]
        read_as = chinese.characters_read(joined)
        syllables = tuple(one for one in (read_as[:length], read_as[length:]) if one)
        words = tuple(_chinese_word(one) for one in syllables)
        simple = chinese.simplified("".join(parts))
        return Name(folded=written, words=words, chinese=syllables, characters=simple)
    words = tuple(_chinese_word(chinese.characters_read(one)) for one in runs)
    return Name(folded=written, words=words[:MOST_WORDS])


def _firm(stem: str) -> Iterator[Word]:
    """Yield the words of a Chinese firm: what has a meaning by it, the rest by its sounds."""
    known = sorted(CHINESE_MEANINGS, key=lambda one: (-len(one), one))
    cut = re.compile("(" + "|".join(known) + ")")
    for part in cut.split(stem):
        read_as = chinese.characters_read(part)
        if meaning := CHINESE_MEANINGS.get(part, ""):
            yield Word(Part.TRADE, _chinese_word(read_as).sounds, meaning, loose=True)
        elif read_as:
            yield _chinese_word(read_as)


def _chinese_word(syllables: Syllables) -> Word:
    """Return syllables as a word: unmistakable sounds, and `er` an r as in names from abroad."""
    said = _cut("".join(_syllable_sounds(one) for one in syllables))
    return Word(Part.NAME, said, loose=True, syllables=syllables, is_chinese=True)


@lru_cache(maxsize=1_024)
def _syllable_sounds(syllable: str) -> str:
    if syllable == "er":
        return "r"
    initial = {"q": "C", "x": "S", "j": "j", "c": "c"}.get(syllable[:1], "")
    if initial and not syllable.startswith("ch"):
        return initial + sounds_of("'" + syllable[1:])
    return "C" + sounds_of("'" + syllable[2:]) if syllable.startswith("ch") else sounds_of(syllable)
