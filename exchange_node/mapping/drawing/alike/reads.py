"""A line or a condition at a node → the leaves of the item whose texts may decide what it does.

Conditions on the way and positions are left out, so that too many leaves are named and never too
few. What lies outside the item is the same for all items of one parent; a path that leads out and
comes back in could mean another item with each of them, and is refused.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from exchange_node.mapping.profile.expression import (
    PLACE,
    All,
    Constant,
    Expression,
    First,
    Given,
    Join,
    Pick,
)
from exchange_node.mapping.profile.numbers import Converted, Count, Plain, Total
from exchange_node.mapping.profile.path import AnyOf, Condition, Path
from exchange_node.mapping.profile.profile import Group
from exchange_node.mapping.profile.shaping import Shaped
from exchange_node.mapping.tree import Node


class UnlikeError(Exception):
    """Nothing can be said of all items of a shape together; never leaves the room."""


class Reads:
    """What is read of one item.

    Attributes:
        slots: each leaf of the item by its number.
        inside: every node of the item, itself included.
        is_placed: whether what was asked for last reads the position that is being written.
    """

    __slots__ = ("_body", "_found", "inside", "is_placed", "slots")

    def __init__(self, item: Node, slots: Mapping[Node, int], body: Node) -> None:
        self.slots = slots
        self.inside = {item, *item.below()}
        self._body = body
        self._found: set[int] = set()
        self.is_placed = False

    def of(self, expressions: Iterable[Expression | None], node: Node) -> tuple[int, ...]:
        """Return the leaves that expressions may read at a node.

        Raises:
            UnlikeError: that cannot be told.
        """
        self._found, self.is_placed = set(), False
        for one in expressions:
            if one is not None:
                self._enter(one, node)
        return tuple(sorted(self._found))

    def of_nodes(self, group: Group, node: Node) -> tuple[int, ...]:
        """Return the leaves by which is told for which nodes a group is written.

        Raises:
            UnlikeError: that cannot be told.
        """
        self._found = set()
        found = [one for path in group.each for one in self._along(path, node)]
        self._conditions(group.where, found if group.each else (node,))
        if group.distinct is not None:
            for one in found:
                self._touch(self._along(group.distinct, one))
        return tuple(sorted(self._found))

    def has_any(self, group: Group, node: Node, repeats: Container[Node]) -> bool:
        """Whether a group may have left out a node, since it says the same as another."""
        return any(one in repeats for path in group.each for one in self._along(path, node))

    def _enter(self, expression: Expression, node: Node) -> None:  # noqa: C901 - each kind once
        match expression:
            case Constant():
                pass
            case Given(name=name):
                self.is_placed = self.is_placed or name == PLACE
            case Pick(path=path) | All(path=path):
                self._touch(self._along(path, node))
            case Count(path=path):
                self._along(path, node)
            case Total(path=path, unit=unit):
                found = self._along(path, node)
                self._touch(found)
                if unit is not None:
                    self._enter_all((unit,), found)
            case First(options=parts) | Join(parts=parts):
                self._enter_all(parts, (node,))
            case Plain(inner=inner):
                self._enter(inner, node)
            case Converted(inner=inner, unit=unit):
                self._enter_all((inner, unit), (node,))
            case Shaped(inner=inner, shaping=how):
                self._conditions(how.when, (node,))
                self._enter(inner, node)
            case _:
                raise UnlikeError

    def _enter_all(self, expressions: Iterable[Expression], nodes: Iterable[Node]) -> None:
        for node in nodes:
            for one in expressions:
                self._enter(one, node)

    def _conditions(self, conditions: Iterable[Condition], nodes: Iterable[Node]) -> None:
        for node in nodes:
            for condition in conditions:
                for test in condition.tests if isinstance(condition, AnyOf) else (condition,):
                    found = self._along(test.path, node)
                    if test.says is not None:
                        self._touch(found)

    def _touch(self, nodes: Iterable[Node]) -> None:
        slots = self.slots
        self._found.update([slots[one] for one in nodes if one in slots])

    def _along(self, path: Path, node: Node) -> list[Node]:
        """Return every node that a path may lead to; note what the tests on the way read."""
        found = [self._body if path.absolute else node]
        is_out = path.absolute
        for step in path.steps:
            if step.name == "..":
                found = [up for one in found if (up := one.above) is not None]
            else:
                found = [kid for one in found for kid in one.children.get(step.name, ())]
                self._conditions(step.tests, found)
            is_inside = not self.inside.isdisjoint(found)
            if is_inside and is_out:
                raise UnlikeError
            is_out = is_out or (bool(found) and not is_inside)
        return found
