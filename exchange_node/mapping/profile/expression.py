"""How one value comes about: picked, chosen, joined, counted, summed, stated or given.

A profile line is compiled into one of these once; drawing it from a node is then a few calls.
Whatever cannot be drawn is told to the draft that is being made, and is no value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from exchange_node.mapping.profile.notation import Crosswalk, read_number
from exchange_node.mapping.profile.path import Path
from exchange_node.mapping.tree import Node


class Origin(StrEnum):
    """Where a value comes from."""

    SOURCE = "source"
    FACT = "fact"
    COMPUTED = "computed"
    GIVEN = "given"
    CONSTANT = "constant"
    DEFAULT = "default"


class Drawn(NamedTuple):
    """A value with the nodes it was made of and the tables it went through."""

    value: str
    nodes: tuple[Node, ...]
    origin: Origin
    crosswalks: tuple[str, ...] = ()


class Notes(Protocol):
    """Where an expression says what it could not draw."""

    def unknown_code(self, drawn: Drawn, table: Crosswalk) -> None:
        """Note a code that the table does not hold."""

    def unreadable_number(self, node: Node) -> None:
        """Note a text that is no number."""

    def contradicted(self, declared: Drawn, fact: Drawn) -> None:
        """Note a fact that says something else than the declaration."""


class Draft(Protocol):
    """What an expression needs of the mapping that is being made."""

    @property
    def body(self) -> Node:
        """The declaration."""

    @property
    def given(self) -> Mapping[str, str]:
        """What comes with the submission."""

    @property
    def has_facts(self) -> bool:
        """Whether any fact was placed."""

    @property
    def place(self) -> int:
        """The position of the class that is being written."""

    @property
    def notes(self) -> Notes:
        """Where to say what could not be drawn."""


class Expression(Protocol):
    """Anything that draws a value."""

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the value at a node, if there is one."""

    def paths(self) -> Sequence[Path]:
        """Return every source path it reads."""


def _origin(nodes: Sequence[Node], otherwise: Origin) -> Origin:
    if not nodes:
        return otherwise
    return Origin.FACT if any(one.supplier for one in nodes) else Origin.SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The first value at a path."""

    path: Path

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the first node there that carries a text."""
        for one in self.path.select(node, draft.body):
            if one.text:
                return Drawn(one.text, (one,), Origin.FACT if one.supplier else Origin.SOURCE)
        return None

    def paths(self) -> Sequence[Path]:
        """Return its path."""
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The first option that has a value: places where the same datum may stand.

    What the declaration says stands before any fact, wherever in the list each of them is.
    """

    options: tuple[Expression, ...]

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the chosen value; a fact that says otherwise is noted."""
        if not draft.has_facts:
            for option in self.options:
                drawn = option.draw(node, draft)
                if drawn is not None:
                    return drawn
            return None
        every = [one for one in (option.draw(node, draft) for option in self.options) if one]
        declared = next((one for one in every if one.origin is Origin.SOURCE), None)
        if declared is None:
            return every[0] if every else None
        for one in every:
            if one.origin is Origin.FACT:
                draft.notes.contradicted(declared, one)
        return declared

    def paths(self) -> Sequence[Path]:
        """Return the paths of its options."""
        return [path for option in self.options for path in option.paths()]


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every value at a path, joined."""

    path: Path
    separator: str

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the texts in document order."""
        nodes = tuple(one for one in self.path.select(node, draft.body) if one.text)
        if not nodes:
            return None
        value = self.separator.join(one.text for one in nodes)
        return Drawn(value, nodes, _origin(nodes, Origin.SOURCE))

    def paths(self) -> Sequence[Path]:
        """Return its path."""
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Several values in one; `complete` means all of them or none."""

    parts: tuple[Expression, ...]
    separator: str
    complete: bool = False

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the joined value; parts without nodes alone (constants) make none."""
        drawn = [part.draw(node, draft) for part in self.parts]
        have = [one for one in drawn if one is not None]
        nodes = tuple(source for one in have for source in one.nodes)
        if not nodes or (self.complete and len(have) < len(drawn)):
            return None
        return Drawn(
            self.separator.join(one.value for one in have),
            nodes,
            _origin(nodes, Origin.SOURCE),
            tuple(name for one in have for name in one.crosswalks),
        )

    def paths(self) -> Sequence[Path]:
        """Return the paths of its parts."""
        return [path for part in self.parts for path in part.paths()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum of every number at a path."""

    path: Path

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the sum, or nothing where there is no number."""
        nodes: list[Node] = []
        total = Decimal(0)
        for one in self.path.select(node, draft.body):
            if not one.text:
                continue
            number = read_number(one.text)
            if number is None:
                draft.notes.unreadable_number(one)
            else:
                nodes.append(one)
                total += number
        if not nodes:
            return None
        return Drawn(format(total, "f"), tuple(nodes), Origin.COMPUTED)

    def paths(self) -> Sequence[Path]:
        """Return its path."""
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many nodes at a path carry data; empty rows that only pad a form do not count."""

    path: Path

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the count, or nothing where there is none."""
        number = sum(one.has_data() for one in self.path.select(node, draft.body))
        return Drawn(str(number), (), Origin.COMPUTED) if number else None

    def paths(self) -> Sequence[Path]:
        """Return no path: what is counted is read by other lines, and no fact can stand for it."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A value the profile itself states."""

    value: str

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the value."""
        del node, draft
        return Drawn(self.value, (), Origin.CONSTANT)

    def paths(self) -> Sequence[Path]:
        """Return no path."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value of the submission (`$sender`, `$at`, …), or `$place`."""

    name: str

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the value; the place is the position of what is being written."""
        del node
        value = str(draft.place) if self.name == "place" else draft.given.get(self.name, "")
        return Drawn(value, (), Origin.GIVEN) if value else None

    def paths(self) -> Sequence[Path]:
        """Return no path."""
        return ()
