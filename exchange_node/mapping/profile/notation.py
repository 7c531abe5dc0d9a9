"""Numbers, dates and codes as national systems write them → decimals, moments, international codes.

Date shapes are written with `YYYY YY MM M DD D hh mm ss`; all else stands for itself. `ISO` is ISO
8601, with or without time, with or without an offset; a text without one is in the profile's zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short>\d{2})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
    "hh": r"(?P<hour>\d{2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
}
_TOKEN = re.compile("YYYY|YY|MM|M|DD|D|hh|mm|ss")
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})\Z")
_BLANKS = str.maketrans("", "", "\u0020\u00a0\u202f")
PIVOT = 70
"""Two digits below this are years of this century, the others of the last (our choice)."""


def read_number(text: str) -> Decimal | None:
    """Read a finite number with a decimal point; blanks between digits are dropped.

    A comma is refused: whether it parts thousands or decimals nobody can know (`1,540`).
    """
    plain = text.translate(_BLANKS)
    if not plain.isascii() or "_" in plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateShape:
    """One way to write a date; no pattern means ISO 8601."""

    written: str
    pattern: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date, or a moment; `is_ambiguous` when the clock was changed and it fits twice or never."""

    day: date
    moment: datetime | None = None
    is_ambiguous: bool = False


def date_shape(written: str) -> DateShape:
    """Compile a shape; `ValueError` when it has no year, month and day."""
    if written == "ISO":
        return DateShape(written=written, pattern=None)
    pattern = ""
    place = 0
    for token in _TOKEN.finditer(written):
        pattern += re.escape(written[place : token.start()]) + _TOKENS[token[0]]
        place = token.end()
    pattern += re.escape(written[place:])
    if not all(f"<{part}>" in pattern for part in ("month", "day")) or not re.search(
        "<(year|short)>", pattern
    ):
        raise ValueError("a date needs a year, a month and a day")
    return DateShape(written=written, pattern=re.compile(pattern, re.ASCII))


def zone(written: str) -> tzinfo:
    """Return the zone of an offset (`+05:00`), `UTC`, or an IANA name; `ValueError` if unknown.

    The zone database is read here, while a profile is compiled, and never while one is used.
    """
    if written in {"UTC", "Z"}:
        return UTC
    offset = _OFFSET.match(written)
    if offset is not None:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(span if offset[1] == "+" else -span)
    try:
        return ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no zone is called {written!r}") from None


def read_moment(text: str, shapes: Sequence[DateShape], where: tzinfo) -> Moment | None:
    """Read a date by the first shape that fits, or nothing."""
    for shape in shapes:
        read = _iso(text) if shape.pattern is None else _by(shape.pattern, text)
        if read is None:
            continue
        if not isinstance(read, datetime):
            return Moment(day=read)
        if read.tzinfo is not None:
            return Moment(day=read.date(), moment=read)
        local = read.replace(tzinfo=where)
        is_ambiguous = local.utcoffset() != local.replace(fold=1).utcoffset()
        return Moment(day=read.date(), moment=local, is_ambiguous=is_ambiguous)
    return None


def _iso(text: str) -> date | datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        return None


def _by(pattern: re.Pattern[str], text: str) -> date | datetime | None:
    found = pattern.fullmatch(text)
    if found is None:
        return None
    parts = {name: int(digits) for name, digits in found.groupdict().items()}
    short = parts.get("short", 0)
    year = parts.get("year", short + (2000 if short < PIVOT else 1900))
    try:
        if "hour" not in parts:
            return date(year, parts["month"], parts["day"])
        return datetime(  # noqa: DTZ001 - the zone is the caller's to say
            year,
            parts["month"],
            parts["day"],
            parts["hour"],
            parts.get("minute", 0),
            parts.get("second", 0),
        )
    except ValueError:
        return None


# The Cyrillic letters whose capitals look like Latin ones: a code or a plate typed on either
# keyboard is the same code (Vienna Convention on Road Traffic 1968, annex 3, for plates).
_CYRILLIC = "АВЕКМНОРСТУХІЅЈ"
_LATIN = "ABEKMHOPCTYXISJ"
LOOK_ALIKES = str.maketrans(_CYRILLIC + _CYRILLIC.lower(), _LATIN + _LATIN.lower())


class Unknown(StrEnum):
    """What becomes of a code the table does not hold."""

    ERROR = "error"
    WARNING = "warning"
    DROP = "drop"


def folded(code: str) -> str:
    """Return a code as it is compared."""
    return " ".join(code.translate(LOOK_ALIKES).upper().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """One table.

    Attributes:
        passes: codes of this shape are international already and go as they are.
        otherwise: what a code becomes that the table does not hold; None leaves that to `unknown`.
    """

    name: str
    codes: Mapping[str, str]
    folded_codes: Mapping[str, str]
    passes: re.Pattern[str] | None = None
    unknown: Unknown = Unknown.ERROR
    otherwise: str | None = None

    def find(self, code: str) -> str | None:
        """Return the international code; an empty one says that the code means no value."""
        found = self.codes.get(code)
        if found is None:
            found = self.folded_codes.get(folded(code))
        if found is None and self.passes is not None and self.passes.fullmatch(code):
            return code
        return found


def crosswalk(
    name: str,
    codes: Mapping[str, str],
    *,
    passes: str = "",
    unknown: Unknown = Unknown.ERROR,
    otherwise: str | None = None,
) -> Crosswalk:
    """Build a table; `passes` is a regular expression (`re.error` when it is none)."""
    return Crosswalk(
        name=name,
        codes=dict(codes),
        folded_codes={folded(code): target for code, target in codes.items()},
        passes=re.compile(passes) if passes else None,
        unknown=unknown,
        otherwise=otherwise,
    )
