"""TOML text → a table read key by key, strictly: every key is asked for once, none is left over.

The text may come from a partner, so size, depth and numbers are bounded before anything is
believed, and whatever is wrong leaves as InvalidAgreementError with the place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import NoReturn

from exchange_node.domain.errors import InvalidAgreementError

MAX_TEXT = 256 * 1024
"""Characters of an agreement text: some thousand paths with their comments (our choice)."""

MAX_LINE = 1_000
"""Characters of one line (our choice): the parser's time grows with the square of a dotted key."""

MAX_DEPTH = 8
"""Tables and lists within one another; an agreement has four (our choice)."""

_TOO_DEEP = "its tables are nested too deep"


def parse(toml_text: str, which: str) -> dict[str, object]:
    """Return the plain values of a TOML text.

    Raises:
        InvalidAgreementError: the text is too long, too deep, or no TOML.
    """
    if len(toml_text) > MAX_TEXT:
        raise InvalidAgreementError(
            which=which, place="text", why=f"it is longer than {MAX_TEXT} characters"
        )
    for number, line in enumerate(toml_text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise InvalidAgreementError(
                which=which, place=f"line {number}", why=f"it is longer than {MAX_LINE} characters"
            )
    try:
        values = tomllib.loads(toml_text)
    except RecursionError:
        raise InvalidAgreementError(which=which, place="text", why=_TOO_DEEP) from None
    except ValueError as err:
        # TOMLDecodeError says line and column; a plain ValueError is a number beyond all bounds.
        raise InvalidAgreementError(which=which, place="text", why=str(err)) from None
    if _depth_exceeds(values, MAX_DEPTH):
        raise InvalidAgreementError(which=which, place="text", why=_TOO_DEEP)
    return values


def _depth_exceeds(values: object, limit: int) -> bool:
    """Whether tables and lists stand deeper in one another than the limit; without recursion."""
    level: list[object] = [values]
    for _ in range(limit):
        level = [
            child
            for one in level
            for child in (
                one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            )
        ]
    return any(isinstance(one, (dict, list)) for one in level)


class Table:
    """One table of the text; `place` is where it stands (`grants[2]`), counted from 1."""

    def __init__(self, values: Mapping[str, object], *, which: str, place: str = "") -> None:
        self._left = dict(values)
        self._which = which
        self._place = place

    def at(self, key: str) -> str:
        """Return where a key of this table stands."""
        return f"{self._place}.{key}" if self._place else key

    def refuse(self, key: str, why: str) -> NoReturn:
        """Refuse the text because of a key of this table.

        Raises:
            InvalidAgreementError: always.
        """
        raise InvalidAgreementError(which=self._which, place=self.at(key), why=why)

    def has(self, key: str) -> bool:
        """Whether a key is there and not read yet."""
        return key in self._left

    def text(self, key: str) -> str:
        """Return a text that says something: trimmed, printable, not empty."""
        return self._as_text(self._take(key), key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, none of them twice; it may be empty."""
        values = self._take(key)
        if not isinstance(values, list):
            self.refuse(key, "want a list of texts")
        read = tuple(self._as_text(one, f"{key}[{i}]") for i, one in enumerate(values, start=1))
        for i, one in enumerate(read, start=1):
            if one in read[: i - 1]:
                self.refuse(f"{key}[{i}]", f"{one} stands there twice")
        return read

    def whole(self, key: str, *, low: int, high: int) -> int:
        """Return a whole number within bounds, both included."""
        value = self._take(key)
        # TOML's true is Python's 1: a truth value is no number here.
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(key, "want a whole number")
        if not low <= value <= high:
            self.refuse(key, f"want {low} to {high}")
        return value

    def truth(self, key: str) -> bool:
        """Return true or false."""
        value = self._take(key)
        if not isinstance(value, bool):
            self.refuse(key, "want true or false")
        return value

    def day(self, key: str) -> date:
        """Return a date without a time of day."""
        value = self._take(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            self.refuse(key, "want a date, as in 2026-01-31")
        return value

    def table(self, key: str) -> Table:
        """Return the table under a key."""
        return self._as_table(self._take(key), key)

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return the tables under a key, in their order."""
        values = self._take(key)
        if not isinstance(values, list):
            self.refuse(key, f"want tables, each under [[{self.at(key)}]]")
        return tuple(self._as_table(one, f"{key}[{i}]") for i, one in enumerate(values, start=1))

    def done(self) -> None:
        """Pass a table of which every key was read.

        Raises:
            InvalidAgreementError: a key is left that nobody asked for.
        """
        for key in self._left:
            self.refuse(key, "no such key is known")

    def _take(self, key: str) -> object:
        if key not in self._left:
            self.refuse(key, "it is missing")
        return self._left.pop(key)

    def _as_text(self, value: object, key: str) -> str:
        if not isinstance(value, str):
            self.refuse(key, "want a text")
        if not value or value != value.strip():
            self.refuse(key, "want a text that neither is empty nor begins or ends with a blank")
        if len(value) > MAX_LINE or not value.isprintable():
            self.refuse(key, f"want at most {MAX_LINE} printable characters")
        return value

    def _as_table(self, value: object, key: str) -> Table:
        if not isinstance(value, dict):
            self.refuse(key, "want a table")
        return Table(value, which=self._which, place=self.at(key))
