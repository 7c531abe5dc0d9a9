"""What is done to a drawn text: parts taken, characters removed, codes translated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from exchange_node.mapping.profile.expression import Draft, Drawn, Expression
from exchange_node.mapping.profile.notation import LOOK_ALIKES, Crosswalk, Unknown
from exchange_node.mapping.profile.path import Path, Test
from exchange_node.mapping.tree import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaping:
    """What is done to a drawn text, in this order; fields left empty do nothing.

    Attributes:
        nothing: texts that mean no value (`0.0`).
        take: the first group (or the whole match) of a regular expression.
        split: separator of parts (regular expression); first and last bound those that are kept,
            and they are joined again by `rejoin`.
        remove: characters taken out.
        plate: look-alike letters made Latin, all letters raised.
    """

    when: tuple[Test, ...] = ()
    nothing: frozenset[str] = frozenset()
    take: re.Pattern[str] | None = None
    split: re.Pattern[str] | None = None
    first: int = 1
    last: int = 1
    rejoin: str = ", "
    remove: str = ""
    plate: bool = False
    crosswalk: Crosswalk | None = None
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """A drawn text with its shaping."""

    inner: Expression
    shaping: Shaping

    def draw(self, node: Node, draft: Draft) -> Drawn | None:
        """Return the shaped value."""
        how = self.shaping
        if how.when and not all(test.holds(node, draft.body) for test in how.when):
            return None
        drawn = self.inner.draw(node, draft)
        if drawn is None or drawn.value in how.nothing:
            return None
        value = reshaped(drawn.value, how)
        if not value:
            return None
        crosswalks = drawn.crosswalks
        table = how.crosswalk
        if table is not None:
            code = table.find(value)
            if code is None:
                if table.unknown is not Unknown.DROP:
                    draft.notes.unknown_code(drawn._replace(value=value), table)
                if table.otherwise is None and table.unknown is not Unknown.WARNING:
                    return None
                code = value if table.otherwise is None else table.otherwise
            value = code
            crosswalks = (*crosswalks, table.name)
            if not value:
                return None
        return Drawn(how.prefix + value + how.suffix, drawn.nodes, drawn.origin, crosswalks)

    def paths(self) -> Sequence[Path]:
        """Return the paths of what is shaped."""
        return self.inner.paths()


def reshaped(value: str, how: Shaping) -> str:
    """Return a text after the shaping that needs no table."""
    if how.take is not None:
        found = how.take.search(value)
        if found is None:
            return ""
        value = found[found.lastindex or 0] or ""
    if how.split is not None:
        parts = [part for one in how.split.split(value) if (part := " ".join(one.split()))]
        value = how.rejoin.join(parts[how.first - 1 : how.last or None])
    if how.remove:
        value = value.translate({ord(char): None for char in how.remove})
    if how.plate:
        value = value.translate(LOOK_ALIKES).upper()
    return value.strip()
