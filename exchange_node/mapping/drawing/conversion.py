"""A drawn text → what stands in the WCO element: a moment, a number, a code or a text that fits.

The registry's format decides the kind. What does not fit is said, never bent: a text may be cut
at a word, with the whole of it beside it; a number or a date that cannot be read is no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from decimal import Decimal
from enum import Enum, auto
from typing import NamedTuple

from exchange_node.domain.finding import Finding
from exchange_node.mapping.drawing.spelling import language_of, latin
from exchange_node.mapping.drawn import Drawn
from exchange_node.mapping.findings import (
    CUT,
    NO_ROOM_FOR_ORIGINAL,
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
WHOLE, ORIGINAL, OWN_CODE = "ext:FullText", "ext:OriginalText", "ext:CodeOriginal"
"""What stands beside a value that was cut, spelt anew, or translated."""
COUNTS = ("Quantity", "Numeric")
ISO = date_shape("ISO")
_ANY_LENGTH = 1 << 62


class Place:
    """Where a value goes, and how place and source are called in messages: told when asked."""

    __slots__ = ("_at", "_body", "_nodes", "beside", "entry", "languages", "line", "zone")

    def __init__(
        self,
        at: Callable[[], str],
        entry: Entry,
        line: ProfileLine,
        nodes: tuple[Node, ...],
        body: Node,
        zone: tzinfo | None,
        languages: Mapping[str, str],
        beside: Container[str],
    ) -> None:
        self._at = at
        self._nodes = nodes
        self._body = body
        self.entry = entry
        self.line = line
        self.zone = zone
        self.languages = languages
        self.beside = beside

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
    """What goes into the element; `whole` where it is less, `original` where it is spelt anew."""

    value: str
    whole: str = ""
    original: str = ""
    language: str = ""
    findings: tuple[Finding, ...] = ()


def is_number(entry: Entry) -> bool:
    """Whether an element takes a number that is counted or measured; a code of digits is none."""
    return entry.is_number and bool(entry.decimals or entry.tag.endswith(COUNTS))


class QuickKind(Enum):
    """What a short way is for."""

    TEXT = auto()
    NUMBER = auto()


class Quick(NamedTuple):
    """The short way for an element: what has the format already is written as it is.

    Attributes:
        most: characters of a text.
        fits: whether a number has the format.
    """

    kind: QuickKind
    most: int = _ANY_LENGTH
    fits: Callable[[str], object] = bool

    def text(self, value: str, nodes: tuple[Node, ...]) -> str:
        """Return what is written, where nothing has to be done or said; else nothing."""
        if self.kind is QuickKind.NUMBER:
            if not self.fits(value):
                return ""
            return value.rstrip("0").rstrip(".") if value[-1] == "0" and "." in value else value
        plain = " ".join(value.split())
        if len(plain) > self.most or not plain.isascii():
            return ""
        return plain if all(one.text.isascii() for one in nodes) else ""


def quick(entry: Entry) -> Quick | None:
    """Return the short way for an element's format; what it leaves empty goes to `convert`."""
    if entry.is_moment:
        return None
    if entry.is_number and entry.decimals:
        decimals = rf"(?:\.[0-9]{{1,{entry.decimals}}})?"
        return _number(re.compile(rf"(?:0|[1-9][0-9]{{0,14}}){decimals}"))
    if entry.is_number and entry.tag.endswith(COUNTS):
        return _number(re.compile("0|[1-9][0-9]{0,14}"))
    return Quick(kind=QuickKind.TEXT, most=entry.max_length or _ANY_LENGTH)


def _number(pattern: re.Pattern[str]) -> Quick:
    return Quick(kind=QuickKind.NUMBER, fits=pattern.fullmatch)


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
    return Written(value=value, whole=" ".join(text.split()), findings=(found,))


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
        may_cut = may_be_cut(place.line, place.entry, place.beside)
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
    if written.original and ORIGINAL not in place.beside:
        findings.append(
            NO_ROOM_FOR_ORIGINAL.found(
                pointer=place.source, value=plain, written=written.value, target=place.pointer
            )
        )
    written.findings = tuple(findings)
    return written


def may_be_cut(line: ProfileLine, entry: Entry, beside: Container[str]) -> bool:
    """Whether a text may be cut for an element: never where the whole has no place beside it."""
    may = line.cut if line.cut is not None else entry.tag.endswith(TEXTS)
    return may and WHOLE in beside


def cut(text: str, most: int) -> str:
    """Cut a text to a length, at a word where one ends in its second half."""
    head = text[:most]
    if text[most] != " ":
        at = head.rfind(" ")
        if at >= most // 2:
            head = head[:at]
    return head.rstrip(" ,;:-")
