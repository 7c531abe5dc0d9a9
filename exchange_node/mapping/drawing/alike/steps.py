"""What one line does in every item of a shape: a column of values, None where it does otherwise.

A line does what the texts decide that it may read (`reads`), so the same texts give the same value
again. A text that is carried as it stands needs no memory: whether it fits is asked of the column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import NamedTuple, Protocol

from exchange_node.mapping.drawing.alike.shapes import Member
from exchange_node.mapping.drawing.conversion import Quick, QuickKind
from exchange_node.mapping.drawing.output import More
from exchange_node.mapping.profile.expression import Expression, First, Join, Pick
from exchange_node.mapping.profile.notation import NumberShape, plain_text, read_number
from exchange_node.mapping.profile.numbers import Plain
from exchange_node.mapping.profile.path import AnyOf, Condition, Path
from exchange_node.mapping.profile.shaping import Shaped, Shaping, reshaping
from exchange_node.mapping.tree import Node

Part = tuple[str, Mapping[str, str], More | None]
"""Of a value, what may differ from item to item: text, attributes, and what few have."""
Outcome = tuple[Part, ...]


class Cells(NamedTuple):
    """One value in all items.

    Attributes:
        texts: of each item; nothing where it is unlike the first.
        said: the attributes; one for all items, or of each.
        more: what few have, of each item; empty where none has it.
    """

    texts: Sequence[str]
    said: Sequence[Mapping[str, str]]
    more: Sequence[More | None] = ()

    def only(self, chosen: Sequence[bool]) -> Cells:
        """Return those of some items."""
        said = list(compress(self.said, chosen)) if len(self.said) > 1 else self.said
        return Cells(list(compress(self.texts, chosen)), said, list(compress(self.more, chosen)))

    def part(self, at: int) -> Part:
        """Return what it is in one item."""
        said = self.said[at] if len(self.said) > 1 else self.said[0]
        return self.texts[at], said, self.more[at] if self.more else None


class Column(NamedTuple):
    """What a line does in all items.

    Attributes:
        alike: whether each is as the first; None where all are.
        values: what it writes.
    """

    alike: Sequence[bool] | None
    values: Sequence[Cells]


Texts = Sequence[Sequence[str]]
"""The texts of all members, by leaf."""


class Step(Protocol):
    """One line or condition for all items of a shape."""

    def column(self, members: Sequence[Member], texts: Texts) -> Column:
        """Return what it does for each."""


class Always:
    """A line that reads nothing of the item."""

    __slots__ = ("_outcome",)

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def column(self, members: Sequence[Member], texts: Texts) -> Column:  # noqa: ARG002 - as every step
        """Return the same for each."""
        many = len(members)
        return Column(
            None,
            [
                Cells([text] * many, (said,), [more] * many if more is not None else ())
                for text, said, more in self._outcome
            ],
        )


class Asked:
    """A condition that other things than texts of the item decide: it is asked for each."""

    __slots__ = ("_ask",)

    def __init__(self, ask: Callable[[Member], Outcome | None]) -> None:
        self._ask = ask

    def column(self, members: Sequence[Member], texts: Texts) -> Column:  # noqa: ARG002 - as every step
        """Return what it says of each."""
        return _of_outcomes([self._ask(one) for one in members])


class Remembered:
    """A line or condition that is asked once for the same texts."""

    __slots__ = ("_ask", "_known", "_slots")

    def __init__(self, slots: tuple[int, ...], ask: Callable[[Member], Outcome | None]) -> None:
        self._slots = slots
        self._ask = ask
        self._known: dict[object, Outcome | None] = {}

    def column(self, members: Sequence[Member], texts: Texts) -> Column:
        """Return what was found of each combination of texts."""
        known = self._known
        keys: Sequence[object] = list(zip(*[texts[slot] for slot in self._slots], strict=True))
        for number, key in enumerate(keys):
            if key not in known:
                known[key] = self._ask(members[number])
        return _of_outcomes([known[key] for key in keys])


def _of_outcomes(found: Sequence[Outcome | None]) -> Column:
    """Return outcomes as a column; those of two items have as many values."""
    there = [one for one in found if one is not None]
    if len(there) == len(found):
        return Column(None, _cells(there))
    some = there[0] if there else ()
    return Column(
        [one is not None for one in found], _cells([some if one is None else one for one in found])
    )


def _cells(found: Sequence[Outcome]) -> list[Cells]:
    made = []
    for parts in zip(*found, strict=True):
        texts, said, more = zip(*parts, strict=True)
        first = said[0]
        is_same = all(one is first or one == first for one in said)
        is_plain = more.count(None) == len(more)
        made.append(Cells(texts, (first,) if is_same else said, () if is_plain else more))
    return made


class Joined(NamedTuple):
    """Leaves whose texts are one value.

    Attributes:
        nothing: texts that mean none.
        shape: what is done to the text; no value is left where it is empty.
    """

    slots: tuple[int, ...]
    separator: str = ""
    nothing: frozenset[str] = frozenset()
    shape: Callable[[str], str] | None = None


class Carried:
    """A line whose text is that of one leaf, or of some, shaped without a look at anything else."""

    __slots__ = ("_joined", "_quick", "_said")

    def __init__(self, joined: Joined, quick: Quick, said: Mapping[str, str]) -> None:
        self._joined = joined
        self._quick = quick
        self._said = said

    def column(self, members: Sequence[Member], texts: Texts) -> Column:  # noqa: ARG002 - as every step
        """Return each text that fits when it was shaped."""
        slots, separator, nothing, shape = self._joined
        values = texts[slots[0]]
        if len(slots) > 1:
            values = list(map(separator.join, zip(*[texts[one] for one in slots], strict=True)))
        if shape is None:
            made = self._plain(values)
        else:
            made = self._plain([shape(one) if one.isascii() else "" for one in values])
        if nothing and not nothing.isdisjoint(values):
            made = ["" if one in nothing else text for one, text in zip(values, made, strict=True)]
        alike = None if all(made) else [bool(one) for one in made]
        return Column(alike, (Cells(made, (self._said,)),))

    def _plain(self, values: Sequence[str]) -> Sequence[str]:
        """Return each text as it is written; nothing where something has to be said or done."""
        if self._quick.kind is QuickKind.TEXT:
            plain = values if _is_plain(values) else [" ".join(one.split()) for one in values]
            if max(map(len, plain)) <= self._quick.most and "".join(values).isascii():
                return plain
        return [self._quick.text(one, ()) if one else "" for one in values]


def _is_plain(values: Sequence[str]) -> bool:
    """Whether no text has blanks but single ones between words; asked of all of them in C."""
    whole = "|".join(values)
    if whole != " ".join(whole.split()):
        return False
    return " |" not in whole and "| " not in whole


def joined(
    expression: Expression, node: Node, body: Node, slots: Mapping[Node, int]
) -> Joined | None:
    """Return the leaves that an expression carries, where no text decides which they are.

    Where facts were placed that an expression may choose, this is not to be asked.
    """
    found: Joined | None = None
    match expression:
        case Pick(path=path) if is_structural(path):
            leaf = path.picking()(node, body)
            found = Joined((slots[leaf],)) if leaf is not None and leaf in slots else None
        case First(options=options):
            chosen = _first_there(options, node, body)
            found = joined(chosen, node, body, slots) if chosen is not None else None
        case Join():
            found = _joined_parts(expression, node, body, slots)
        case Plain(inner=inner, number=number, lenient=False):
            within = joined(inner, node, body, slots)
            if within is not None and within.shape is None:
                found = within._replace(shape=_number(number))
        case Shaped(inner=inner, shaping=how) if not how.when and how.crosswalk is None:
            within = joined(inner, node, body, slots)
            if within is not None and within.shape is None and not within.nothing:
                found = within._replace(nothing=how.nothing, shape=_shape(how))
    return found


def _first_there(options: Sequence[Expression], node: Node, body: Node) -> Pick | None:
    """Return the first option that is there, whatever texts say; None where they may say it."""
    for option in options:
        if not isinstance(option, Pick) or not is_structural(option.path):
            return None
        if option.path.picking()(node, body) is not None:
            return option
    return None


def _joined_parts(join: Join, node: Node, body: Node, slots: Mapping[Node, int]) -> Joined | None:
    found: list[int] = []
    for one in join.parts:
        if not isinstance(one, Pick) or not is_structural(one.path):
            return None
        leaf = one.path.picking()(node, body)
        if leaf is None and not join.complete:
            continue
        if leaf is None or leaf not in slots:
            return None
        found.append(slots[leaf])
    return Joined(tuple(found), join.separator) if found else None


def _number(shape: NumberShape) -> Callable[[str], str]:
    def plain(text: str) -> str:
        number = read_number(text, shape)
        return plain_text(number) if number is not None else ""

    return plain


def _shape(how: Shaping) -> Callable[[str], str] | None:
    if how == Shaping(nothing=how.nothing):
        return None
    reshape, prefix, suffix = reshaping(how), how.prefix, how.suffix

    def shape(text: str) -> str:
        text = reshape(text)
        return prefix + text + suffix if text else ""

    return shape


def is_structural(path: Path) -> bool:
    """Whether no text decides where a path leads."""
    return all(_asks_no_text(test) for step in path.steps for test in step.tests)


def _asks_no_text(condition: Condition) -> bool:
    tests = condition.tests if isinstance(condition, AnyOf) else (condition,)
    return all(test.says is None and is_structural(test.path) for test in tests)
