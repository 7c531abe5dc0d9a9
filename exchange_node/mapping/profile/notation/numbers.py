"""Numbers as a format writes them → decimals.

A shape is one number written out: `1.234,56` has dots between thousands and a decimal comma,
`1234,56` no mark between thousands, `1,23,456.78` groups as South Asia has them. A text that does
not fit the declared shape is no number: whether `1.234` parts thousands or decimals nobody can
know who was not told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_BLANKS = str.maketrans("", "", "\u0020\u00a0\u202f")
_BLANK = "[\u0020\u00a0\u202f]"
_APOSTROPHE = "['\u2019]"
MOST_WHOLE, MOST_DIGITS = 16, 28
"""Digits before the point (WCO DM: at most n..16), and in all: what Python's decimals count with.

What is longer would be rounded unseen by the next sum or conversion, or could not be rounded.
"""
_SHAPE = re.compile(
    r"1(?P<thousands>[ .,'])?(?:234|23(?P<lakh>(?P=thousands))456)(?:(?P<decimal>[.,])(?:56|78))?\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberShape:
    """One way to write a number."""

    written: str
    pattern: re.Pattern[str]
    marks: str
    decimal: str


def number_shape(written: str) -> NumberShape:
    """Compile a shape; `ValueError` when it is none of those that are known."""
    found = _SHAPE.match(written)
    if found is None or found["thousands"] == found["decimal"] is not None:
        raise ValueError(
            f"{written!r} is no shape: write 1.234,56 or 1 234,56 or 1234,56 or 1,234.56 …"
        )
    mark, decimal = found["thousands"] or "", found["decimal"] or ""
    between = {" ": _BLANK, "'": _APOSTROPHE}.get(mark, re.escape(mark))
    whole = "[0-9]+"
    if found["lakh"]:
        whole = f"(?:[0-9]{{1,2}}(?:{between}[0-9]{{2}})*{between}[0-9]{{3}}|[0-9]+)"
    elif mark:
        whole = f"(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)"
    tail = f"(?:{re.escape(decimal)}[0-9]+)?" if decimal else ""
    return NumberShape(
        written=written,
        pattern=re.compile(f"[-+]?{whole}{tail}"),
        marks={" ": "\u0020\u00a0\u202f", "'": "'\u2019"}.get(mark, mark),
        decimal=decimal,
    )


def read_number(text: str, shape: NumberShape | None = None) -> Decimal | None:
    """Read a finite number, by a shape or with a decimal point; one that is too long is none.

    Without a shape, blanks are dropped and a comma is refused: whether it parts thousands or
    decimals nobody can know.
    """
    if shape is None:
        plain = text.translate(_BLANKS)
    else:
        plain = text.strip()
        if not shape.pattern.fullmatch(plain):
            return None
        plain = plain.translate(dict.fromkeys(map(ord, shape.marks)))
        if shape.decimal:
            plain = plain.replace(shape.decimal, ".")
    if not plain.isascii() or "_" in plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and _is_exact(number) else None


def _is_exact(number: Decimal) -> bool:
    """Whether sums and conversions can count with all of a number; idle zeros aside."""
    if not -40 < number.adjusted() < MOST_WHOLE:
        return False
    digits = number.as_tuple().digits
    return len(digits) <= MOST_DIGITS or not any(digits[MOST_DIGITS:])


def plain_text(number: Decimal) -> str:
    """Return a number with a decimal point, without an exponent."""
    return format(number, "f")
