"""Items of one shape → rows of a class: their values as columns, frames made when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import and_
from typing import Any, cast

from exchange_node.mapping.drawing.alike.asking import Form
from exchange_node.mapping.drawing.alike.program import Entry, program_of
from exchange_node.mapping.drawing.alike.shapes import Member, families
from exchange_node.mapping.drawing.alike.steps import Cells, Part
from exchange_node.mapping.drawing.emitting import Drawing, GroupPlan, Items
from exchange_node.mapping.drawing.output import More, Output
from exchange_node.mapping.late import is_late
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.frames import Frame
from exchange_node.wco.compiled.rows import Column, Pattern, Row, Way
from exchange_node.wco.document import NO_ATTRIBUTES

TRIED = 3
"""Items of a shape that may be what the others are drawn by: of the first something is said more
often than of others (our choice)."""


def alike_in(plan: GroupPlan, nodes: Sequence[Node], draft: Drawing, outer: Frame) -> Items:
    """Return those of a group's nodes that are drawn as one of their shape is.

    That one itself is not among them, nor whatever is unlike it in anything but its texts, nor an
    item about which something is to be said.
    """
    found: dict[Node, tuple[Alike, int]] = {}
    for family in families(nodes):
        for pattern in family[:TRIED]:
            entries = program_of(plan, pattern, draft, outer)
            if entries is not None:
                alike = Alike(entries, [one for one in family if one is not pattern])
                found.update((one.node, (alike, at)) for at, one in enumerate(alike.members))
                break
    return found


def alike_of(row: Row) -> Alike:
    """Return the items of which a row of this room is one."""
    return cast("Alike", row.filling)


class Alike:
    """Items of one shape, and their values by column.

    Attributes:
        members: the items that are drawn so.
        is_of_many: whether they are such as have their nodes made late (`mapping.late`).
        forms: of each value in the order of drawing, what is the same in all items.
        columns: of each value, what differs; None for the position of the item.
        ways: from the item to each class in it, in the order of drawing; the first is its own.
    """

    __slots__ = (
        "_carriers",
        "_changing",
        "_outside",
        "_pattern",
        "_told",
        "columns",
        "forms",
        "is_of_many",
        "members",
        "ways",
    )

    def __init__(self, entries: Sequence[Entry], members: Sequence[Member]) -> None:
        texts = list(zip(*[one.texts for one in members], strict=True))
        drawn = [
            one.step.column(members, texts) if one.step is not None else None for one in entries
        ]
        is_alike = [True] * len(members)
        for column in drawn:
            if column is not None and column.alike is not None:
                is_alike = list(map(and_, is_alike, column.alike))
        is_whole = all(is_alike)
        self.members = list(compress(members, is_alike))
        self.forms: list[Form] = []
        self.columns: list[Cells | None] = []
        for entry, column in zip(entries, drawn, strict=True):
            for number, form in enumerate(entry.forms if self.members else ()):
                cells = column.values[number] if column is not None else None
                self.forms.append(form)
                self.columns.append(cells if cells is None or is_whole else cells.only(is_alike))
        self.is_of_many = bool(self.members) and is_late(self.members[0].node)
        self.ways = tuple(
            dict.fromkeys(
                [form.way[:depth] for form in self.forms for depth in range(len(form.way) + 1)]
            )
        )
        self._carriers = tuple(dict.fromkeys(one for form in self.forms for one in form.carriers))
        self._outside = [one for one in self._carriers if not isinstance(one, int)]
        self._changing = [
            (number, column.more)
            for number, column in enumerate(self.columns)
            if column is not None and column.more
        ]
        self._pattern: Pattern | None = None
        self._told: list[list[tuple[int, Sequence[str] | None]]] | None = None

    def carriers_of(self, row: Row) -> Iterable[Node]:
        """Return the nodes that the values of an item are made of, in the order of drawing.

        Those below an item that is one of many (`late`) are not among them.
        """
        if self.is_of_many:
            return self._outside
        leaves = self.members[row.number].leaves
        return [leaves[one] if isinstance(one, int) else one for one in self._carriers]

    @property
    def carrying(self) -> frozenset[int]:
        """The leaves of an item that its values are made of, by number."""
        return frozenset(one for one in self._carriers if isinstance(one, int))

    def node_of(self, row: Row) -> Node:
        """Return the node of an item."""
        return self.members[row.number].node

    def leaves_of(self, row: Row) -> Sequence[Node]:
        """Return the leaves of an item, in the order in which `Form.carriers` counts them."""
        return self.members[row.number].leaves

    def told_of(self, row: Row, first: int) -> list[tuple[int, str]]:
        """Return each value of an item whose text is not that of one leaf, by its number.

        `first` is the number of the item's first value.
        """
        if self._told is None:
            self._told = self._telling()
        place, at = str(row.place), row.number
        return [
            (first + number, place if texts is None else texts[at])
            for number, texts in self._told[at]
        ]

    def _telling(self) -> list[list[tuple[int, Sequence[str] | None]]]:
        """Return for each item which of its values are not the text of one leaf."""
        told: list[list[tuple[int, Sequence[str] | None]]] = [[] for _ in self.members]
        for number, (form, column) in enumerate(zip(self.forms, self.columns, strict=True)):
            carried = form.carriers[0] if len(form.carriers) == 1 else None
            if column is None or carried is None:
                texts = column.texts if column is not None else None
                for each in told:
                    each.append((number, texts))
                continue
            if isinstance(carried, int):
                own = [member.texts[carried] for member in self.members]
            else:
                own = [carried.text] * len(self.members)
            if own != list(column.texts):
                for each, text, mine in zip(told, column.texts, own, strict=True):
                    if text != mine:
                        each.append((number, column.texts))
        return told

    @property
    def is_changing(self) -> bool:
        """Whether something was done to a text of any item."""
        return bool(self._changing)

    def changes_of(self, row: Row) -> Iterator[tuple[int, More | None]]:
        """Yield what was done to the texts of an item, by the number of the value."""
        for number, more in self._changing:
            yield number, more[row.number]

    def parts_of(self, row: Row) -> list[Part]:
        """Return of each value of an item what differs, in the order of drawing."""
        at = row.number
        position: Part = (str(row.place), NO_ATTRIBUTES, None)
        return [position if column is None else column.part(at) for column in self.columns]

    def items_of(self, row: Row) -> dict[int, Any]:
        """Return what stands in an item."""
        items: dict[int, Any] = {}
        frames: dict[Way, Frame] = {(): row}
        for way in self.ways[1:]:
            kid, place = way[-1]
            above = frames[way[:-1]]
            assert kid.kind is not None  # noqa: S101 - it is a class
            frame = frames[way] = Frame(kid.kind, kid, above, place)
            held = items if above is row else above.items
            held.setdefault(kid.rank, []).append(frame)
            above.counts[kid.rank] = place
        leaves = self.members[row.number].leaves
        for form, (text, said, more) in zip(self.forms, self.parts_of(row), strict=True):
            way, kid, line, origin, carriers = form
            nodes = tuple([leaves[one] if isinstance(one, int) else one for one in carriers])
            frame = frames[way]
            out = Output(text, said, frame, kid, line, origin, nodes, more)
            held = items if frame is row else frame.items
            if kid.is_single:
                held[kid.rank] = out
            else:
                held.setdefault(kid.rank, []).append(out)
        return items

    def text_of(self, row: Row) -> str | None:
        """Return an item as it is written; None where a value of any of them cannot be written."""
        if self._pattern is None:
            self._pattern = Pattern([*self._written()], row)
        pattern = self._pattern
        if not pattern.is_writable:
            return None
        values = list(pattern.rows[row.number])
        for hole, number in enumerate(pattern.order):
            if self.columns[number] is None:
                values[hole] = str(row.place)
        return pattern.text_of(tuple(values))

    def _written(self) -> Iterator[Column]:
        """Yield what stands in the items, column by column."""
        place = [""] * len(self.members)
        for form, column in zip(self.forms, self.columns, strict=True):
            if column is None:
                yield Column(form.way, form.kid, place, (NO_ATTRIBUTES,))
            else:
                yield Column(form.way, form.kid, column.texts, column.said)
