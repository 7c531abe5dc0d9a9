"""CSV (RFC 4180) ↔ rows of text, each with the line it begins on.

A spreadsheet takes a cell for a formula by its first sign. Such a cell is written with an
apostrophe before it, and read without: what comes in is text and nothing else, and stays that.
Where lists are written with semicolons (that is a setting of the country), a spreadsheet cuts a
cell at each of its own: what it would begin a cell with there gets an apostrophe too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exchange_node.domain.errors import InvalidListError

MOST_BYTES = 5_000_000
"""Bytes of a list (our choice)."""

MOST_LINES = 5_000
"""Rows of a list (our choice)."""

DELIMITERS = ",;\t"
"""What may stand between cells: the first of them in the header, where no name has one."""

NUL = "\x00"

_BOM = b"\xef\xbb\xbf"
_OTHERS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How begins what a spreadsheet computes, its full-width signs included (OWASP, CSV injection)."""

_READ = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")

_CUT = re.compile(r"""(?<=[;\t\r\n])(?=["']*[=+\-@＝＋－＠])""")
"""Where a spreadsheet that cuts elsewhere than at commas would find a formula within a cell."""

_MARKED = re.compile(r"""(?<=[;\t\r\n])'(?=["']*[=+\-@＝＋－＠])""")


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and the line that it begins on, counted from 1."""

    line: int
    cells: tuple[str, ...]


def text_of(content: bytes) -> str:
    """Return the text of a list; a byte order mark is no part of it.

    Raises:
        InvalidListError: it is longer than a list may be, or no UTF-8.
    """
    if len(content) > MOST_BYTES:
        raise InvalidListError(why=f"it has more than {MOST_BYTES} bytes")
    for mark, name in _OTHERS.items():
        if content.startswith(mark):
            raise InvalidListError(why=f"it is {name}: save it as UTF-8")
    content = content.removeprefix(_BOM)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as err:
        line = content[: err.start].count(b"\n") + 1
        raise InvalidListError(why=f"it is no UTF-8, first on line {line}") from None
    if NUL in text:
        line = text.split(NUL, 1)[0].count("\n") + 1
        raise InvalidListError(why=f"line {line} has U+0000, which is no text")
    return text


def require_text(said: str, what: str) -> None:
    """Pass what can be kept as text.

    Raises:
        InvalidListError: it has U+0000, or half of a pair that stands for one sign.
    """
    if NUL in said or any("\ud800" <= sign <= "\udfff" for sign in said):
        raise InvalidListError(why=f"{what} has U+0000 or half of a surrogate pair: no text has")


def rows_of(text: str) -> list[Row]:
    """Return the rows of a list in CSV, the header among them; lines with nothing are none.

    Raises:
        InvalidListError: its quotes do not end, a cell is longer than any may be, or there are more
            rows than a list may have.
    """
    head = text.lstrip("\r\n").splitlines()[:1]
    found = [one for one in (head[0] if head else "") if one in DELIMITERS]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=found[0] if found else ",", strict=True
    )
    rows: list[Row] = []
    for row in _numbered(reader):
        if len(rows) > MOST_LINES:
            raise InvalidListError(why=f"it has more than {MOST_LINES} rows")
        rows.append(row)
    return rows


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark, as spreadsheets take it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([inert(one) for one in row])
    return _BOM + out.getvalue().encode("utf-8")


def inert(cell: str) -> str:
    """Return a cell as it is written: no formula."""
    cell = _CUT.sub("'", cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell


def meant(cell: str) -> str:
    """Return what a cell means; `inert` is the way back."""
    return _MARKED.sub("", cell[1:] if _READ.match(cell) else cell)


def _numbered(reader: Iterator[list[str]]) -> Iterator[Row]:
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            raise InvalidListError(why=f"line {before + 1}: {err}") from None
        line, before = before + 1, reader.line_num  # type: ignore[attr-defined] # of csv.reader
        if any(cells):
            yield Row(line, tuple(meant(one) for one in cells))
