"""Editions of lists → does a list know a code on a day, and what the code means.

Which edition answers is told by the day that is asked about; `told` adds a later day's edition, for
a list is often handed in after the day from which its lines hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

COUNTRIES = "iso3166"
NO_EQUAL = "ZZ"
"""A country whose national code had no equal; it has no offices."""

OFFICES = "customs_offices"
"""The list of customs offices; a code begins with its country."""

PROCEDURES = "procedures"
"""National procedure codes; which country's they are is told by who sends the document."""

OF_MEMBERS = frozenset({OFFICES, PROCEDURES})
"""Lists that members hand in one by one: each binds only the countries it has codes of."""

HS = "hs2022"
"""Subheadings of the Harmonized System."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One line of a list.

    Attributes:
        valid_from, valid_to: its days, both included; None is open.
        line: where it stands in its file, from 1; 0 for no file.
    """

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    retrieved: str = ""
    line: int = 0

    def is_valid(self, on: date) -> bool:
        """Whether the code may be used on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an edition is of: `customs_offices.KZ@2026-12-01` is how a file's name says it.

    Attributes:
        name: the list.
        country: whose part of the list it is; empty for the list itself.
        since: from which day on it counts; None for always.
    """

    name: str
    country: str = ""
    since: date | None = None

    def __str__(self) -> str:
        part = f".{self.country}" if self.country else ""
        day = f"@{self.since.isoformat()}" if self.since else ""
        return f"{self.name}{part}{day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One file: a list, or a country's part of it, as it counts from a day on.

    Attributes:
        digest: SHA-256 of the file, in hexadecimal digits: its version.
    """

    place: Place
    codes: Mapping[str, tuple[Code, ...]]
    digest: str

    def has(self, code: str, on: date) -> bool:
        """Whether a code is valid in it on a day."""
        return any(one.is_valid(on) for one in self.codes.get(code, ()))

    @property
    def lines(self) -> tuple[Code, ...]:
        """Its lines; those of one code stand together."""
        return tuple(one for same in self.codes.values() for one in same)


class CodeLists:
    """Every edition of every list."""

    __slots__ = ("_countries", "_editions")

    def __init__(self, editions: Mapping[tuple[str, str], tuple[Edition, ...]]) -> None:
        """Take editions by list and country, each the earliest first; see `code_lists_of`."""
        self._editions = editions
        self._countries = {
            id(one): frozenset(code[:2] for code in one.codes)
            for one in editions.get((OFFICES, ""), ())
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the lists that are loaded."""
        return tuple(sorted({name for name, _ in self._editions}))

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every edition, by list, country and day."""
        return tuple(one for key in sorted(self._editions) for one in self._editions[key])

    def edition(self, list_name: str, on: date, country: str = "") -> Edition | None:
        """Return the edition that counts on a day; None where none does yet."""
        found = None
        for one in self._editions.get((list_name, country), ()):
            if one.place.since is None or one.place.since <= on:
                found = one
        return found

    def codes(self, list_name: str) -> tuple[Code, ...]:
        """The lines of a list in its last editions; none if it is not loaded."""
        last = (same[-1] for (name, _), same in self._editions.items() if name == list_name)
        return tuple(one for edition in last for one in edition.lines)

    def knows(
        self, list_name: str, code: str, on: date, *, told: date | None = None, country: str = ""
    ) -> bool:
        """Whether the list is loaded and the code is valid in it on that day.

        A list of the members says nothing of a country that has not handed in its own: any code of
        such a country is known there, an office of it if there is such a country.

        Args:
            list_name: the list.
            code: the code.
            on: the day asked about; the edition that counts on it answers.
            told: a later day, whose edition is asked of `on` too; it alone is asked where a member
                had handed in nothing by `on`, so that an earlier date opens nothing.
            country: whose part of the list counts; an office's country stands in its code.
        """
        if list_name == OFFICES:
            country = code[:2]
        if told is None or told <= on:
            return self._knows(list_name, code, on, on, country)
        if self._knows(list_name, code, on, told, country):
            return True
        # Who had handed in nothing by that day and has since is held to what it said then.
        if not self._binds(list_name, on, country) and self._binds(list_name, told, country):
            return False
        return self._knows(list_name, code, on, on, country)

    def name(self, list_name: str, code: str) -> str:
        """Return what a code means, in English; "" if the list does not have it."""
        found = [one for one in self.codes(list_name) if one.code == code]
        return found[-1].name if found else ""

    def _knows(self, list_name: str, code: str, on: date, edited: date, country: str) -> bool:
        part = self.edition(list_name, edited, country) if country else None
        if part is not None and part.codes:
            if part.has(code, on):
                return True
            if list_name in OF_MEMBERS:
                return False
        base = self.edition(list_name, edited)
        if base is not None and base.has(code, on):
            return True
        if self._binds(list_name, edited, country):
            return False
        if list_name == OFFICES:
            is_office = len(code) > len(country) and country != NO_EQUAL
            return is_office and self._knows(COUNTRIES, country, on, edited, "")
        return True

    def _binds(self, list_name: str, edited: date, country: str) -> bool:
        """Whether a list says which codes a country has; those of members may be silent."""
        if list_name not in OF_MEMBERS:
            return True
        part = self.edition(list_name, edited, country) if country else None
        if part is not None and part.codes:
            return True
        base = self.edition(list_name, edited)
        if base is None:
            return False
        return country in self._countries[id(base)] if list_name == OFFICES else bool(base.codes)


def code_lists_of(editions: Iterable[Edition]) -> CodeLists:
    """Return lists of their editions, in any order; of two of one place the last counts."""
    by_place = {str(one.place): one for one in editions}
    found: dict[tuple[str, str], list[Edition]] = {}
    for one in by_place.values():
        found.setdefault((one.place.name, one.place.country), []).append(one)
    return CodeLists(
        {
            key: tuple(sorted(same, key=lambda one: one.place.since or date.min))
            for key, same in found.items()
        }
    )
