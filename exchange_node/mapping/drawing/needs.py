"""Expression → the children a node must have for it to come to anything, asked once for each line.

Most lines of a profile have nothing to say of most nodes. Which of them might is told by the names
of a node's children, and nodes with the same children are many: so it is worked out once for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from exchange_node.mapping.profile.expression import (
    All,
    Constant,
    Expression,
    First,
    Given,
    Join,
    Pick,
)
from exchange_node.mapping.profile.numbers import Converted, Count, Plain, Total
from exchange_node.mapping.profile.path import Path
from exchange_node.mapping.profile.profile import Group, ProfileLine
from exchange_node.mapping.profile.shaping import Shaped

Needs = frozenset[str] | None
"""Names of children, one of which has to be there; None where that cannot be told by children."""

NOTHING: Needs = frozenset()


def drawing_needs(line: ProfileLine) -> Needs:
    """Return what a line needs to draw any value at all."""
    return None if line.default is not None else _drawn_by(line.draw)


def group_needs(group: Group) -> Needs:
    """Return what the node above a group needs for the group to be written."""
    if group.each:
        return _any(_first_of(path) for path in group.each)
    if group.always or not group.to:
        return None
    # A class is written when a line finds something of its own: what the node or a constant fills
    # does not count.
    return _any(
        (
            *(_found_by(line.draw) for line in group.lines),
            *(group_needs(one) if one.each else None for one in group.groups),
        )
    )


def _drawn_by(expression: Expression) -> Needs:
    match expression:
        case Shaped(inner=inner) | Plain(inner=inner) | Converted(inner=inner):
            return _drawn_by(inner)
        case First(options=options):
            return _any(_drawn_by(one) for one in options)
        case Constant() | Given():
            return None
        case _:
            return _found_by(expression)


def _found_by(expression: Expression) -> Needs:
    """Return what an expression needs to find a value that is not of the profile's own making."""
    match expression:
        case Pick(path=path) | All(path=path) | Total(path=path) | Count(path=path):
            return _first_of(path)
        case Constant() | Given():
            return NOTHING
        case Shaped(inner=inner) | Plain(inner=inner) | Converted(inner=inner):
            return _found_by(inner)
        case First(options=parts) | Join(parts=parts):
            return _any(_found_by(one) for one in parts)
        case _:
            return None


def _first_of(path: Path) -> Needs:
    if path.absolute or not path.steps or path.steps[0].name == "..":
        return None
    return frozenset({path.steps[0].name})


def _any(needs: Iterable[Needs]) -> Needs:
    every = tuple(needs)
    if None in every:
        return None
    return frozenset[str]().union(*cast("tuple[frozenset[str], ...]", every))
