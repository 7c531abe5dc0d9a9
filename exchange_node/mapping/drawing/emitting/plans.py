"""What is carried out, as plans have it: the places of values, lines, groups; and by whom.

The records of a plan stand here, below those that make them, and what a function that was written
asks of the draft that it writes into.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Protocol

from exchange_node.mapping.drawing.conversion import Quick
from exchange_node.mapping.drawing.needs import Needs
from exchange_node.mapping.drawing.output import Output
from exchange_node.mapping.profile.expression import Draws, Expression
from exchange_node.mapping.profile.path import Holds, Selects
from exchange_node.mapping.profile.profile import Group, ProfileLine
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.classes import Kid
from exchange_node.wco.compiled.frames import Frame
from exchange_node.wco.compiled.rows import Filling, Row

Way = tuple[Kid, ...]


class Drawing(Protocol):
    """The draft, as a group's function knows it; what it is for stands there."""

    body: Node
    top: Frame
    place: int
    outputs: list[Output | Row]
    log: list[tuple[dict[int, int], int]]
    parts: Groups

    @property
    def supplied(self) -> AbstractSet[str]:
        """Return the names of the leaves that facts were placed in."""

    @property
    def repeats(self) -> Mapping[Node, Node]:
        """Return the nodes that were left out because another says the same."""

    @property
    def notes(self) -> Said:
        """Return what was said so far."""

    def alike(self, plan: GroupPlan, nodes: Sequence[Node], outer: Frame) -> Items:
        """Return those of the nodes of a group that are drawn as one before them."""

    def nodes_of(self, plan: GroupPlan, node: Node) -> list[Node]:
        """Return the nodes that a group is written for."""

    def instance(self, plan: GroupPlan, node: Node, here: Frame) -> bool:
        """Write one node of a group; whether anything of its own was found."""

    def too_many(self, plan: GroupPlan, node: Node, most: int) -> None:
        """Note a node that the document has no room for."""

    def take_back(self, mark: int, counted: int) -> None:
        """Undo what was written since there were so many outputs and rows."""


class Said(Protocol):
    """What was said of a declaration so far."""

    def said(self) -> tuple[int, int]:
        """Return how much it is."""

    def forget(self, said: tuple[int, int]) -> None:
        """Take back what was said since."""


Items = Mapping[Node, tuple[Filling, int]]
"""Nodes that are drawn as others are: what fills their rows, and which of these each is."""

Emits = Callable[[Node, Drawing, Frame], bool]
"""Carries out a line or a group at a node; whether anything of its own was found."""

Groups = dict[tuple[str, ...], tuple[Emits, ...]]
"""A group and the names of children → the lines and groups that may find something there."""


class Target(NamedTuple):
    """One element that a line fills.

    Attributes:
        is_absolute: whether its way starts from the declaration.
        way: the classes on the way to it.
        beside: which companions may stand beside it.
        keeps: the one for the national code, where the line keeps it.
    """

    is_absolute: bool
    way: Way
    kid: Kid
    quick: Quick | None
    needs_currency: bool
    beside: dict[str, Kid]
    keeps: Kid | None

    def pointer(self, frame: Frame) -> str:
        """Return where a value would stand."""
        pointer = frame.pointer
        for kid in self.way:
            pointer += f"/{kid.name}" if kid.is_single else f"/{kid.name}[1]"
        pointer += f"/{self.kid.name}"
        if self.kid.is_single:
            return pointer
        found = frame.seen(self.way)
        return f"{pointer}[{len(found.items.get(self.kid.rank, ())) + 1 if found else 1}]"


class LinePlan(NamedTuple):
    """One line: how its value and what goes with it are drawn, and where it goes.

    Attributes:
        path: of its first element, for the messages.
        expression: what draws its value; `draw` is its function.
        attributes: what draws them, by their names.
    """

    line: ProfileLine
    path: str
    expression: Expression
    draw: Draws
    default: Draws | None
    attributes: tuple[tuple[str, Draws], ...]
    zone_of: Draws | None
    targets: tuple[Target, ...]


class GroupPlan(NamedTuple):
    """One group; without `kid` it writes into the class of the group above.

    Attributes:
        is_of_all: whether its nodes are the same, whatever node of the group above asks.
        emits: its lines, then its groups: the function that carries each out, and what it needs.
        parts: the same lines and groups as plans.
        requires: the ways to elements that must stand in its class, and their ranks.
    """

    group: Group
    each: tuple[Selects, ...]
    is_of_all: bool
    where: tuple[Holds, ...]
    path: str
    is_absolute: bool
    way: Way
    kid: Kid | None
    requires: tuple[tuple[Way, int], ...]
    emits: tuple[tuple[Emits, Needs], ...]
    parts: tuple[LinePlan | GroupPlan, ...]
    needs: Needs

    def worth_trying(self, node: Node) -> tuple[Emits, ...]:
        """Return the lines and groups that may find something in a node, by its children."""
        children = node.children
        return tuple(
            one for one, needs in self.emits if needs is None or not needs.isdisjoint(children)
        )

    def is_met_in(self, here: Frame) -> bool:
        """Whether everything stands in its class that the group requires."""
        for way, rank in self.requires:
            frame = here.seen(way)
            if frame is None or not frame.items.get(rank):
                return False
        return True
