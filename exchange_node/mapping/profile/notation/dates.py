"""Dates as national systems write them → days and moments.

Shapes are written with tokens, and all else stands for itself: `YYYY YY` year, `MMM MM M` month
(MMM is its English abbreviation), `DDD DD D` day (DDD is the day of the year), `hh h` hour, `mm`
minute, `ss` second, `fff` any fraction of one, `AP` AM or PM, `zz` offset (`Z`, `+05`, `+0500`,
`+05:00`). `ISO` is ISO 8601, with or without time, with or without an offset; a text without one
is in the profile's zone. 24:00 is the first moment of the next day (ISO 8601:2004, 4.2.3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short>\d{2})",
    "MMM": rf"(?P<name>(?i:{'|'.join(_MONTHS)}))",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DDD": r"(?P<nth>\d{3})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
    "hh": r"(?P<hour>\d{2})",
    "h": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
    "fff": r"\d+",
    "AP": r"(?P<half>(?i:AM|PM))",
    "zz": r"(?P<offset>Z|[+-]\d{2}(?::?\d{2})?)",
}
_TOKEN = re.compile("YYYY|YY|MMM|MM|M|DDD|DD|D|hh|h|mm|ss|fff|AP|zz")
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})\Z")
_MIDNIGHT = re.compile(r"(\d{4}-?\d{2}-?\d{2})T24(:?00(:?00(?:\.0+)?)?)?(?=Z|[+-]|\Z)")
PIVOT = 70
"""Where a profile does not say: two digits below this are years of this century (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateShape:
    """One way to write a date; no pattern means ISO 8601.

    Attributes:
        pivot: two digits below it are years of this century, the others of the last.
        later: a local time that a change of the clock made occur twice is the later one.
    """

    written: str
    pattern: re.Pattern[str] | None
    pivot: int = PIVOT
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date, or a moment; `is_ambiguous` when the clock was changed and it fits twice or never."""

    day: date
    moment: datetime | None = None
    is_ambiguous: bool = False


def date_shape(written: str, *, pivot: int = PIVOT, later: bool = False) -> DateShape:
    """Compile a shape; `ValueError` when it does not name a day, or one thing twice."""
    if written == "ISO":
        return DateShape(written=written, pattern=None, pivot=pivot, later=later)
    pattern = ""
    place = 0
    for token in _TOKEN.finditer(written):
        pattern += re.escape(written[place : token.start()]) + _TOKENS[token[0]]
        place = token.end()
    pattern += re.escape(written[place:])
    has = set(re.findall("<([a-z]+)>", pattern))
    if not has & {"year", "short"} or not (
        "nth" in has or ("day" in has and has & {"month", "name"})
    ):
        raise ValueError("a date needs a year, a month and a day")
    try:
        return DateShape(
            written=written, pattern=re.compile(pattern, re.ASCII), pivot=pivot, later=later
        )
    except re.error:
        raise ValueError(f"{written!r} says one thing twice") from None


def zone(written: str) -> tzinfo:
    """Return the zone of an offset (`+05:00`), `UTC`, or an IANA name; `ValueError` if unknown.

    The zone database is read here, while a profile is compiled, and never while one is used.
    """
    if written in {"UTC", "Z"}:
        return UTC
    offset = _OFFSET.match(written)
    if offset is not None:
        return _fixed(offset[1], int(offset[2]), int(offset[3]))
    try:
        return ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no zone is called {written!r}") from None


def _fixed(sign: str, hours: int, minutes: int) -> tzinfo:
    """Return the zone of an offset; `ValueError` when there is no such offset."""
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(span if sign == "+" else -span)


def read_moment(text: str, shapes: Sequence[DateShape], where: tzinfo) -> Moment | None:
    """Read a date by the first shape that fits, or nothing."""
    for shape in shapes:
        read = _iso(text) if shape.pattern is None else _by(shape, shape.pattern, text)
        if read is None:
            continue
        if not isinstance(read, datetime):
            return Moment(day=read)
        if read.tzinfo is not None:
            return Moment(day=read.date(), moment=read)
        local = read.replace(tzinfo=where, fold=int(shape.later))
        is_ambiguous = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
        return Moment(day=read.date(), moment=local, is_ambiguous=is_ambiguous)
    return None


def _iso(text: str) -> date | datetime | None:
    midnight = _MIDNIGHT.match(text)
    try:
        if midnight is not None:
            rest = f"{midnight[2] or ''}{text[midnight.end() :]}"
            return datetime.fromisoformat(f"{midnight[1]}T00{rest}") + timedelta(days=1)
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _by(shape: DateShape, pattern: re.Pattern[str], text: str) -> date | datetime | None:
    found = pattern.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    try:
        day = _day(parts, shape.pivot)
        if parts.get("hour") is None:
            return day
        return _time(parts, day)
    except (ValueError, OverflowError):
        return None


def _day(parts: dict[str, str | None], pivot: int) -> date:
    """Return the day of the parts of a date; `ValueError` when there is none."""
    short = int(parts.get("short") or 0)
    year = int(parts.get("year") or short + (2000 if short < pivot else 1900))
    nth = parts.get("nth")
    if nth is not None:
        day = date(year, 1, 1) + timedelta(days=int(nth) - 1)
        if day.year != year:
            raise ValueError("the year has no such day")
        return day
    name = parts.get("name")
    month = _MONTHS.index(name.upper()) + 1 if name else int(parts["month"] or 0)
    return date(year, month, int(parts["day"] or 0))


def _time(parts: dict[str, str | None], day: date) -> datetime:
    """Return the moment of the parts of a time on a day; `ValueError` when there is none."""
    hour = int(parts["hour"] or 0)
    half = parts.get("half")
    if half is not None:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of half a day")
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    offset = parts.get("offset")
    where: tzinfo | None = None
    if offset is not None:
        where = UTC
        if offset != "Z":
            digits = offset[1:].replace(":", "")
            where = _fixed(offset[0], int(digits[:2]), int(digits[2:] or 0))
    if hour == 24 and not minute and not second:
        return datetime(day.year, day.month, day.day, tzinfo=where) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=where)
