"""A drawn text → what stands in the WCO element: a moment, a number, a code or a text that fits.

The registry's format decides the kind. What does not fit is said, never bent: a text may be cut
at a word, with the whole of it beside it; a number or a date that cannot be read is no value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from decimal import Decimal
from functools import lru_cache

from anyascii import anyascii

from exchange_node.domain.finding import Finding
from exchange_node.mapping.drawn import Drawn
from exchange_node.mapping.findings import (
    CUT,
    ROUNDED,
    TOO_LONG,
    TWICE_LOCAL,
    UNREADABLE_DATE,
    UNREADABLE_NUMBER,
)
from exchange_node.mapping.profile.notation import LOOK_ALIKES, date_shape, read_moment, read_number
from exchange_node.mapping.profile.profile import ProfileLine
from exchange_node.mapping.tree import Node
from exchange_node.wco.registry import Entry

TEXTS = ("Name", "Description", "Line", "MarksNumbersID", "Authentication", "Text")
"""Endings of elements whose text may be cut: a shorter name is still the name; an id is not."""
COUNTS = ("Quantity", "Numeric")
ISO = date_shape("ISO")
_SCRIPTS = {
    "CYRILLIC": "Cyrl", "GEORGIAN": "Geor", "ARMENIAN": "Armn", "CJK": "Hani", "ARABIC": "Arab",
    "MONGOLIAN": "Mong", "GREEK": "Grek", "HANGUL": "Hang", "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan", "HEBREW": "Hebr", "THAI": "Thai", "DEVANAGARI": "Deva",
}  # fmt: skip
_ANY_LENGTH = 1 << 62
_LAST_LATIN = "\u024f"
"""The end of Latin Extended-B: up to here every letter is Latin."""


class Place:
    """Where a value goes, and how place and source are called in messages: told when asked."""

    __slots__ = ("_at", "_body", "_nodes", "entry", "languages", "line", "zone")

    def __init__(
        self,
        at: Callable[[], str],
        entry: Entry,
        line: ProfileLine,
        nodes: tuple[Node, ...],
        body: Node,
        zone: tzinfo | None,
        languages: Mapping[str, str],
    ) -> None:
        self._at = at
        self._nodes = nodes
        self._body = body
        self.entry = entry
        self.line = line
        self.zone = zone
        self.languages = languages

    @property
    def pointer(self) -> str:
        """The element."""
        return self._at()

    @property
    def source(self) -> str:
        """The leaf, or the line where it is of the profile's own making."""
        return self._nodes[0].path(self._body) if self._nodes else self.line.name


@dataclass(slots=True, kw_only=True)
class Written:
    """What goes into the element; `whole` where it was cut, `original` where it was spelt anew."""

    value: str
    whole: str = ""
    original: str = ""
    language: str = ""
    findings: tuple[Finding, ...] = ()


def is_number(entry: Entry) -> bool:
    """Whether an element takes a number that is counted or measured; a code of digits is none."""
    return entry.is_number and bool(entry.decimals or entry.tag.endswith(COUNTS))


Quick = Callable[[str, tuple[Node, ...]], str]
"""A text and its nodes → what is written, where nothing has to be done or said; else nothing."""


def quick(entry: Entry) -> Quick | None:
    """Return the short way for an element's format; what it leaves empty goes to `convert`."""
    if entry.is_moment:
        return None
    if entry.is_number and entry.decimals:
        decimals = rf"(?:\.[0-9]{{1,{entry.decimals}}})?"
        return _matching(re.compile(rf"(?:0|[1-9][0-9]{{0,14}}){decimals}"))
    if entry.is_number and entry.tag.endswith(COUNTS):
        return _matching(re.compile("0|[1-9][0-9]{0,14}"))
    most = entry.max_length or _ANY_LENGTH

    def text(value: str, nodes: tuple[Node, ...]) -> str:
        plain = " ".join(value.split())
        if len(plain) > most or not plain.isascii():
            return ""
        for one in nodes:
            if not one.text.isascii():
                return ""
        return plain

    return text


def _matching(pattern: re.Pattern[str]) -> Quick:
    fits = pattern.fullmatch

    def number(value: str, nodes: tuple[Node, ...]) -> str:  # noqa: ARG001 - as every quick way
        if not fits(value):
            return ""
        if value[-1] == "0" and "." in value:
            return value.rstrip("0").rstrip(".")
        return value

    return number


def convert(drawn: Drawn, place: Place) -> Written:
    """Return what is written; an empty value means that it cannot be."""
    entry = place.entry
    text = drawn.value
    if entry.is_moment:
        return _moment(text, place)
    if entry.is_number and entry.decimals:
        return _decimal(text, place)
    if entry.is_number and entry.tag.endswith(COUNTS):
        return _count(text, place)
    written = _text(text, place)
    if not written.original and len(drawn.nodes) == 1 and not drawn.crosswalks:
        before = " ".join(drawn.nodes[0].text.split())
        if before != written.value and _looks_like(before, written.value):
            written.original = before
            written.language = language_of(before, place.languages)
    return written


def _looks_like(before: str, value: str) -> bool:
    """Whether a text that is not plain ASCII became the value by look-alike letters alone."""
    return not before.isascii() and before.translate(LOOK_ALIKES).upper() == value


def _moment(text: str, place: Place) -> Written:
    line = place.line
    plain = " ".join(text.split())
    read = read_moment(plain, (*line.dates, ISO), place.zone or UTC)
    if read is None:
        shapes = ", ".join(dict.fromkeys(one.written for one in (*line.dates, ISO)))
        found = UNREADABLE_DATE.found(
            pointer=place.source, value=text, target=place.pointer, shapes=shapes
        )
        return Written(value="", findings=(found,))
    if read.moment is None:
        return Written(value=read.day.isoformat())
    twice = TWICE_LOCAL.found(pointer=place.source, value=text)
    return Written(
        value=read.moment.isoformat(timespec="seconds"),
        findings=(twice,) if read.is_ambiguous else (),
    )


def _decimal(text: str, place: Place) -> Written:
    number = read_number(text)
    if number is None:
        return _no_number(text, place)
    most = place.entry.decimals
    rounded = round(number, most) if number.as_tuple().exponent < -most else number  # type: ignore[operator]
    value = plain_number(rounded)
    if rounded == number:
        return Written(value=value)
    found = ROUNDED.found(
        pointer=place.source, value=text, written=value, target=place.pointer, most=most
    )
    return Written(value=value, findings=(found,))


def _count(text: str, place: Place) -> Written:
    number = read_number(text)
    if number is None or number != number.to_integral_value():
        return _no_number(text, place)
    return Written(value=plain_number(number))


def _no_number(text: str, place: Place) -> Written:
    found = UNREADABLE_NUMBER.found(pointer=place.source, value=text, target=place.pointer)
    return Written(value="", findings=(found,))


def plain_number(number: Decimal) -> str:
    """Return a number without exponent and without idle zeros."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _text(text: str, place: Place) -> Written:
    plain = " ".join(text.split())
    value = latin(plain)
    written = Written(value=value)
    if value != plain:
        written.original = plain
        written.language = language_of(plain, place.languages)
    most = place.entry.max_length
    findings: list[Finding] = []
    if most is not None and len(value) > most:
        may_cut = place.line.cut
        if may_cut is None:
            may_cut = place.entry.tag.endswith(TEXTS)
        rule = CUT if may_cut else TOO_LONG
        findings.append(
            rule.found(
                pointer=place.source,
                value=plain,
                length=len(value),
                most=most,
                target=place.pointer,
            )
        )
        if may_cut:
            written.whole = value
            written.value = cut(value, most)
    written.findings = tuple(findings)
    return written


def cut(text: str, most: int) -> str:
    """Cut a text to a length, at a word where one ends in its second half."""
    head = text[:most]
    if text[most] != " ":
        at = head.rfind(" ")
        if at >= most // 2:
            head = head[:at]
    return head.rstrip(" ,;:-")


class _Spelling(dict[int, int | str]):
    """Letter → how it is spelt in Latin; each is looked up in the tables once."""

    def __missing__(self, code: int) -> int | str:
        char = chr(code)
        spelt: int | str = code
        if char > _LAST_LATIN and _needs_spelling(char):
            spelt = anyascii(char)
        self[code] = spelt
        return spelt


_SPELLING = _Spelling()


def latin(text: str) -> str:
    """Return a text with every letter that is not Latin spelt in Latin; nothing else changes."""
    if text.isascii() or max(text) <= _LAST_LATIN:
        return text
    return text.translate(_SPELLING).strip()


def _needs_spelling(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" and "LATIN" not in unicodedata.name(char, "")


def language_of(text: str, languages: Mapping[str, str]) -> str:
    """Return the BCP 47 tag of a text: its script, and the language where the profile says it."""
    for char in text:
        if char > _LAST_LATIN and (script := _script(char)):
            return f"{languages.get(script, 'und')}-{script}"
    return "und"


@lru_cache(maxsize=4_096)
def _script(char: str) -> str:
    """Return the script of a letter that is not Latin (ISO 15924); empty for what is none."""
    if not _needs_spelling(char):
        return ""
    return _SCRIPTS.get(unicodedata.name(char, "").partition(" ")[0], "Zyyy")
