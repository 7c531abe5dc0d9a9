"""Rows of delimited values → the tree of a declaration.

Either rows of different types, each naming its type (`records`), or rows that are alike: what the
rows of a declaration share is said on each of them, and read once. A value of a shared column that
is blank says the same as before; one that says something else is a finding and a value of its own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from exchange_node.domain.errors import ExcessiveDeclarationError
from exchange_node.mapping.findings import (
    BROKEN,
    FEWER_VALUES,
    MORE_VALUES,
    SAYS_OTHERWISE,
)
from exchange_node.mapping.profile.recognition import Detection
from exchange_node.mapping.profile.recognition.layouts import Delimited, Level
from exchange_node.mapping.sources.decoding import Text, has_open_end
from exchange_node.mapping.sources.planting import Planting, addressable
from exchange_node.mapping.sources.records import read_records
from exchange_node.mapping.tree import Node, Source

if TYPE_CHECKING:
    from _csv import Reader

MAX_ROWS = 250_000
MAX_COLUMNS = 1_000
MAX_STEPS = 64
Row = tuple[int, list[str]]
PLAIN = (Level(name="row"),)
"""How rows are grouped where a profile does not say: not at all."""


def read_delimited(text: Text, detection: Detection, layout: Delimited) -> Source:
    """Read the rows of a table.

    Raises:
        ExcessiveDeclarationError: there are more rows, columns or values than are let in.
    """
    planting = Planting(detection)
    rows = _rows(text.characters, layout, planting)
    if layout.records:
        last, is_short = read_records(rows, planting, layout, profile=detection.profile)
    else:
        columns = header_of(next(rows, (0, []))[1]) if layout.has_header else list(layout.columns)
        last, is_short = _Levels(planting, layout, columns).read(rows)
    if last and has_open_end(text.characters):
        planting.flaws.has_no_last_end(last, is_short=is_short)
    return planting.source(*text.findings)


def header_in(characters: str, layout: Delimited) -> list[str]:
    """Return the names of the columns that a table begins with; empty where it has no header."""
    if not layout.has_header:
        return []
    for _, cells in _parted(characters, layout, _delimiter(characters, layout)):
        return header_of(cells or [])
    return []


def header_of(cells: Sequence[str]) -> list[str]:
    """Return the names of columns, the blank ones by their number."""
    return [one.strip() or str(number) for number, one in enumerate(cells, start=1)]


def _delimiter(characters: str, layout: Delimited) -> str:
    """Return the delimiter that parts the first row into most values."""
    most, chosen = 0, layout.delimiters[0]
    for one in layout.delimiters if len(layout.delimiters) > 1 else ():
        for _, cells in _parted(characters, layout, one):
            if len(cells or ()) > most:
                most, chosen = len(cells or ()), one
            break
    return chosen


def _parted(
    characters: str, layout: Delimited, delimiter: str
) -> Iterator[tuple[int, list[str] | None]]:
    """Yield rows with the line they begin in; None for one that is broken off by its quotes.

    A quote that is never closed takes everything behind it with it: the lines behind it are then
    read once more, as if there were no quotes.
    """
    lines = io.StringIO(characters, newline="")
    reader = _reading(lines, delimiter, layout.quote)
    before = skipped = 0
    while True:
        begins = before + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as err:
            if "limit" in str(err):
                raise ExcessiveDeclarationError(notation="table", why=str(err)) from None
            yield begins, None
            if "end of data" in str(err):
                lines.seek(0)
                before = sum(1 for _ in islice(lines, begins))
                reader = _reading(lines, delimiter, "")
            continue
        if cells is None:
            return
        if skipped < layout.skip:
            skipped += 1
        elif any(map(str.strip, cells)):
            yield begins, cells


def _reading(lines: io.StringIO, delimiter: str, quote: str) -> Reader:
    return csv.reader(
        lines, delimiter=delimiter, quotechar=quote or None, strict=True,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )  # fmt: skip


def _rows(characters: str, layout: Delimited, planting: Planting) -> Iterator[Row]:
    """Yield the rows that hold anything; those that cannot be parted are findings."""
    delimiter = _delimiter(characters, layout)
    for count, (number, cells) in enumerate(_parted(characters, layout, delimiter), start=1):
        if count > MAX_ROWS:
            raise ExcessiveDeclarationError(notation="table", why=f"more than {MAX_ROWS} rows")
        if cells is None:
            why = f"the quotes of this row are not as {layout.quote} demands"
            planting.flaws.found(BROKEN, line=number, column=1, why=why)
        elif len(cells) > MAX_COLUMNS:
            why = f"more than {MAX_COLUMNS} columns in line {number}"
            raise ExcessiveDeclarationError(notation="table", why=why)
        else:
            yield number, cells


class _Levels:
    """Puts rows that are alike where their keys say."""

    __slots__ = (
        "_bodies", "_columns", "_current", "_inner", "_known", "_last", "_levels", "_nest",
        "_parts", "_planting", "_said", "_steps", "_turns",
    )  # fmt: skip

    def __init__(self, planting: Planting, layout: Delimited, columns: list[str]) -> None:
        self._planting = planting
        self._columns = columns
        self._nest = layout.nest
        levels = list(layout.levels or PLAIN)
        if levels[0].name:
            levels.insert(0, Level(name=""))
        self._levels = levels
        self._parts = self._parted()
        self._steps = self._paths()
        self._turns = self._groups()
        self._inner: dict[tuple[Node, tuple[str, ...], int], Node] = {}
        self._known: dict[tuple[Node, int, tuple[str, ...]], Node] = {}
        self._last: dict[tuple[Node, int], Node] = {}
        self._said: dict[tuple[Node, int], tuple[str, int]] = {}
        self._bodies: dict[tuple[str, ...], Node] = {}
        self._current = planting.body

    def _parted(self) -> list[tuple[list[int], list[int]]]:
        """Return for each level the places of its columns, and of those that make its key."""
        key_of = self._planting.named
        names = [(one, addressable(one), key_of(one)[1]) for one in self._columns]
        parts: list[tuple[list[int], list[int]]] = [([], []) for _ in self._levels]
        for place, forms in enumerate(names):
            innermost = len(self._levels) - 1
            at = next(
                (n for n in range(innermost, -1, -1) if any(map(self._levels[n].has, forms))),
                innermost,
            )
            parts[at][0].append(place)
            for number, level in enumerate(self._levels):
                if any(one in level.key for one in forms):
                    parts[number][1].append(place)
        return parts

    def _paths(self) -> list[list[str]]:
        """Return for each column its way below the node of its level; that name is left out."""
        named = self._planting.named
        ways = [one.split(self._nest, MAX_STEPS) if self._nest else [one] for one in self._columns]
        if any(len(way) > MAX_STEPS for way in ways):
            why = f"more than {MAX_STEPS} steps in the name of a column"
            raise ExcessiveDeclarationError(notation="table", why=why)
        for (places, _), level in zip(self._parts, self._levels, strict=True):
            for place in places:
                way = ways[place]
                if len(way) > 1 and level.name and named(way[0])[1] == named(level.name)[1]:
                    ways[place] = way[1:]
        return ways

    def _groups(self) -> list[int]:
        """Return for each column the number of its group: where a name comes again, one begins."""
        seen: dict[tuple[str, ...], list[set[str]]] = {}
        turns: list[int] = []
        for *path, name in self._steps:
            groups = seen.setdefault(tuple(path), [set()])
            if name in groups[-1]:
                groups.append(set())
            groups[-1].add(name)
            turns.append(len(groups) - 1)
        return turns

    def read(self, rows: Iterator[Row]) -> tuple[int, bool]:
        """Read every row; return the line of the last, and whether it is short of values."""
        last, is_short = 0, False
        expected = len(self._columns)
        flaws = self._planting.flaws
        for line, cells in rows:
            if len(cells) < expected:
                flaws.found(FEWER_VALUES, line=line, count=len(cells), expected=expected)
            beyond = [n for n in range(expected, len(cells)) if cells[n].strip()]
            if beyond:
                flaws.found(MORE_VALUES, line=line, count=len(cells), expected=expected)
            node = self._place(cells, line)
            for number in beyond:
                self._planting.leaf(node, str(number + 1), cells[number], line)
            last, is_short = line, len(cells) < expected
        return last, is_short

    def _place(self, cells: list[str], line: int) -> Node:
        """Put one row into the tree; return its innermost node."""
        node = self._body(cells, line)
        for number, (places, _) in enumerate(self._parts):
            if number:
                node = self._node(node, number, cells, line)
            is_shared = number < len(self._parts) - 1 or bool(self._levels[number].key)
            for place in places:
                if place >= len(cells):
                    break
                text = cells[place].strip()
                if text:
                    self._value(node, place, text, line, is_shared=is_shared or not number)
        return node

    def _body(self, cells: list[str], line: int) -> Node:
        """Return the declaration that a row belongs to."""
        key = self._key(0, cells)
        if not any(key) and self._bodies:
            return self._current
        known = self._bodies.get(key)
        if known is None:
            known = self._planting.another(line) if self._bodies else self._planting.body
            self._bodies[key] = known
        self._current = known
        self._planting.turn(to_body=known is self._planting.body)
        return known

    def _node(self, above: Node, number: int, cells: list[str], line: int) -> Node:
        """Return the node of a row at a level, a new one unless its key is known."""
        level = self._levels[number]
        key = self._key(number, cells)
        last = self._last.get((above, number))
        if level.key:
            known = last if not any(key) else self._known.get((above, number, key))
            if known is not None:
                self._last[above, number] = known
                return known
        node = self._planting.node(above, level.name, line)
        self._last[above, number] = node
        if level.key:
            self._known[above, number, key] = node
        return node

    def _key(self, number: int, cells: list[str]) -> tuple[str, ...]:
        return tuple(
            cells[place].strip() if place < len(cells) else "" for place in self._parts[number][1]
        )

    def _value(self, node: Node, place: int, text: str, line: int, *, is_shared: bool) -> None:
        """Put a value in, unless the rows before said the same."""
        if is_shared:
            said = self._said.get((node, place))
            if said is None:
                self._said[node, place] = text, line
            elif said[0] == text:
                return
            else:
                self._planting.flaws.found(
                    SAYS_OTHERWISE, value=text, line=line, column=self._columns[place],
                    first=said[1], other=said[0][:200], node=node.name,
                )  # fmt: skip
        *path, name = self._steps[place]
        for depth in range(1, len(path) + 1):
            way = (node, tuple(path[:depth]), self._turns[place])
            inner = self._inner.get(way)
            if inner is None:
                inner = self._inner[way] = self._planting.node(node, path[depth - 1], line)
            node = inner
        self._planting.leaf(node, name, text, line)
