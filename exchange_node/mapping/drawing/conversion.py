"""A drawn text → what stands in the WCO element: a moment, a number, a code or a text that fits.

The registry's format decides the kind. What does not fit is said, never bent: a text may be cut
at a word, with the whole of it beside it; a number or a date that cannot be read is no value.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal

from anyascii import anyascii

from exchange_node.domain.finding import Finding
from exchange_node.mapping.findings import (
    CUT,
    ROUNDED,
    TOO_LONG,
    TWICE_LOCAL,
    UNREADABLE_DATE,
    UNREADABLE_NUMBER,
)
from exchange_node.mapping.profile.expression import Drawn, Origin
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
_LAST_LATIN = "\u024f"
"""The end of Latin Extended-B: up to here every letter is Latin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value goes and how it is called in messages."""

    pointer: str
    entry: Entry
    line: ProfileLine
    source: str
    zone: tzinfo | None
    languages: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Written:
    """What goes into the element; `whole` where it was cut, `original` where it was spelt anew."""

    value: str
    whole: str = ""
    original: str = ""
    language: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True, kw_only=True, eq=False)
class Output:
    """One value of the document to be, with everything its trace says."""

    pointer: str
    value: str
    line: ProfileLine
    origin: Origin
    attributes: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    crosswalks: tuple[str, ...] = ()
    whole: str = ""
    original: str = ""


def companions(
    out: Output, written: Written, drawn: Drawn
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what belongs beside a value: the whole text, the original spelling, the own code."""
    if written.whole:
        yield "ext:FullText", written.whole, {}
    if written.original:
        yield "ext:OriginalText", written.original, {"languageID": written.language}
    if drawn.crosswalks and out.line.keep and len(drawn.nodes) == 1:
        national = drawn.nodes[0].text
        if national != out.value:
            yield "ext:CodeOriginal", national, {"listID": drawn.crosswalks[-1]}


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


def latin(text: str) -> str:
    """Return a text with every letter that is not Latin spelt in Latin; nothing else changes."""
    if text.isascii() or all(char <= _LAST_LATIN for char in text):
        return text
    return "".join(
        anyascii(char) if char > _LAST_LATIN and _needs_spelling(char) else char for char in text
    ).strip()


def _needs_spelling(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" and "LATIN" not in unicodedata.name(char, "")


def language_of(text: str, languages: Mapping[str, str]) -> str:
    """Return the BCP 47 tag of a text: its script, and the language where the profile says it."""
    for char in text:
        if char > _LAST_LATIN and _needs_spelling(char):
            name = unicodedata.name(char, "")
            script = _SCRIPTS.get(name.partition(" ")[0], "Zyyy")
            return f"{languages.get(script, 'und')}-{script}"
    return "und"
