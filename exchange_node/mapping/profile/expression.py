"""How one value comes about: picked, chosen, joined, counted, summed, stated or given.

A profile line is read into one of these, which is asked once for a function that draws it.
Whatever cannot be drawn is told to the draft that is being made, and is no value. A function
returns a node itself where the value is the node's text: most are, and that costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from exchange_node.mapping.drawn import Drawn, Origin, drawn, of, origin_of
from exchange_node.mapping.profile.notation import Crosswalk
from exchange_node.mapping.profile.path import Path
from exchange_node.mapping.tree import Node


class Notes(Protocol):
    """Where an expression says what it could not draw."""

    def unknown_code(self, drawn: Drawn, table: Crosswalk, on: date) -> None:
        """Note a code that the table does not hold, or not on that day."""

    def unreadable_number(self, node: Node) -> None:
        """Note a text that is no number."""

    def unconvertible(self, unit: Drawn, into: str) -> None:
        """Note a unit that cannot be made another."""

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
    def supplied(self) -> AbstractSet[str]:
        """The names of the leaves that facts were placed in."""

    @property
    def on(self) -> date:
        """The day whose codes count."""

    @property
    def place(self) -> int:
        """The position of the class that is being written."""

    @property
    def notes(self) -> Notes:
        """Where to say what could not be drawn."""


PLACE = "place"
"""What is given as the position of the class that is being written."""

Draws = Callable[[Node, Draft], "Drawn | Node | None"]
"""A compiled expression: the value at a node, if there is one; a node stands for its text."""


class Expression(Protocol):
    """Anything that draws a value."""

    def compiled(self) -> Draws:
        """Return the function that draws it."""

    def paths(self) -> Sequence[Path]:
        """Return every source path it reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The first value at a path."""

    path: Path

    def compiled(self) -> Draws:
        """Return a search for the first node there that carries a text."""
        pick = self.path.picking()
        return lambda node, draft: pick(node, draft.body)

    def paths(self) -> Sequence[Path]:
        """Return its path."""
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The first option that has a value: places where the same datum may stand.

    What the declaration says stands before any fact, wherever in the list each of them is.
    """

    options: tuple[Expression, ...]

    def compiled(self) -> Draws:
        """Return the choice; a fact that says otherwise is noted.

        Where no fact was placed under a name that an option ends with, none can say otherwise.
        """
        options = tuple(one.compiled() for one in self.options)
        names = frozenset(path.last for path in self.paths())
        anywhere = "" in names

        def first(node: Node, draft: Draft) -> Drawn | Node | None:
            supplied = draft.supplied
            if supplied and (anywhere or not names.isdisjoint(supplied)):
                return _declared(options, node, draft)
            for option in options:
                found = option(node, draft)
                if found is not None:
                    return found
            return None

        return first

    def paths(self) -> Sequence[Path]:
        """Return the paths of its options."""
        return [path for option in self.options for path in option.paths()]


def _declared(options: Sequence[Draws], node: Node, draft: Draft) -> Drawn | None:
    """Return the first value that is declared, else the first; note facts that say otherwise."""
    found = (option(node, draft) for option in options)
    every = [drawn(one) for one in found if one is not None]
    declared = next((one for one in every if one.origin is Origin.SOURCE), None)
    if declared is None:
        return every[0] if every else None
    for one in every:
        if one.origin is Origin.FACT:
            draft.notes.contradicted(declared, one)
    return declared


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every value at a path, joined."""

    path: Path
    separator: str

    def compiled(self) -> Draws:
        """Return a reading of the texts in document order."""
        select, separator = self.path.selecting(), self.separator

        def every(node: Node, draft: Draft) -> Drawn | None:
            nodes = tuple([one for one in select(node, draft.body) if one.text])
            if not nodes:
                return None
            value = separator.join([one.text for one in nodes])
            return Drawn(value, nodes, origin_of(nodes, Origin.SOURCE))

        return every

    def paths(self) -> Sequence[Path]:
        """Return its path."""
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Several values in one; `complete` means all of them or none."""

    parts: tuple[Expression, ...]
    separator: str
    complete: bool = False

    def compiled(self) -> Draws:
        """Return the joining; parts without nodes alone (constants) make no value."""
        parts = tuple(one.compiled() for one in self.parts)
        separator, complete = self.separator, self.complete

        def join(node: Node, draft: Draft) -> Drawn | None:
            values: list[str] = []
            nodes: tuple[Node, ...] = ()
            crosswalks: tuple[str, ...] = ()
            for part in parts:
                found = part(node, draft)
                if found is None:
                    continue
                if isinstance(found, Drawn):
                    values.append(found.value)
                    nodes += found.nodes
                    crosswalks += found.crosswalks
                else:
                    values.append(found.text)
                    nodes += (found,)
            if not nodes or (complete and len(values) < len(parts)):
                return None
            origin = origin_of(nodes, Origin.SOURCE)
            return of(separator.join(values), nodes, origin, crosswalks)

        return join

    def paths(self) -> Sequence[Path]:
        """Return the paths of its parts."""
        return [path for part in self.parts for path in part.paths()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A value the profile itself states."""

    value: str

    def compiled(self) -> Draws:
        """Return the value, made once."""
        value = Drawn(self.value, (), Origin.CONSTANT)
        return lambda node, draft: value  # noqa: ARG005 - as every expression

    def paths(self) -> Sequence[Path]:
        """Return no path."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value of the submission (`$sender`, `$at`, …), or `$place`."""

    name: str

    def compiled(self) -> Draws:
        """Return a look at what was given; the place is the position of what is being written."""
        name = self.name

        def place(node: Node, draft: Draft) -> Drawn:  # noqa: ARG001 - as every expression
            return of(str(draft.place), (), Origin.GIVEN)

        def given(node: Node, draft: Draft) -> Drawn | None:  # noqa: ARG001
            value = draft.given.get(name, "")
            return Drawn(value, (), Origin.GIVEN) if value else None

        return place if name == PLACE else given

    def paths(self) -> Sequence[Path]:
        """Return no path."""
        return ()
