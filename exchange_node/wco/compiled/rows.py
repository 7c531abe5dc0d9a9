"""A class filled as others before it: its frame is made when somebody looks into it.

Of many classes alike, what stands where is known once for all of them (`Filling`). A row holds no
more than which of them it is, and is written by a pattern, without a frame ever being made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from operator import add, eq
from typing import Any, NamedTuple, Protocol

from exchange_node.wco.compiled.classes import Kid
from exchange_node.wco.compiled.frames import Frame, Writing

Way = tuple[tuple[Kid, int], ...]
"""The classes from one down to another, each with its position."""


class Filling(Protocol):
    """What stands in many classes alike."""

    def items_of(self, row: Row) -> dict[int, Any]:
        """Return what stands in one of them, as a frame holds it."""

    def text_of(self, row: Row) -> str | None:
        """Return one of them as it is written; None where its frame has to be asked."""


class Column(NamedTuple):
    """One value in many classes alike: where it stands, and what it is in each of them.

    Of attributes that are the same in all of them there is but one.
    """

    way: Way
    kid: Kid
    texts: Sequence[str]
    attributes: Sequence[Mapping[str, str]]


class Pattern:
    """The text of many classes alike, with holes for what differs; `frame` is one of them.

    Attributes:
        order: which column stands in which hole.
        rows: for each of the classes, what is filled in.
        is_writable: whether XML has room for all of it.
    """

    __slots__ = ("_text", "is_writable", "order", "rows")

    def __init__(self, columns: Sequence[Column], frame: Frame) -> None:
        self.order = sorted(range(len(columns)), key=lambda number: _place(columns[number], number))
        writing, pieces, inside = Writing([]), list[str](), list[tuple[Kid, int]]()
        filled: list[Sequence[str]] = []
        for column in [columns[number] for number in self.order]:
            kid, way = column.kid, column.way
            shared = sum(1 for _ in takewhile(bool, map(eq, way, inside)))
            pieces += [one.closing for one, _ in reversed(inside[shared:])]
            pieces += [one.opening for one, _ in way[shared:]]
            inside = [*way]
            first = column.attributes[0]
            inner = writing.column(kid, column.texts, frame)
            if len(column.attributes) == 1:
                pieces.append(
                    f"{writing.opening(kid, first, frame).replace('%', '%%')}%s{kid.closing}"
                )
            else:
                pieces.append(f"%s{kid.closing}")
                openings = [writing.opening(kid, one, frame) for one in column.attributes]
                inner = list(map(add, openings, inner))
            filled.append(inner)
        pieces += [one.closing for one, _ in reversed(inside)]
        self.is_writable = not writing.unwritable
        self._text = "".join(pieces)
        self.rows = list(zip(*filled, strict=True))

    def text_of(self, values: tuple[str, ...]) -> str:
        """Return the text of one of them."""
        return self._text % values


def _place(column: Column, number: int) -> tuple[tuple[int, int], ...]:
    """Return what orders a value among those of its class: ranks, then positions."""
    return (*((kid.rank, place) for kid, place in column.way), (column.kid.rank, number))


class Row(Frame):
    """One of many classes alike; `number` says which."""

    __slots__ = ("_items", "filling", "number")

    filling: Filling

    def __init__(
        self, filling: Filling, number: int, kid: Kid, parent: Frame | None, place: int
    ) -> None:
        assert kid.kind is not None  # noqa: S101 - a row is of a class
        self.table = kid.kind
        self.kid = kid
        self.parent = parent
        self.place = place
        self.counts = {}
        self.filling = filling
        self.number = number
        self._items: dict[int, Any] | None = None

    @property
    def items(self) -> dict[int, Any]:  # type: ignore[override]  # an attribute elsewhere, made late here
        """By rank, what stands in it; made when it is first asked for."""
        if self._items is None:
            self._items = self.filling.items_of(self)
        return self._items

    def take_out(self) -> None:
        """Take it out of the class above; an empty frame stays in its place."""
        assert self.kid is not None and self.parent is not None  # noqa: S101, PT018 - of a class
        self.parent.items[self.kid.rank][self.place - 1] = Frame(
            self.table, self.kid, self.parent, self.place
        )
