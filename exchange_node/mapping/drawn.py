"""A value as it was drawn from a declaration: its text, its leaves, where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

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


_SOURCE, _FACT = Origin.SOURCE, Origin.FACT
_new = tuple.__new__
"""Makes a named tuple of a tuple: half of what calling it by its fields costs."""


def of(
    value: str, nodes: tuple[Node, ...], origin: Origin, crosswalks: tuple[str, ...] = ()
) -> Drawn:
    """Return a drawn value; as `Drawn`, for where many are made."""
    return _new(Drawn, (value, nodes, origin, crosswalks))


def drawn(found: Drawn | Node) -> Drawn:
    """Return a value with its nodes, where a node stands for its text."""
    if isinstance(found, Drawn):
        return found
    return _new(Drawn, (found.text, (found,), _FACT if found.supplier else _SOURCE, ()))


def origin_of(nodes: Sequence[Node], otherwise: Origin) -> Origin:
    """Return where a value of several nodes comes from: one fact among them makes it one."""
    if not nodes:
        return otherwise
    for one in nodes:
        if one.supplier:
            return _FACT
    return _SOURCE
