"""Texts without a notation of their own → how a table, or lines of columns, is read.

What the rows of a declaration share stands on each of them: a column that says the same in all rows
of a declaration is the declaration's, and what differs from row to row belongs to the goods.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from exchange_node.domain.errors import UnfitSamplesError
from exchange_node.mapping.drafting.toml import listed, quoted
from exchange_node.mapping.sources.decoding import decoded, lines_of, without_no_text
from exchange_node.mapping.sources.delimited import header_of
from exchange_node.mapping.sources.opening import Plain
from exchange_node.mapping.sources.planting import addressable

Ideas = Callable[[str], tuple[str, ...]]
"""Name → the ideas in it."""
Rows = list[list[str]]
DELIMITERS = (",", ";", "\t", "|")
MOST_LINES = 2_000
"""Lines of a sample that its layout is told by."""
MOST_SIGNS = 6
MOST_TYPES = 12
OTHER_ENCODING = "windows-1251"
GOODS = frozenset({"goods", "hs", "gross", "net", "packages", "description", "origin", "marks"})
NUMBERING = frozenset({"mrn", "lrn", "declaration", "number"})
_ALIKE = 0.9
_TYPE = re.compile(r"[A-Z][A-Z0-9]{0,3}\Z")
_FIRST = re.compile(r"[A-Z][A-Z0-9]{0,2}(?=[ 0-9])")
_LETTER = re.compile(r"[^\W\d_]")


def table_layout(samples: Sequence[Plain], ideas: Ideas) -> str:
    """Return the tables of a profile that say how texts are read.

    Raises:
        UnfitSamplesError: nothing in them is alike from line to line.
    """
    texts = [_text(one.data) for one in samples]
    is_other = any(not _is_utf8(one.data) for one in samples)
    others = 'the bytes are no UTF-8; others are "kz1048", "cp866", "gb18030"'
    head = [f'encoding = "{OTHER_ENCODING}"  # a guess: {others}'] if is_other else []
    lines = [[line for line in lines_of(text) if line.strip()][:MOST_LINES] for text in texts]
    if not any(lines):
        raise UnfitSamplesError(why="there is no line in them")
    delimiter = _delimiter([line for one in lines for line in one])
    if delimiter:
        tables = [_parted(one, delimiter) for one in lines]
        return "\n".join(_table(tables, delimiter, head, ideas))
    return "\n".join(_columns([line for one in lines for line in one], head))


def _parted(lines: Sequence[str], delimiter: str) -> Rows:
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error as err:
        raise UnfitSamplesError(why=f"their rows cannot be parted: {err}") from None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return True


def _text(data: bytes) -> str:
    return without_no_text(decoded(data, otherwise=OTHER_ENCODING)).characters.lstrip("\ufeff")


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that parts most lines into as many values; empty for none."""
    best, chosen = 1, ""
    for one in DELIMITERS:
        counts = [len(row) for row in _parted(lines, one)]
        most = max(set(counts), key=counts.count, default=0)
        is_alike = counts.count(most) >= _ALIKE * len(counts)
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


def _table(tables: Sequence[Rows], delimiter: str, head: list[str], ideas: Ideas) -> list[str]:
    first = tables[0][0]
    width = len(first)
    said = "\\t" if delimiter == "\t" else delimiter
    read = ["[read]", 'kind = "csv"', f'delimiter = "{said}"', *head]
    if any(len(row) != width for one in tables for row in one):
        return _typed(tables, read)
    if not _is_header(tables[0]):
        names = [f"column {number}" for number in range(1, width + 1)]
        read += ["header = false", f"columns = {listed(names)}"]
        detect = ["[detect]", f"starts = {quoted(_start(first, delimiter))}"]
        return [*detect, "", *read, *_levels(names, tables, ideas)]
    names = header_of(first)
    shared = [one for one in names if all(one in header_of(table[0]) for table in tables)]
    if not shared:
        raise UnfitSamplesError(why="no column stands in all of them, so nothing tells the format")
    if 2 * sum("." in one for one in names) >= len(names):
        read.append('nest = "."')
    signs = [addressable(one) for one in shared[:MOST_SIGNS]]
    rows = [[dict(zip(header_of(t[0]), row, strict=False)) for row in t[1:]] for t in tables]
    ordered = [[[row.get(name, "") for name in names] for row in one] for one in rows]
    return ["[detect]", f"columns = {listed(signs)}", "", *read, *_levels(names, ordered, ideas)]


def _is_header(rows: Rows) -> bool:
    cells = [one.strip() for one in rows[0]]
    return (
        all(one and _LETTER.search(one) and len(one) <= 64 for one in cells)
        and len(rows) > 1
        and len(set(cells)) > len(cells) / 2
    )


def _start(cells: Sequence[str], delimiter: str) -> str:
    """Return what the file begins with, as a regular expression: as many values, of whatever."""
    mark = re.escape(delimiter)
    return f"^[^{mark}]*(?:{mark}[^{mark}]*){{{len(cells) - 1}}}"


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


def _typed(tables: Sequence[Rows], read: list[str]) -> list[str]:
    """Return the layout of rows of several types, each named in the first column."""
    widths: dict[str, int] = {}
    for row in (row for one in tables for row in one):
        name = row[0].strip()
        widths[name] = max(widths.get(name, 0), len(row))
    opens = tables[0][0][0].strip()
    if not all(map(_TYPE.match, widths)) or len(widths) > MOST_TYPES:
        why = "their rows have different numbers of values, and no type in the first column"
        raise UnfitSamplesError(why=why)
    lines = ["[detect]", f"starts = {quoted(f'^{opens}[^A-Z0-9]')}", "", *read]
    lines += ["record = 1", f"opens = {quoted(opens)}"]
    for name, width in widths.items():
        columns = ["", *(f"{name}{number}" for number in range(2, width + 1))]
        lines += ["", f"[read.records.{name}]", f"columns = {listed(columns)}"]
        lines += ['name = "."'] if name == opens else []
    return lines


def _columns(lines: Sequence[str], head: list[str]) -> list[str]:
    """Return the layout of lines of columns: one begins behind a place that is always blank."""
    types = {found[0] for line in lines if (found := _FIRST.match(line))}
    is_typed = (
        1 < len(types) <= MOST_TYPES
        and all(map(_FIRST.match, lines))
        and len({len(one) for one in types}) == 1
    )
    width = len(next(iter(types))) if is_typed else 0
    kinds: Mapping[str, list[str]] = {"L": list(lines)}
    if is_typed:
        kinds = {one: [line for line in lines if line.startswith(one)] for one in sorted(types)}
    read = ["[read]", 'kind = "fixed"', *head]
    opens = lines[0][:width]
    if is_typed:
        read += [f'record = "1..{width}"', f"opens = {quoted(opens)}"]
    records: list[str] = []
    for name, same in kinds.items():
        spans = list(_spans(same, width))
        if not spans:
            raise UnfitSamplesError(why="no columns can be told in their lines")
        told = ", ".join(f'F{first} = "{first}..{last or ""}"' for first, last in spans)
        called = "." if is_typed and name == opens else ("row" if not is_typed else name)
        records += ["", f"[read.records.{name}]", f"name = {quoted(called)}",
                    f"spans = {{ {told} }}"]  # fmt: skip
    if len(lines) < 2 or sum(one.count('= "') for one in records) < 2:
        raise UnfitSamplesError(why="no columns can be told in their lines")
    start = f"^{opens}" if is_typed else f"^.{{{min(map(len, lines))}}}"
    return ["[detect]", f"starts = {quoted(start)}", "", *read, *records]


def _spans(lines: Sequence[str], skip: int) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each column; 0 for the end of the line."""
    width = max(map(len, lines))
    blank = [all(line[n : n + 1] in ("", " ") for line in lines) for n in range(width)]
    start = None
    for n in range(skip, width):
        if start is None and not blank[n]:
            start = n
        elif start is not None and blank[n] and (n + 1 >= width or not blank[n + 1]):
            yield start + 1, n
            start = None
    if start is not None:
        yield start + 1, 0
