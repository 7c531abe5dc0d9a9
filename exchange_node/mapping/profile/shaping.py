"""What is done to a drawn text: parts taken, characters removed, codes translated."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from exchange_node.mapping.drawn import Drawn, drawn, of
from exchange_node.mapping.profile.expression import Draft, Draws, Expression
from exchange_node.mapping.profile.notation import LOOK_ALIKES, Crosswalk, Unknown
from exchange_node.mapping.profile.path import Condition, Path
from exchange_node.mapping.tree import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaping:
    """What is done to a drawn text, in this order; fields left empty do nothing.

    Attributes:
        nothing: texts that mean no value (`0.0`).
        take: the first group (or the whole match) of a regular expression.
        split: separator of parts (regular expression); `part` is where those that are kept begin
            and end, and they are joined again by `rejoin`.
        remove: characters taken out.
        plate: look-alike letters made Latin, all letters raised.
    """

    when: tuple[Condition, ...] = ()
    nothing: frozenset[str] = frozenset()
    take: re.Pattern[str] | None = None
    split: re.Pattern[str] | None = None
    part: tuple[int | None, int | None] = (0, 1)
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

    def compiled(self) -> Draws:
        """Return the drawing with everything done to it that was asked for."""
        how, inner, reshape = self.shaping, self.inner.compiled(), reshaping(self.shaping)
        when = tuple(test.compiled() for test in how.when)
        nothing, prefix, suffix = how.nothing, how.prefix, how.suffix
        translate = Translation(how.crosswalk) if how.crosswalk is not None else None

        def shaped(node: Node, draft: Draft) -> Drawn | None:
            for holds in when:
                if not holds(node, draft.body):
                    return None
            found = inner(node, draft)
            if found is None:
                return None
            value, nodes, origin, crosswalks = drawn(found)
            if value in nothing:
                return None
            value = reshape(value)
            if not value:
                return None
            if translate is not None:
                code = translate(of(value, nodes, origin, crosswalks), draft)
                if not code:
                    return None
                value, crosswalks = code, (*crosswalks, translate.name)
            return of(prefix + value + suffix, nodes, origin, crosswalks)

        return shaped

    def paths(self) -> Sequence[Path]:
        """Return the paths of what is shaped."""
        return self.inner.paths()


class Translation:
    """A table of codes while it is used: codes come again and again, and so do their answers."""

    __slots__ = ("_find", "_is_dated", "_table", "name")

    def __init__(self, table: Crosswalk) -> None:
        self._table = table
        self._find = lru_cache(maxsize=4_096)(table.find)
        self._is_dated = bool(table.dated)
        self.name = table.name

    def __call__(self, found: Drawn, draft: Draft) -> str:
        """Return the code, empty where there is none; what is unknown is noted."""
        code = self._find(found.value, draft.on if self._is_dated else None)
        if code is not None:
            return code
        table = self._table
        if table.unknown is not Unknown.DROP:
            draft.notes.unknown_code(found, table, draft.on)
        if table.otherwise is not None:
            return table.otherwise
        return found.value if table.unknown is Unknown.WARNING else ""


def reshaping(how: Shaping) -> Callable[[str], str]:
    """Return what is done to a text before its table, leaving out what was not asked for."""
    steps: list[Callable[[str], str]] = []
    if how.take is not None:
        steps.append(_taking(how.take))
    if how.split is not None:
        steps.append(_splitting(how.split, how))
    if how.remove:
        gone = dict.fromkeys(map(ord, how.remove))
        steps.append(lambda value: value.translate(gone))
    if how.plate:
        steps.append(lambda value: value.translate(LOOK_ALIKES).upper())
    if not steps:
        return str.strip

    def reshape(value: str) -> str:
        for step in steps:
            value = step(value)
        return value.strip()

    return reshape


def _taking(pattern: re.Pattern[str]) -> Callable[[str], str]:
    search = pattern.search

    def take(value: str) -> str:
        found = search(value)
        return "" if found is None else found[found.lastindex or 0] or ""

    return take


def _splitting(pattern: re.Pattern[str], how: Shaping) -> Callable[[str], str]:
    kept, rejoin = slice(*how.part), how.rejoin

    def split(value: str) -> str:
        parts = [part for one in pattern.split(value) if (part := " ".join(one.split()))]
        return rejoin.join(parts[kept])

    return split
