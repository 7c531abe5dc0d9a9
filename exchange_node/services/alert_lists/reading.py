"""A file → its entries: the plain keys of each alert, and where in the file each of them stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange_node.domain.errors import InvalidListError
from exchange_node.domain.finding import Finding
from exchange_node.services.alert_lists import columns, delimited
from exchange_node.services.alert_lists.columns import REFERENCE, SUBJECTS, Column, Place
from exchange_node.services.alert_lists.delimited import (
    MOST_LINES,
    Row,
    require_text,
    rows_of,
    text_of,
)
from exchange_node.services.alert_lists.rules import (
    NO_REFERENCE,
    OTHERWISE,
    RAGGED,
    REPEATED,
    TOO_LONG,
)

MOST_CELL = 4_000
"""Characters of one value (our choice): several times what any key of a draft takes."""

LONGEST_REFERENCE = 100
"""Characters of a `source_reference` (our choice)."""

MOST_DEEP = 20
"""How deep lists and objects of a list in JSON may stand in each other (our choice)."""

ALERTS = "alerts"
"""Where the alerts stand in a list in JSON; a list alone is one as well."""


@dataclass(slots=True)
class Entry:
    """One alert of a list.

    Attributes:
        line: where it begins in CSV, its number in JSON; counted from 1.
        plain: the keys of a draft.
        placed: by its place in the draft, the line and the column of a value.
        faults: what is wrong with it as a row, each with its line.
    """

    line: int
    reference: str
    plain: dict[str, Any]
    placed: dict[Place, tuple[int, str]] = field(default_factory=dict)
    faults: list[tuple[int, Finding]] = field(default_factory=list)

    def where(self, place: Place) -> tuple[int, str]:
        """Return line and column of a place in the draft; the nearest above it that is known."""
        if place in self.placed:
            return self.placed[place]
        for length in range(len(place), 0, -1):
            near = [one for one in self.placed if one[:length] == place[:length]]
            if near:
                return self.placed[min(near, key=len)][0], named(place)
        return self.line, named(place)


def read_list(content: bytes) -> list[Entry]:
    """Return the alerts of a list, in JSON or in CSV: what begins like JSON is JSON.

    Raises:
        InvalidListError: it cannot be read as a whole.
    """
    text = text_of(content)
    if not text.strip():
        raise InvalidListError(why="it is empty")
    entries = _from_json(text) if text.lstrip()[0] in "{[" else _from_csv(text)
    _find_repeated(entries)
    return entries


def template() -> bytes:
    """Return a list in CSV with every column and no row."""
    return delimited.written([columns.template()])


def named(place: Place) -> str:
    """Return how a place in a draft is named, positions from 1."""
    if len(place) > 1 and place[0] == SUBJECTS and isinstance(place[1], int):
        place = (SUBJECTS, *place[2:])
    return ".".join(str(one + 1) if isinstance(one, int) else one for one in place)


# ---------------------------------------------------------------- CSV


def _from_csv(text: str) -> list[Entry]:
    header, *rows = rows_of(text) or [Row(1, ())]
    found = columns.columns_of(header.cells)
    entries: list[Entry] = []
    for row in rows:
        if len(row.cells) != len(found):
            ragged = RAGGED.found(count=len(row.cells), want=len(found))
            wrong = Entry(row.line, "", {})
            wrong.faults.append((row.line, ragged))
            entries.append(wrong)
            continue
        cells = dict(zip((one.name for one in found), row.cells, strict=True))
        reference = cells[REFERENCE].strip()
        last = entries[-1] if entries else None
        if last is not None and reference and last.reference == reference:
            _add_subject(last, row.line, found, cells)
        else:
            entries.append(_entry(row.line, reference, found, cells))
    return entries


def _entry(line: int, reference: str, found: Sequence[Column], cells: Mapping[str, str]) -> Entry:
    entry = Entry(line, reference, {})
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        entry.faults.append((line, NO_REFERENCE.found(most=LONGEST_REFERENCE)))
    own = [one for one in found if one.place[0] not in {REFERENCE, SUBJECTS}]
    entry.plain, placed = _taken(entry, line, own, cells)
    entry.placed |= placed
    entry.plain[SUBJECTS] = []
    _add_subject(entry, line, found, cells, is_first=True)
    return entry


def _add_subject(
    entry: Entry,
    line: int,
    found: Sequence[Column],
    cells: Mapping[str, str],
    *,
    is_first: bool = False,
) -> None:
    """Add the subject of a row; of the alert itself a further row says what the first did."""
    if not is_first:
        said = {column: cell for (_, column), cell in _said(entry)}
        for one in found:
            cell = cells[one.name]
            if one.place[0] in {REFERENCE, SUBJECTS} or not cell or said.get(one.name) == cell:
                continue
            otherwise = OTHERWISE.found(pointer=one.name, first=entry.line)
            entry.faults.append((line, otherwise))
    own = [Column(one.name, one.place[1:]) for one in found if one.place[0] == SUBJECTS]
    subject, placed = _taken(entry, line, own, cells)
    if subject or not is_first:
        number = len(entry.plain[SUBJECTS])
        entry.plain[SUBJECTS].append(subject)
        entry.placed |= {(SUBJECTS, number, *at): where for at, where in placed.items()}
        entry.placed.setdefault((SUBJECTS, number), (line, SUBJECTS))


def _said(entry: Entry) -> Iterator[tuple[tuple[int, str], str]]:
    for place, where in entry.placed.items():
        value: Any = entry.plain
        for part in place:
            value = value[part]
        if isinstance(value, str):
            yield where, value


def _taken(
    entry: Entry, line: int, found: Iterable[Column], cells: Mapping[str, str]
) -> tuple[dict[str, Any], dict[Place, tuple[int, str]]]:
    """Return what the cells of a row say; empty ones say nothing."""
    put: dict[str, Any] = {}
    names: dict[Place, str] = {}
    for one in found:
        cell = cells[one.name]
        if len(cell) > MOST_CELL:
            entry.faults.append((line, _too_long(one.name, cell)))
        elif cell:
            columns.put(put, one.place, cell)
            names[one.place] = one.name
    plain, placed = columns.closed(put)
    return plain, {at: (line, names[origin]) for at, origin in placed.items()}


# ---------------------------------------------------------------- JSON


def _from_json(text: str) -> list[Entry]:
    try:
        plain = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise InvalidListError(why="its parts stand too deep in each other") from None
    except ValueError as err:
        raise InvalidListError(why=f"it is no JSON: {str(err)[:200]}") from None
    if isinstance(plain, dict):
        if set(plain) != {ALERTS}:
            raise InvalidListError(why=f"want a list, or an object with {ALERTS} alone")
        plain = plain[ALERTS]
    if not isinstance(plain, list):
        raise InvalidListError(why=f"{ALERTS} is no list")
    if len(plain) > MOST_LINES:
        raise InvalidListError(why=f"it has more than {MOST_LINES} alerts")
    return [_of_json(number, one) for number, one in enumerate(plain, start=1)]


def _of_json(number: int, one: object) -> Entry:
    if not isinstance(one, dict):
        raise InvalidListError(why=f"alert {number} is no object")
    for _, text in _texts(one, (), MOST_DEEP):
        require_text(text, f"alert {number}")
    plain = dict(one)
    reference = plain.pop(REFERENCE, "")
    entry = Entry(number, reference if isinstance(reference, str) else "", plain)
    entry.reference = entry.reference.strip()
    if not 0 < len(entry.reference) <= LONGEST_REFERENCE:
        entry.faults.append((number, NO_REFERENCE.found(most=LONGEST_REFERENCE)))
    for place, text in _texts(plain, (), MOST_DEEP):
        if len(text) > MOST_CELL:
            entry.faults.append((number, _too_long(_dotted(place), text)))
    return entry


def _texts(value: object, place: Place, left: int) -> Iterator[tuple[Place, str]]:
    if not left:
        raise InvalidListError(why="its parts stand too deep in each other")
    match value:
        case str():
            yield place, value
        case dict():
            for key, one in value.items():
                require_text(key, "a key")
                yield from _texts(one, (*place, key), left - 1)
        case list():
            for position, one in enumerate(value):
                yield from _texts(one, (*place, position), left - 1)
        case _:
            return


def _dotted(place: Place) -> str:
    return ".".join(str(one + 1) if isinstance(one, int) else one[:50] for one in place)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _no_number(said: str) -> None:
    raise ValueError(f"{said} is no number")


# ---------------------------------------------------------------- both


def _too_long(name: str, cell: str) -> Finding:
    return TOO_LONG.found(pointer=name, value=cell[:20], count=len(cell), most=MOST_CELL)


def _find_repeated(entries: Iterable[Entry]) -> None:
    first: dict[str, int] = {}
    for one in entries:
        if not one.reference:
            continue
        if one.reference in first:
            said = REPEATED.found(value=one.reference, first=first[one.reference])
            one.faults.append((one.line, said))
        first.setdefault(one.reference, one.line)
