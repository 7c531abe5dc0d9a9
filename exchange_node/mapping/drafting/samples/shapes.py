"""The values of one leaf → what they have in common: dates, numbers, codes of a list, check digits.

Nothing here says what a value means, only what it could be. Of dates every order of year, month and
day that all values fit is told, of numbers every notation: where that is more than one, nobody can
know, and the draft asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from string import punctuation

from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.identifiers import ContainerNumber, Mrn
from exchange_node.mapping.profile.notation import (
    DateShape,
    NumberShape,
    date_shape,
    number_shape,
    read_moment,
    read_number,
)
from exchange_node.wco.codelists import CodeLists

MARKS = (".", "/", "-", " ", "")
ORDERS = {"ymd": ("YYYY", "MM", "DD"), "dmy": ("DD", "MM", "YYYY"), "mdy": ("MM", "DD", "YYYY")}
SHORT = {"dmy": ("DD", "MM", "YY"), "mdy": ("MM", "DD", "YY"), "ymd": ("YY", "MM", "DD")}
TIMES = ("", " hh:mm", " hh:mm:ss", "Thh:mm:ss", "hhmm", "hhmmss", ", hh:mm")
YEARS = (1990, 2100)
"""Years that a date of a declaration may have; anything else is some other number."""
NUMBERS = ("1.234,56", "1 234,56", "1234,56", "1,234.56", "1'234.56", "1,23,456.78")
Codes = Mapping[str, frozenset[str]]
"""List → its codes."""
LISTS = ("iso3166", "iso4217", "rec20", "rec21", "hs2022")
OFFICE = re.compile(r"[A-Z]{2}[0-9A-Z]{4,6}\Z")
LONGEST = 64
"""Characters of a value that may still be a number, a date or a code."""
# Blanks are in the class alone: a second quantifier for them would try every way to part them.
_MONEY = re.compile(r"(?P<amount>[-+]?[0-9][0-9\s.,']*)(?:[A-Z]{3}|[$€£¥₸₽])\Z")
_HS = re.compile(r"[0-9]{6}(?:[0-9]{2}){0,3}\Z")


def _candidates() -> Iterator[tuple[str, bool, DateShape]]:
    """Yield order, whether years are short, and shape: the stricter first."""
    for orders, is_short in ((ORDERS, False), (SHORT, True)):
        for order, tokens in orders.items():
            for mark in MARKS:
                loose = tuple({"MM": "M", "DD": "D"}.get(one, one) for one in tokens)
                for parts in (tokens, loose) if mark else (tokens,):
                    for time in TIMES:
                        if not (time.startswith("h") and mark):
                            yield order, is_short, date_shape(mark.join(parts) + time)
    for written in ("DD MMM YYYY", "D MMM YYYY", "DD-MMM-YYYY", "DD-MMM-YY", "DDMMMYYYY"):
        yield "dmy", written.endswith("-YY"), date_shape(written)


_DATES = tuple(_candidates())
_ISO = (date_shape("ISO"),)
_NUMBERS: Mapping[str, NumberShape] = {one: number_shape(one) for one in NUMBERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Ways to read all values as dates.

    Attributes:
        is_iso: they are ISO 8601, which needs no shape.
        shapes: order of year, month and day → the shape as a profile writes it.
        is_short: their years have two digits.
    """

    is_iso: bool = False
    shapes: Mapping[str, str] = field(default_factory=dict)
    is_short: bool = False

    def __bool__(self) -> bool:
        return self.is_iso or bool(self.shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What all values of one leaf have in common.

    Attributes:
        longest: characters of the longest.
        dates: ways to read them as dates.
        is_number: they are numbers with a decimal point, or without decimals.
        is_whole: they are digits alone.
        numbers: notations that they fit.
        is_money: they hold an amount and a currency.
        listed: lists of codes that know all of them.
        form: one value with every digit as `9` and all else but blanks and ASCII marks as `a`.
    """

    longest: int = 0
    dates: Dates = Dates()
    is_number: bool = False
    is_whole: bool = False
    numbers: frozenset[str] = frozenset()
    is_money: bool = False
    listed: frozenset[str] = frozenset()
    is_mrn: bool = False
    is_container: bool = False
    is_hs: bool = False
    is_office: bool = False
    form: str = ""


def codes_of(lists: CodeLists) -> Codes:
    """Return the codes of the lists that values are held against."""
    return {name: frozenset(one.code for one in lists.codes(name)) for name in LISTS}


def shape_of(values: Sequence[str], codes: Codes) -> Shape:
    """Look at the values of one leaf, each once."""
    first = values[0] if values else ""
    # A name or a text is none of all the rest, and there are many of them.
    has_digits = all(len(one) <= LONGEST and any(map(str.isdigit, one)) for one in values)
    return Shape(
        longest=max(map(len, values), default=0),
        dates=_dates(values) if has_digits else Dates(),
        is_number=has_digits and all(read_number(one) is not None for one in values),
        is_whole=bool(values) and all(one.isascii() and one.isdigit() for one in values),
        numbers=numbers_of(map(amount_in, values)) if has_digits else frozenset(),
        is_money=has_digits and all(_MONEY.match(one) for one in values),
        listed=frozenset(name for name in codes if values and codes[name].issuperset(values)),
        is_mrn=bool(values) and all(_is(Mrn, one) for one in values),
        is_container=bool(values) and all(_is(ContainerNumber, one) for one in values),
        is_hs=has_digits and _are_hs(values, codes["hs2022"]),
        is_office=has_digits and all(OFFICE.match(one) for one in values),
        form="".join(map(_like, first[:24])).strip(),
    )  # fmt: skip


def amount_in(text: str) -> str:
    """Return the amount of a value that holds a currency too."""
    found = _MONEY.match(text)
    return found["amount"].rstrip() if found else text


def _like(character: str) -> str:
    """Return what stands for a character in a draft, which no value may be told from."""
    if character.isspace():
        return " "
    if character in punctuation:
        return character
    return "9" if character.isdecimal() else "a"


def numbers_of(values: Iterable[str]) -> frozenset[str]:
    """Return the notations that all values fit."""
    listed = tuple(values)
    return frozenset(
        name
        for name, shape in _NUMBERS.items()
        if all(read_number(one, shape) is not None for one in listed)
    )


def _dates(values: Sequence[str]) -> Dates:
    if not values or any(not 6 <= len(one) <= 35 for one in values):
        return Dates()
    if all(_is_date(one, _ISO) for one in values):
        return Dates(is_iso=True)
    shapes: dict[str, str] = {}
    short = False
    for order, is_short, shape in _DATES:
        if order in shapes or (shapes and is_short and not short):
            continue
        if all(_is_date(one, (shape,)) for one in values):
            shapes[order] = shape.written
            short = is_short
    return Dates(shapes=shapes, is_short=short)


def _is_date(text: str, shapes: Sequence[DateShape]) -> bool:
    found = read_moment(text, shapes, UTC)
    return found is not None and YEARS[0] <= found.day.year <= YEARS[1]


def _are_hs(values: Sequence[str], known: frozenset[str]) -> bool:
    plain = [one.replace(" ", "").replace(".", "") for one in values]
    if not all(map(_HS.match, plain)):
        return False
    return all(one[:6] in known for one in plain)


def _is(kind: type[Mrn | ContainerNumber], text: str) -> bool:
    try:
        kind.parse(text)
    except MalformedIdentifierError:
        return False
    return True
