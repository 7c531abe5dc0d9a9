"""A node → its shape, and its leaves in the order of the shape.

Two nodes of one shape have the same names below them, as often and in the same order, and texts at
the same places. What a profile asks of a node without reading a text has the same answer for both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from exchange_node.mapping.tree import Node

Shape = tuple[object, ...]

FEWEST = 6
"""Nodes of one shape from which on it pays to look at them together (our choice, measured)."""


class Member(NamedTuple):
    """A node with its leaves in the order of its shape."""

    node: Node
    leaves: list[Node]


def families(nodes: Iterable[Node]) -> Iterable[list[Member]]:
    """Return the nodes that share a shape with enough others, each shape for itself."""
    found: defaultdict[Shape, list[Member]] = defaultdict(list)
    for node in nodes:
        shape: list[object] = []
        leaves: list[Node] = []
        if _enter(node, shape, leaves):
            found[tuple(shape)].append(Member(node, leaves))
    return [members for members in found.values() if len(members) >= FEWEST]


def _enter(node: Node, shape: list[object], leaves: list[Node]) -> bool:
    """Add a node to its shape; False where one is more than an element of the file (a fact)."""
    if node.__class__ is not Node:
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
