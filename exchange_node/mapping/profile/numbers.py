"""Numbers that are drawn: made plain by the declared shape, converted by unit, summed, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from exchange_node.mapping.drawn import Drawn, Origin, drawn
from exchange_node.mapping.profile.expression import Draft, Draws, Expression
from exchange_node.mapping.profile.notation import NumberShape, Units, plain_text, read_number
from exchange_node.mapping.profile.path import Path
from exchange_node.mapping.tree import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A number of the declaration with a decimal point and nothing else.

    What a fact, a constant or a computation gives is plain already. `lenient` leaves a text as it
    is that is no number; otherwise it is noted and is no value.
    """

    inner: Expression
    number: NumberShape
    lenient: bool = False

    def compiled(self) -> Draws:
        """Return the drawing of the plain number."""
        inner, shape, lenient = self.inner.compiled(), self.number, self.lenient

        def plain(node: Node, draft: Draft) -> Drawn | Node | None:
            found = inner(node, draft)
            if found is None:
                return None
            value, nodes, origin, crosswalks = drawn(found)
            if origin is not Origin.SOURCE:
                return found
            number = read_number(value, shape)
            if number is not None:
                return Drawn(plain_text(number), nodes, origin, crosswalks)
            if lenient:
                return found
            for one in nodes:
                draft.notes.unreadable_number(one)
            return None

        return plain

    def paths(self) -> Sequence[Path]:
        """Return the paths of the number."""
        return self.inner.paths()


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A number in another unit than it was declared in; without a unit it stays as it is."""

    inner: Expression
    unit: Expression
    into: str
    units: Units
    number: NumberShape | None = None

    def compiled(self) -> Draws:
        """Return the conversion; a unit that measures something else is noted."""
        inner, unit = self.inner.compiled(), self.unit.compiled()
        into, units, shape = self.into, self.units, self.number

        def convert(node: Node, draft: Draft) -> Drawn | Node | None:
            found = inner(node, draft)
            said = unit(node, draft) if found is not None else None
            if found is None or said is None:
                return found
            value, nodes, origin, crosswalks = drawn(found)
            of = drawn(said)
            factor = units.factor(of.value, into)
            if factor is None:
                draft.notes.unconvertible(of, into)
                return None
            number = read_number(value, shape if origin is Origin.SOURCE else None)
            if number is None:
                for one in nodes:
                    draft.notes.unreadable_number(one)
                return None
            return Drawn(
                plain_text(number * factor),
                (*nodes, *of.nodes),
                Origin.COMPUTED,
                (*crosswalks, *of.crosswalks),
            )

        return convert

    def paths(self) -> Sequence[Path]:
        """Return the paths of the number and of its unit."""
        return [*self.inner.paths(), *self.unit.paths()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum of every number at a path, in one unit where `unit` tells each one's own."""

    path: Path
    number: NumberShape | None = None
    unit: Expression | None = None
    into: str = ""
    units: Units = field(default_factory=Units)

    def compiled(self) -> Draws:
        """Return the adding up; where there is no number there is no sum."""
        select, shape = self.path.selecting(), self.number
        unit = self.unit.compiled() if self.unit is not None else None
        into, units = self.into, self.units

        def total(node: Node, draft: Draft) -> Drawn | None:
            nodes: list[Node] = []
            found = Decimal(0)
            for one in select(node, draft.body):
                if not one.text:
                    continue
                number = read_number(one.text, None if one.supplier else shape)
                if number is None:
                    draft.notes.unreadable_number(one)
                    continue
                said = unit(one, draft) if unit is not None else None
                if said is not None:
                    of = drawn(said)
                    factor = units.factor(of.value, into)
                    if factor is None:
                        draft.notes.unconvertible(of, into)
                        continue
                    number *= factor
                    nodes += of.nodes
                nodes.append(one)
                found += number
            if not nodes:
                return None
            return Drawn(plain_text(found), tuple(nodes), Origin.COMPUTED)

        return total

    def paths(self) -> Sequence[Path]:
        """Return its path; units are read from where the numbers stand, and no fact is one."""
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many nodes at a path carry data; empty rows that only pad a form do not count."""

    path: Path

    def compiled(self) -> Draws:
        """Return the counting; where there is none there is no value."""
        select = self.path.selecting()

        def count(node: Node, draft: Draft) -> Drawn | None:
            number = sum([one.has_data() for one in select(node, draft.body)])
            return Drawn(str(number), (), Origin.COMPUTED) if number else None

        return count

    def paths(self) -> Sequence[Path]:
        """Return no path: what is counted is read by other lines, and no fact can stand for it."""
        return ()
