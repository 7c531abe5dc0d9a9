"""Lines with values in columns of characters → the tree of a declaration.

A line's type stands at its place; what no column of the type covers and is not blank becomes a
value that is named by its place (`41..57`), so that nothing of a line is lost unseen.
"""

from __future__ import annotations

from exchange_node.domain.errors import ExcessiveDeclarationError
from exchange_node.mapping.profile.recognition import Detection
from exchange_node.mapping.profile.recognition.layouts import Fixed, Record, Span
from exchange_node.mapping.sources.decoding import Text, has_open_end, lines_of
from exchange_node.mapping.sources.planting import Planting
from exchange_node.mapping.sources.records import Records
from exchange_node.mapping.tree import Node, Source

MAX_LINES = 250_000


def read_fixed(text: Text, detection: Detection, layout: Fixed) -> Source:
    """Read lines by their columns.

    Raises:
        ExcessiveDeclarationError: there are more lines or values than are let in.
    """
    planting = Planting(detection)
    records = Records(planting, layout.records, opens=layout.opens, profile=detection.profile)
    only = next(iter(layout.records)) if layout.record is None else ""
    covered = {name: _with_gaps(record, layout.record) for name, record in layout.records.items()}
    last, is_short = 0, False
    for number, line in enumerate(lines_of(text.characters), start=1):
        if number > MAX_LINES:
            why = f"more than {MAX_LINES} lines"
            raise ExcessiveDeclarationError(notation="file of columns", why=why)
        if number <= layout.skip or not line.strip():
            continue
        kind = only if layout.record is None else _cut(line, layout.record).strip()
        node, record = records.place(kind, number)
        if record is None:
            planting.leaf(node, kind or "record", line, number)
            continue
        _plant(planting, node, line, covered[kind], number)
        reach = max((one.last or one.first for one in record.spans), default=0)
        last, is_short = number, len(line) < reach
    if last and has_open_end(text.characters):
        planting.flaws.has_no_last_end(last, is_short=is_short)
    return planting.source(*text.findings)


def _plant(planting: Planting, node: Node, line: str, spans: tuple[Span, ...], number: int) -> None:
    for span in spans:
        value = _cut(line, span)
        if value and not value.isspace():
            planting.leaf(node, span.name, value, number)


def _cut(line: str, span: Span) -> str:
    return line[span.first - 1 : span.last or None]


def _with_gaps(record: Record, kind: Span | None) -> tuple[Span, ...]:
    """Return the columns of a record and, between and behind them, what they leave open."""
    taken = sorted((one.first, one.last) for one in (*record.spans, *([kind] if kind else [])))
    gaps: list[Span] = []
    reached = 0
    for first, last in taken:
        if first > reached + 1:
            gaps.append(_gap(reached + 1, first - 1))
        if not last:
            return (*record.spans, *gaps)
        reached = max(reached, last)
    return (*record.spans, *gaps, _gap(reached + 1, 0))


def _gap(first: int, last: int) -> Span:
    return Span(name=f"{first}..{last or ''}", first=first, last=last)
