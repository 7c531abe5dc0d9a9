"""How the text of a declaration is laid out: rows of a table, records of columns, segments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What the rows of a table share: the declaration, a consignment, an item.

    Attributes:
        name: of its nodes; empty for the declaration itself.
        key: columns; rows with the same values there belong to the same node. Without one, each
            row is a node.
        columns: patterns of the columns that stand at this level; the innermost takes the rest.
    """

    name: str
    key: tuple[str, ...] = ()
    columns: tuple[re.Pattern[str], ...] = ()

    def has(self, column: str) -> bool:
        """Whether a column stands at this level."""
        return column in self.key or any(one.fullmatch(column) for one in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A column of characters, by its first and last place, from 1; 0 for the end of the line."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A type of record: which node it makes, where that stands, and what its values are called.

    Attributes:
        name: of its nodes; empty: its values stand where it would stand itself.
        within: the type of record above; empty for the declaration.
        columns: names of its values in order (a table).
        spans: its values by their places (columns of characters).
    """

    name: str
    within: str = ""
    columns: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimited:
    """A table of delimited values.

    Attributes:
        delimiters: the one that parts the first row into most values is taken.
        quote: encloses values; empty for none.
        has_header: whether the first row names the columns; otherwise `columns` does.
        skip: rows before the first.
        nest: parts the names of columns into paths; empty for no nesting.
        levels: from the declaration inwards.
        record: the column that tells the type of a row; empty where all rows are alike.
        opens: the type of record that begins a declaration; empty: the file is one.
    """

    delimiters: tuple[str, ...] = (",",)
    quote: str = '"'
    has_header: bool = True
    columns: tuple[str, ...] = ()
    skip: int = 0
    nest: str = ""
    levels: tuple[Level, ...] = ()
    record: int = 0
    opens: str = ""
    records: Mapping[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """Lines with values in columns of characters.

    Attributes:
        record: where the type of a line stands; None where all lines are alike.
        skip: lines before the first.
        opens: the type of record that begins a declaration; empty: the file is one.
    """

    record: Span | None = None
    skip: int = 0
    opens: str = ""
    records: Mapping[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A data element of a segment; `parts` name the components of a composite one."""

    name: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interchange:
    """An EDIFACT message.

    Attributes:
        groups: a segment that opens a group, alone or behind the one above (`CNI/GID`) → the
            segments that belong to it.
        elements: segment → its data elements in order, as the directory numbers them.
    """

    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    elements: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)


Layout = Delimited | Fixed | Interchange
