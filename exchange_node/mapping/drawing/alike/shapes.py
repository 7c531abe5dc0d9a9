"""A node → its shape, and its leaves in the order of the shape.

Two nodes of one shape have the same names below them, as often and in the same order, and texts at
the same places. What a profile asks of a node without reading a text has the same answer for both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from exchange_node.mapping.late import Late, is_late
from exchange_node.mapping.tree import Node

_ELEMENTS = (Node, Late)

FEWEST = 6
"""Nodes of one shape from which on it pays to look at them together (our choice, measured)."""


class Member:
    """A node with the texts of its leaves in the order of its shape."""

    __slots__ = ("_leaves", "node", "texts")

    def __init__(self, node: Node, texts: Sequence[str], leaves: Sequence[Node] = ()) -> None:
        self.node = node
        self.texts = texts
        self._leaves = leaves

    @property
    def leaves(self) -> Sequence[Node]:
        """Its leaves, made where nobody asked for them before."""
        return self._leaves or self.node.leaves()

    def slots(self) -> Mapping[Node, int]:
        """Return the number of each of its leaves that was asked for."""
        if isinstance(self.node, Late) and not self._leaves:
            return self.node.item.made
        return {leaf: number for number, leaf in enumerate(self._leaves)}


def families(nodes: Iterable[Node]) -> Iterable[list[Member]]:
    """Return the nodes that share a shape with enough others, each shape for itself."""
    found: defaultdict[object, list[Member]] = defaultdict(list)
    for node in nodes:
        if is_late(node):
            found[node.item.mould].append(Member(node, node.item.texts))
            continue
        shape: list[object] = []
        leaves: list[Node] = []
        if _enter(node, shape, leaves):
            texts = [one.text for one in leaves]
            found[tuple(shape)].append(Member(node, texts, leaves))
    return [members for members in found.values() if len(members) >= FEWEST]


def _enter(node: Node, shape: list[object], leaves: list[Node]) -> bool:
    """Add a node to its shape; False where one is more than an element of the file (a fact)."""
    # What holds items of many is no item: to tell its shape, all of their nodes would be made.
    if node.__class__ not in _ELEMENTS or is_late(node):
        return False
    text = node.text
    if text:
        leaves.append(node)
    shape.append(bool(text))
    children = node.children
    if not children:
        return True
    shape.append(len(children))
    shape += children
    for same in children.values():
        if len(same) > 1:
            shape.append(-len(same))
        for one in same:
            if one.children or one.__class__ is not Node:
                shape.append(None)
                if not _enter(one, shape, leaves):
                    return False
            elif one.text:
                leaves.append(one)
                shape.append(True)
            else:
                shape.append(False)
    return True
