"""Lines of several types → where each belongs: below the last line of the type above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange_node.mapping.findings import MORE_VALUES, STRAY_RECORD, UNKNOWN_RECORD
from exchange_node.mapping.profile.recognition.layouts import Delimited, Record
from exchange_node.mapping.sources.planting import Planting
from exchange_node.mapping.tree import Node


class Records:
    """Places the records of one file."""

    __slots__ = ("_below", "_body", "_has_begun", "_last", "_opens", "_planting", "_profile",
                 "_records")  # fmt: skip

    def __init__(
        self, planting: Planting, records: Mapping[str, Record], *, opens: str, profile: str
    ) -> None:
        self._planting = planting
        self._records = records
        self._opens = opens
        self._profile = profile
        self._body = planting.body
        self._has_begun = False
        self._last: dict[str, Node] = {}
        self._below: dict[str, tuple[str, ...]] = {
            name: tuple(other for other in records if self._is_below(other, name))
            for name in records
        }

    def _is_below(self, name: str, above: str) -> bool:
        within = self._records[name].within
        return bool(within) and (within == above or self._is_below(within, above))

    def place(self, kind: str, line: int) -> tuple[Node, Record | None]:
        """Return the node that a record's values stand below, and the record if it is known."""
        record = self._records.get(kind)
        if record is None:
            self._planting.flaws.found(UNKNOWN_RECORD, value=kind, line=line, profile=self._profile)
            return self._body, None
        if kind == self._opens:
            if self._has_begun:
                self._body = self._planting.another(line)
                self._last.clear()
            self._has_begun = True
        above = self._last.get(record.within) if record.within else self._body
        if above is None:
            self._planting.flaws.found(STRAY_RECORD, value=kind, line=line, within=record.within)
            above = self._body
        for other in self._below[kind]:
            self._last.pop(other, None)
        node = self._planting.node(above, record.name, line) if record.name else above
        self._last[kind] = node
        return node, record


def read_records(
    rows: Iterator[tuple[int, list[str]]], planting: Planting, layout: Delimited, *, profile: str
) -> tuple[int, bool]:
    """Read every row; return the line of the last, and whether it has fewer values than columns."""
    last, is_short = 0, False
    at = layout.record - 1
    records = Records(planting, layout.records, opens=layout.opens, profile=profile)
    for line, cells in rows:
        kind = cells[at].strip() if at < len(cells) else ""
        node, record = records.place(kind, line)
        if record is None:
            node = planting.node(node, kind or "record", line)
        columns = record.columns if record is not None else ()
        expected = len(columns)
        if record is not None and any(map(str.strip, cells[expected:])):
            planting.flaws.found(MORE_VALUES, line=line, count=len(cells), expected=expected)
        for number, cell in enumerate(cells):
            if number != at and cell:
                name = columns[number] if number < expected else str(number + 1)
                planting.leaf(node, name, cell, line)
        last, is_short = line, len(cells) < expected
    return last, is_short
