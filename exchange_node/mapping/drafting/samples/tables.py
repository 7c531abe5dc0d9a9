"""Texts without a notation of their own → how a table is read; what is none has columns.

What the rows of a declaration share stands on each of them: a column that says the same in all rows
of a declaration is the declaration's, and what differs from row to row belongs to the goods.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby

from exchange_node.domain.errors import ExcessiveDeclarationError, UnfitSamplesError
from exchange_node.mapping.drafting.samples.columns import MOST_TYPES, columns_layout
from exchange_node.mapping.drafting.samples.signs import begins_with, by_name_only
from exchange_node.mapping.drafting.toml import listed, quoted
from exchange_node.mapping.sources.decoding import decoded, lines_of, without_no_text
from exchange_node.mapping.sources.delimited import MAX_COLUMNS, header_of
from exchange_node.mapping.sources.opening import Plain
from exchange_node.mapping.sources.planting import addressable

Ideas = Callable[[str], tuple[str, ...]]
"""Name → the ideas in it."""
Rows = list[list[str]]
DELIMITERS = (",", ";", "\t", "|")
MOST_LINES = 2_000
"""Lines of a sample that its layout is told by."""
MOST_SIGNS = 6
OTHER_ENCODING = "windows-1251"
GOODS = frozenset({"goods", "hs", "gross", "net", "packages", "description", "origin", "marks"})
NUMBERING = frozenset({"mrn", "lrn", "declaration", "number"})
_ALIKE = 0.9
_TYPE = re.compile(r"[A-Z][A-Z0-9]{0,3}\Z")
_NUMBER = re.compile(r"[-+. ]*[0-9][-+0-9. ]*\Z")
_LETTER = re.compile(r"[^\W\d_]")


def table_layout(samples: Sequence[Plain], ideas: Ideas) -> str:
    """Return the tables of a profile that say how texts are read.

    Raises:
        UnfitSamplesError: nothing in them is alike from line to line, or one has no line.
        ExcessiveDeclarationError: they have more columns than are read.
    """
    is_other = any(not _is_utf8(one.data) for one in samples)
    texts = [_text(one.data, OTHER_ENCODING if is_other else "") for one in samples]
    others = 'the bytes are no UTF-8; others are "kz1048", "cp866", "gb18030"'
    head = [f'encoding = "{OTHER_ENCODING}"  # a guess: {others}'] if is_other else []
    lines = [[line for line in lines_of(text) if line.strip()][:MOST_LINES] for text in texts]
    if not all(lines):
        empty = next(number for number, one in enumerate(lines, start=1) if not one)
        raise UnfitSamplesError(why=f"there is no line in sample {empty}")
    delimiter = _delimiter([line for one in lines for line in one])
    if delimiter:
        tables = [_parted(one, delimiter) for one in lines]
        _require_few_columns(tables)
        return "\n".join(_table(tables, texts, delimiter, head, ideas))
    return "\n".join(columns_layout([line for one in lines for line in one], head))


def _parted(lines: Sequence[str], delimiter: str) -> Rows:
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error as err:
        raise UnfitSamplesError(why=f"their rows cannot be parted: {err}") from None


def _require_few_columns(tables: Sequence[Rows]) -> None:
    for number, one in enumerate(tables, start=1):
        if any(len(row) > MAX_COLUMNS for row in one):
            why = f"more than {MAX_COLUMNS} columns in sample {number}"
            raise ExcessiveDeclarationError(notation="table", why=why)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return True


def _text(data: bytes, otherwise: str) -> str:
    return without_no_text(decoded(data, otherwise=otherwise)).characters.lstrip("\ufeff")


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that parts most lines into as many values; empty for none."""
    best, chosen = 1, ""
    for one in DELIMITERS:
        counts = Counter(len(row) for row in _parted(lines, one))
        most, times = counts.most_common(1)[0]
        is_alike = times >= _ALIKE * counts.total()
        if is_alike and most > best:
            best, chosen = most, one
    if chosen:
        return chosen
    for one in DELIMITERS:  # rows of several types
        rows = [line.split(one) for line in lines]
        types = {row[0].strip() for row in rows}
        is_typed = all(len(row) > 1 for row in rows) and all(map(_TYPE.match, types))
        if is_typed and len(types) <= MOST_TYPES:
            return one
    return ""


def _table(
    tables: Sequence[Rows], texts: Sequence[str], delimiter: str, head: list[str], ideas: Ideas
) -> list[str]:
    first = tables[0][0]
    width = len(first)
    said = "\\t" if delimiter == "\t" else delimiter
    read = ["[read]", 'kind = "csv"', f'delimiter = "{said}"', *head]
    if any(len(row) != width for one in tables for row in one):
        return _typed(tables, texts, delimiter, read)
    if not _is_header(tables[0]):
        names = [f"column {number}" for number in range(1, width + 1)]
        read += ["header = false", f"columns = {listed(names)}"]
        detect = _signs(tables, delimiter, texts)
        return [*detect, "", *read, *_levels(names, tables, ideas)]
    names = header_of(first)
    headers = [header_of(table[0]) for table in tables]
    everywhere = set(names).intersection(*headers)
    shared = [one for one in names if one in everywhere]
    if not shared:
        raise UnfitSamplesError(why="no column stands in all of them, so nothing tells the format")
    if 2 * sum("." in one for one in names) >= len(names):
        read.append('nest = "."')
    signs = [addressable(one) for one in shared[:MOST_SIGNS]]
    rows = [
        [dict(zip(header, row, strict=False)) for row in table[1:]]
        for header, table in zip(headers, tables, strict=True)
    ]
    ordered = [[[row.get(name, "") for name in names] for row in one] for one in rows]
    return ["[detect]", f"columns = {listed(signs)}", "", *read, *_levels(names, ordered, ideas)]


def _is_header(rows: Rows) -> bool:
    cells = [one.strip() for one in rows[0]]
    return (
        all(one and _LETTER.search(one) and len(one) <= 64 for one in cells)
        and len(rows) > 1
        and len(set(cells)) > len(cells) / 2
    )


def _signs(tables: Sequence[Rows], delimiter: str, texts: Sequence[str]) -> list[str]:
    """Return how the first line is built: as many values, numbers where they stand, and its end.

    How many values there are tells nothing alone: without a number among them it is a comment.
    """
    mark = re.escape(delimiter)
    number = '"?[-+0-9. ]+"?'
    anything = rf'(?:"(?:[^"]|"")*"|[^"{mark}\r\n][^{mark}\r\n]*|)'
    columns = zip(*(row for one in tables for row in one), strict=True)
    values = [number if all(map(_NUMBER.match, cells)) else anything for cells in columns]
    before = "".join(f"(?:{one}{mark}){{{len(list(run))}}}" for one, run in groupby(values[:-1]))
    pattern = rf"^{before}{values[-1]}(?:[\r\n]|\Z)"
    return begins_with(pattern, texts) if number in values else by_name_only(pattern)


def _levels(names: Sequence[str], tables: Sequence[Rows], ideas: Ideas) -> list[str]:
    """Return the levels of a table: what its declarations share, and the rows of goods."""
    key = _key(names, tables, ideas)
    blocks = [block for table in tables for block in _blocks(table, key)]
    fixed = {n for n in range(len(names)) if all(_is_same(block, n) for block in blocks)}
    if len(fixed) == len(names):  # a row for each declaration, or one row in all
        fixed = {n for n in fixed if not _is_of_goods(names[n], ideas)}
    nested = [n for n in range(len(names)) if n not in fixed and "." in names[n]]
    if len(nested) * 2 > len(names) - len(fixed):
        return _nested(names, fixed, blocks, key)
    shared = [names[n] for n in sorted(fixed)]
    if not shared:
        return []
    lines = ["", "[[read.levels]]"]
    if key is not None:
        lines.append(f"key = {listed([names[key]])}")
    lines.append(f"columns = {listed(shared)}")
    return lines if len(fixed) == len(names) else [*lines, "[[read.levels]]", 'name = "Item"']


def _nested(
    names: Sequence[str], fixed: set[int], blocks: Sequence[Rows], key: int | None
) -> list[str]:
    """Return a level for each prefix of names that differs from row to row, the widest first."""
    by_prefix: dict[str, list[int]] = {}
    for n, name in enumerate(names):
        if n not in fixed and "." in name:
            by_prefix.setdefault(name.partition(".")[0], []).append(n)
    kinds = {one: _kinds(blocks, columns) for one, columns in by_prefix.items()}
    lines = ["", "[[read.levels]]"]
    lines += [f"key = {listed([names[key]])}"] if key is not None else []
    lines.append('columns = ["*"]')
    for place, prefix in enumerate(sorted(by_prefix, key=lambda one: kinds[one])):
        lines += ["[[read.levels]]", f"name = {quoted(prefix)}"]
        if place < len(by_prefix) - 1:
            columns = by_prefix[prefix]
            telling = max(columns, key=lambda n: _kinds(blocks, [n]))
            lines.append(f"key = {listed([names[telling]])}")
        lines.append(f"columns = {listed([prefix + '.*'])}")
    return lines


def _kinds(blocks: Sequence[Rows], columns: Sequence[int]) -> int:
    """Return how many different values columns have together; a blank says the same as before."""
    said = {tuple(row[n] for n in columns) for block in blocks for row in block}
    return len({one for one in said if any(one)})


def _key(names: Sequence[str], tables: Sequence[Rows], ideas: Ideas) -> int | None:
    """Return the column by which the declarations of a file are told apart."""
    for n, name in enumerate(names):
        told = set(ideas(name))
        if not told & NUMBERING or told & GOODS or "sequence" in told:
            continue
        values = [row[n] for table in tables for row in table]
        runs = sum(one != other for one, other in zip(values, ["", *values], strict=False))
        if all(values) and runs == len(set(values)) and (runs < len(values) or len(values) == 1):
            return n
    return None


def _blocks(table: Rows, key: int | None) -> list[Rows]:
    if key is None:
        return [table]
    blocks: dict[str, Rows] = {}
    for row in table:
        blocks.setdefault(row[key], []).append(row)
    return list(blocks.values())


def _is_same(block: Rows, n: int) -> bool:
    return len({row[n] for row in block if row[n]}) <= 1


def _is_of_goods(name: str, ideas: Ideas) -> bool:
    told = set(ideas(name))
    return bool(told & GOODS) and "total" not in told


def _typed(
    tables: Sequence[Rows], texts: Sequence[str], delimiter: str, read: list[str]
) -> list[str]:
    """Return the layout of rows of several types, each named in the first column."""
    widths: dict[str, int] = {}
    for row in (row for one in tables for row in one):
        name = row[0].strip()
        widths[name] = max(widths.get(name, 0), len(row))
    opens = tables[0][0][0].strip()
    if not all(map(_TYPE.match, widths)) or len(widths) > MOST_TYPES:
        why = "their rows have different numbers of values, and no type in the first column"
        raise UnfitSamplesError(why=why)
    lines = [*begins_with(rf"^{opens}[ ]*{re.escape(delimiter)}", texts), "", *read]
    lines += ["record = 1", f"opens = {quoted(opens)}"]
    for name, width in widths.items():
        columns = ["", *(f"{name}{number}" for number in range(2, width + 1))]
        lines += ["", f"[read.records.{name}]", f"columns = {listed(columns)}"]
        lines += ['name = "."'] if name == opens else []
    return lines
