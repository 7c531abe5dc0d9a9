"""Classes of the same elements → checked and read at one go, after the first of them.

A document of many items says the same elements again and again. Of the first class that was walked
through and found right, what its elements are is remembered under its tags; the next with the same
tags, attributes included, is taken apart in C (written as text, cut at the brackets), and only its
values are looked at. Whatever is not exactly so (another element, a value that may be wrong, text
between elements) is left to the walk, which alone says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING

from exchange_node.wco.document import Leaf
from exchange_node.wco.notation import iso_moment, read_moment
from exchange_node.wco.tree import Tags

if TYPE_CHECKING:
    from exchange_node.wco.compiled.classes import Kid, Table
    from exchange_node.wco.rules.values import Values

FEWEST = 2
"""Leaves below which the walk is as quick."""

Row = tuple[str, ...]
"""The values of one class."""

_FORMAT_CODE = 'formatCode="'


def _is_regular(taken: Tags) -> bool:
    """Whether a class may be remembered by its tags: elements with an end, names declared above."""
    written = taken.written
    if "/>" in written or "<!" in written or "<?" in written:
        return False
    return written.count("xmlns") == taken.tags[0].count("xmlns")


class Alike:
    """What is remembered of one class.

    Made of its tags, its leaves, and what each leaf is in the registry; `at` is where the pointers
    of the leaves go beyond that of the class.
    """

    __slots__ = (
        "_between", "_coded", "_moments", "_paths", "_plain", "_said", "_shaped", "_steps",
        "_values",
    )  # fmt: skip

    def __init__(self, tags: Tags, leaves: Sequence[Leaf], kids: Sequence[Kid], at: int) -> None:
        places = _places(tags.tags)
        others = sorted(set(range(len(tags.tags))) - set(places))
        self._paths = [one.path for one in leaves]
        self._steps = [one.pointer[at:] for one in leaves]
        self._said = [one.attributes for one in leaves]
        self._values = itemgetter(*places)
        self._between = itemgetter(*others)
        self._plain = [
            (number, one.least, one.most) for number, one in enumerate(kids) if one.is_plain
        ]
        self._moments: list[tuple[int, str]] = []
        self._shaped: list[tuple[int, Kid]] = []
        self._coded: list[tuple[int, Kid, str]] = []
        for number, one in enumerate(kids):
            if one.is_moment:
                code = tags.tags[places[number]].partition(_FORMAT_CODE)[2].partition('"')[0]
                self._moments.append((number, code))
            elif one.entry.code_list or (one.least and not one.is_plain):
                self._coded.append((number, one, one.entry.path))
            elif not one.is_plain:
                self._shaped.append((number, one))

    def row(self, tags: Tags) -> Row | None:
        """Return the values of another such class; None where text stands between them."""
        between = "".join(self._between(tags.texts))
        if between and not between.isspace():
            return None
        row: Row = self._values(tags.texts)
        return row

    def leaves(
        self, rows: Sequence[Row], pointers: Sequence[str], values: Values
    ) -> list[Iterable[Leaf] | None]:
        """Return the leaves of other such classes; None where anything may be wrong with one.

        A column of values is looked at once, whatever their number: what differs is little.
        """
        wrong: set[int] = set()
        columns: list[Sequence[str]] = list(zip(*rows, strict=True))
        for at, least, most in self._plain:
            column = columns[at]
            lengths = list(map(len, column))
            if min(lengths) < least or max(lengths) > most or any(map(str.isspace, column)):
                bad = {one for one in column if not least <= len(one) <= most or one.isspace()}
                wrong |= _where(column, bad)
        for at, bad in self._others(columns, values):
            wrong |= _where(columns[at], bad)
        for at, code in self._moments:
            column = columns[at]
            iso = {text: iso_moment(code, text) or text for text in set(column)}
            bad = {text for text, moment in iso.items() if read_moment(moment) is None}
            if bad:
                wrong |= _where(column, bad)
            columns[at] = [iso[text] for text in column]
        steps, paths, said, new = self._steps, self._paths, self._said, tuple.__new__
        made: list[Iterable[Leaf] | None] = [
            map(
                new,
                repeat(Leaf),
                zip(paths, [pointer + step for step in steps], texts, said, strict=True),
            )
            for pointer, texts in zip(pointers, zip(*columns, strict=True), strict=True)
        ]
        for number in wrong:
            made[number] = None
        return made

    def _others(
        self, columns: Sequence[Sequence[str]], values: Values
    ) -> Iterator[tuple[int, set[str]]]:
        """Yield the columns with a format or a code list in which texts may be wrong, and those."""
        for number, kid in self._shaped:
            bad = {text for text in set(columns[number]) if not kid.fits(text)}
            if bad:
                yield number, bad
        for number, kid, path in self._coded:
            asked = set(columns[number]).difference(values.good.get(path, ()))
            bad = {text for text in asked if values.text(text, kid, "") is not None}
            if bad:
                yield number, bad


def _where(column: Sequence[str], bad: set[str]) -> set[int]:
    return {number for number, text in enumerate(column) if text in bad}


def remembered(tags: Tags, leaves: Sequence[Leaf], table: Table, pointer: str) -> Alike | None:
    """Return what there is to remember of a class that was found right; None where it is odd."""
    if not _is_regular(tags) or len(leaves) < FEWEST or len(leaves) != len(_places(tags.tags)):
        return None
    kids: list[Kid] = []
    begin = len(table.entry.path) + 1
    for leaf in leaves:
        here: Table | None = table
        kid = None
        for name in leaf.path[begin:].split("/"):
            kid = here.by_name.get(name) if here is not None else None
            if kid is None:
                return None
            here = kid.kind
        if kid is None or kid.kind is not None:
            return None
        kids.append(kid)
    if not any(one.is_plain for one in kids):
        return None
    return Alike(tags, leaves, kids, len(pointer))


def _places(tags: Sequence[str]) -> list[int]:
    """Return which tags begin an element that has no element in it."""
    return [
        at
        for at, tag in enumerate(tags[:-1])
        if tags[at + 1].startswith("/") and not tag.startswith("/")
    ]
