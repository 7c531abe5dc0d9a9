"""The values of a draft → their columns: where each stands, what made it, which leaves it carries.

A column is filled from one end to the other before the next, since words are numbered as they come.
Of items alike (`drawing.alike`) most columns are the same, and made once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from exchange_node.mapping.drawing.alike import Alike, alike_of
from exchange_node.mapping.drawing.output import More, Output
from exchange_node.mapping.drawn import Origin
from exchange_node.mapping.profile.profile import ProfileLine
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.classes import Kid
from exchange_node.wco.compiled.frames import Frame
from exchange_node.wco.compiled.rows import Row

ORIGINS = tuple(Origin)
_NUMBERS = {one: number for number, one in enumerate(ORIGINS)}


class Words(dict[str, int]):
    """Words by their number; a new one gets the next."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class Made(Protocol):
    """The columns that are filled here; `columns.Columns` tells what each holds."""

    leaf_text: list[str]
    frame_up: list[int]
    frame_word: list[int]
    frame_place: list[int]
    out_frame: list[int]
    out_word: list[int]
    out_place: list[int]
    out_rule: list[int]
    out_origin: list[int]
    out_leaf: list[int]
    several: list[tuple[int, list[int]]]
    values: list[tuple[int, str]]
    changed: list[tuple[int, list[int], str, str]]
    because: list[tuple[int, int]]
    personal: list[int]


def enter_values(
    made: Made, outputs: Sequence[Output | Row], leaves: Mapping[Node, int], words: Words
) -> None:
    """Fill the columns of values and of the classes they stand in."""
    rows = {alike_of(out) for out in outputs if isinstance(out, Row)}
    shared = {one: _Shared(one, words) for one in rows}
    frames = _frames(made, outputs, shared, words)
    for out in outputs:
        if isinstance(out, Row):
            first = frames[out]
            made.out_frame += [first + number for number in shared[alike_of(out)].frame_of]
            made.out_word += shared[alike_of(out)].words
        else:
            made.out_frame.append(frames[out.frame])
            made.out_word.append(words[out.kid.name])
    _places(made, outputs, shared)
    _leaves(made, outputs, shared, leaves)
    _changes(made, outputs, words)
    _lines(made, outputs, shared, words)


class _Shared:
    """What is the same in the columns of items alike; each made when it is first asked for."""

    def __init__(self, alike: Alike, words: Words) -> None:
        self._alike = alike
        self._words = words

    @cached_property
    def frames(self) -> tuple[list[int], list[int], list[int]]:
        """Of each class in an item: the one above it, its word and its position."""
        ways = self._alike.ways
        numbers = {way: number for number, way in enumerate(ways)}
        below = ways[1:]
        return (
            [numbers[way[:-1]] for way in below],
            [self._words[way[-1][0].name] for way in below],
            [0 if way[-1][0].is_single else way[-1][1] for way in below],
        )

    @cached_property
    def frame_of(self) -> list[int]:
        """Of each value: its class, counted from that of the item."""
        numbers = {way: number for number, way in enumerate(self._alike.ways)}
        return [numbers[form.way] for form in self._alike.forms]

    @cached_property
    def words(self) -> list[int]:
        """Of each value: the word of its element."""
        return [self._words[form.kid.name] for form in self._alike.forms]

    @cached_property
    def places(self) -> list[int]:
        """Of each value: its position among its like."""
        count: dict[tuple[object, int], int] = {}
        return [_place(count, form.way, form.kid) for form in self._alike.forms]

    @cached_property
    def leaves(self) -> tuple[list[int | Node | None], list[tuple[int, tuple[int | Node, ...]]]]:
        """Of each value: its leaf, None where it has none or several; and those with several."""
        carriers = [form.carriers for form in self._alike.forms]
        return (
            [one[0] if len(one) == 1 else None for one in carriers],
            [(number, one) for number, one in enumerate(carriers) if len(one) > 1],
        )

    @cached_property
    def origins(self) -> list[int]:
        """Of each value: where it comes from."""
        return [_NUMBERS[form.origin] for form in self._alike.forms]

    @cached_property
    def rules(self) -> list[int]:
        """Of each value: the word of its line."""
        return [self._words[form.line.name] for form in self._alike.forms]


def _frames(
    made: Made, outputs: Sequence[Output | Row], shared: Mapping[Alike, _Shared], words: Words
) -> dict[Frame, int]:
    """Enter the classes that values stand in, and those above them; return the number of each."""
    frames: dict[Frame, int] = {}
    for out in outputs:
        frame = out if isinstance(out, Row) else out.frame
        if frame in frames:
            continue
        first = _frame(made, frame, frames, words)
        if isinstance(out, Row):
            above, names, places = shared[alike_of(out)].frames
            made.frame_up += [first + one for one in above]
            made.frame_word += names
            made.frame_place += places
    return frames


def _frame(made: Made, frame: Frame, frames: dict[Frame, int], words: Words) -> int:
    """Enter a class of the document, and first those above it; return its number."""
    above = frame.parent
    up = frames.get(above, -1) if above is not None else -1
    if up < 0 and above is not None:
        up = _frame(made, above, frames, words)
    number = frames[frame] = len(made.frame_up)
    made.frame_up.append(up)
    kid = frame.kid
    made.frame_word.append(words[frame.table.entry.path if kid is None else kid.name])
    made.frame_place.append(0 if kid is None or kid.is_single else frame.place)
    return number


def _places(made: Made, outputs: Sequence[Output | Row], shared: Mapping[Alike, _Shared]) -> None:
    """Enter the position of each value among its like; 0 where there is but one."""
    count: dict[tuple[object, int], int] = {}
    for out in outputs:
        if isinstance(out, Row):
            made.out_place += shared[alike_of(out)].places
            made.out_origin += shared[alike_of(out)].origins
        else:
            made.out_place.append(_place(count, out.frame, out.kid))
            made.out_origin.append(_NUMBERS[out.origin])


def _place(count: dict[tuple[object, int], int], at: object, kid: Kid) -> int:
    """Return the position of the next value of a class; 0 where there is but one."""
    if kid.is_single:
        return 0
    place = count[at, kid.rank] = count.get((at, kid.rank), 0) + 1
    return place


def _leaves(
    made: Made,
    outputs: Sequence[Output | Row],
    shared: Mapping[Alike, _Shared],
    leaves: Mapping[Node, int],
) -> None:
    """Enter the leaf of each value, or its leaves, and its text where that is not its leaf's."""
    texts = made.leaf_text
    for out in outputs:
        first = len(made.out_leaf)
        if isinstance(out, Row):
            alike = alike_of(out)
            of_one, of_several = shared[alike].leaves
            numbers = _numbers(out, leaves)
            made.out_leaf += [
                -1 if one is None else numbers[one] if isinstance(one, int) else leaves[one]
                for one in of_one
            ]
            made.values += alike.told_of(out, first)
            for at, several in of_several:
                found = [numbers[one] if isinstance(one, int) else leaves[one] for one in several]
                made.several.append((first + at, found))
            continue
        nodes = out.nodes
        leaf = leaves[nodes[0]] if len(nodes) == 1 else -1
        made.out_leaf.append(leaf)
        if leaf < 0 or texts[leaf] != out.value:
            made.values.append((first, out.value))
            if len(nodes) > 1:
                made.several.append((first, [leaves[one] for one in nodes]))


def _numbers(row: Row, leaves: Mapping[Node, int]) -> Sequence[int]:
    """Return the numbers of the leaves of an item; those of one of many stand in a row."""
    alike = alike_of(row)
    if not alike.is_of_many:
        return [leaves[one] for one in alike.leaves_of(row)]
    first = leaves[alike.node_of(row)]
    return range(first, first + len(alike.members[row.number].texts))


def _changes(made: Made, outputs: Sequence[Output | Row], words: Words) -> None:
    """Enter what was done to texts: few have it."""
    number = 0
    for out in outputs:
        mores: Iterable[tuple[int, More | None]]
        if isinstance(out, Row):
            alike = alike_of(out)
            mores, many = alike.changes_of(out) if alike.is_changing else (), len(alike.forms)
        else:
            mores, many = ((0, out.more),), 1
        for at, more in mores:
            if more is not None and (more.crosswalks or more.whole or more.original):
                tables = [words[one] for one in more.crosswalks]
                made.changed.append((number + at, tables, more.whole, more.original))
        number += many


def _lines(
    made: Made, outputs: Sequence[Output | Row], shared: Mapping[Alike, _Shared], words: Words
) -> None:
    """Enter the line of each value, and of each line why its default may stand in."""
    lines: dict[str, ProfileLine] = {}
    known: set[Alike] = set()
    for out in outputs:
        if isinstance(out, Row):
            alike = alike_of(out)
            made.out_rule += shared[alike].rules
            if alike not in known:
                known.add(alike)
                lines.update((form.line.name, form.line) for form in alike.forms)
        else:
            made.out_rule.append(words[out.line.name])
            lines[out.line.name] = out.line
    made.because = [(words[name], words[one.because]) for name, one in lines.items() if one.because]
    made.personal = [words[name] for name, one in lines.items() if one.personal]
