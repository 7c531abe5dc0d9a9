"""wco_schemas/codelists/*.tsv → does a list know a code on a day, and what the code means.

Columns: code, name_en, valid_from, valid_to, source, retrieved. Dates are ISO days, both ends
included; an empty one is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exchange_node.domain.errors import InvalidSettingError

COLUMNS = ("code", "name_en", "valid_from", "valid_to", "source", "retrieved")
COUNTRIES = "iso3166"
NO_EQUAL = "ZZ"
"""A country whose national code had no equal; it has no offices."""

OFFICES = "customs_offices"
"""The list of customs offices: it binds only the countries it has offices of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One line of a list."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid(self, on: date) -> bool:
        """Whether the code may be used on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


class CodeLists:
    """Every list by its name (the file's name without `.tsv`)."""

    __slots__ = ("_countries", "_lists")

    def __init__(self, lists: Mapping[str, Mapping[str, tuple[Code, ...]]]) -> None:
        self._lists = lists
        self._countries = frozenset(code[:2] for code in lists.get(OFFICES, {}))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the lists that are loaded."""
        return tuple(sorted(self._lists))

    def codes(self, list_name: str) -> tuple[Code, ...]:
        """The lines of a list; none if it is not loaded."""
        return tuple(one for same in self._lists.get(list_name, {}).values() for one in same)

    def knows(self, list_name: str, code: str, on: date) -> bool:
        """Whether the list is loaded and the code is valid in it on that day.

        An office is known, too, while no office of its country is loaded, if there is such a
        country: the lists of customs offices come from the members, one by one.
        """
        if list_name == OFFICES and code[:2] not in self._countries:
            return len(code) > 2 and code[:2] != NO_EQUAL and self.knows(COUNTRIES, code[:2], on)
        return any(one.is_valid(on) for one in self._lists.get(list_name, {}).get(code, ()))

    def name(self, list_name: str, code: str) -> str:
        """Return what a code means, in English; "" if the list does not have it."""
        found = self._lists.get(list_name, {}).get(code, ())
        return found[-1].name if found else ""


def read_code_lists(files: Mapping[str, str]) -> CodeLists:
    """Read lists by name; a name may end in `.tsv`.

    Raises:
        InvalidSettingError: a header, a line, a date or a code is not as it must be.
    """
    lists: dict[str, dict[str, tuple[Code, ...]]] = {}
    for file, text in files.items():
        lists[file.removesuffix(".tsv")] = _read(file, text)
    return CodeLists(lists)


def _read(file: str, text: str) -> dict[str, tuple[Code, ...]]:
    lines = text.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise InvalidSettingError(
            where=f"code list {file}", why=f"the header must be {' '.join(COLUMNS)}"
        )
    found: dict[str, tuple[Code, ...]] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        where = f"code list {file}, line {number}"
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not cells[0].strip():
            raise InvalidSettingError(where=where, why=f"want {len(COLUMNS)} columns and a code")
        try:
            first, last = (date.fromisoformat(cell) if cell else None for cell in cells[2:4])
        except ValueError:
            raise InvalidSettingError(where=where, why="dates are written YYYY-MM-DD") from None
        line_of = Code(code=cells[0], name=cells[1], valid_from=first, valid_to=last)
        found[cells[0]] = (*found.get(cells[0], ()), line_of)
    return found
