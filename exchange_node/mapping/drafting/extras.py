"""What a line needs beside its path: shapes of dates and numbers, units, currencies, tables.

Each is told by the values of the samples, and where the values leave it open, so does the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from exchange_node.mapping.drafting.building import Block, Row, seen_from
from exchange_node.mapping.drafting.dictionary import Dictionary
from exchange_node.mapping.drafting.evidence import HS
from exchange_node.mapping.drafting.matching import Candidate, Matched
from exchange_node.mapping.drafting.samples.observing import Leaf, Observed, Path
from exchange_node.mapping.drafting.samples.shapes import NUMBERS, amount_in
from exchange_node.mapping.drafting.toml import quoted
from exchange_node.mapping.profile.notation import Crosswalk, number_shape, read_number
from exchange_node.wco.registry import Entry

MOST_CODES = 80
"""Codes of one table that are copied into a draft."""
_CODE = re.compile(r"[\w./+-]{1,12}\Z")
_MASS = re.compile(r"(Mass|Weight)Measure\Z")
PLAIN = ""
"""A number with a decimal point, which needs no notation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in a line beside path and element.

    Attributes:
        alternatives: keys, once for each way to write the line.
        is_open: nobody can know which is right, so all of them are comments.
        said: what the reader has to know.
        beside: further lines.
        otherwise: a `$` value that stands in.
    """

    alternatives: tuple[tuple[str, ...], ...] = ((),)
    is_open: bool = False
    said: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    otherwise: str = ""


class Extras:
    """Asked for every line; remembers which further leaves and tables the lines use."""

    def __init__(self, top: Block, matched: Matched, observed: Observed, known: Dictionary) -> None:
        self._known = known
        self._observed = observed
        self._by_parent: dict[Path, list[Leaf]] = {}
        for leaf in observed.leaves:
            self._by_parent.setdefault(leaf.path[:-1], []).append(leaf)
        self._tables: dict[str, tuple[Crosswalk | None, dict[str, str]]] = {}
        self.used: set[Path] = set()
        self._placed = {one.leaf.path for one in matched.placed}
        self._orders = {
            next(iter(one.leaf.shape.dates.shapes))
            for one in matched.placed
            if len(one.leaf.shape.dates.shapes) == 1 and known.elements[one.target].is_moment
        }
        numbers = [one.leaf for one in matched.placed if self._is_number(one.target)]
        self._notation = notation_of(numbers)
        # The lines are made twice: the tables stand above them.
        for block in top.every():
            for row in block.rows:
                self.of(row, block)

    def _is_number(self, target: str) -> bool:
        entry = self._known.elements[target]
        return entry.is_number and not entry.code_list

    def head(self) -> Iterator[str]:
        """Yield what the top of the profile says of numbers."""
        if self._notation is None:
            yield "# Numbers could be written in several ways: the lines below ask."
        elif self._notation:
            yield f"number = {quoted(self._notation)}  # what all numbers of the samples fit"

    def tables(self) -> Iterator[str]:
        """Yield the tables of codes that lines go through."""
        for name, (table, codes) in self._tables.items():
            yield f"[crosswalks.{name}]" + (
                "  # as another profile has it: check it" if table else ""
            )
            if table is not None and table.passes is not None:
                yield f"passes = {quoted(table.passes.pattern)}"
            told = ", ".join(f"{quoted(code)} = {quoted(to)}" for code, to in codes.items())
            yield f"codes = {{ {told} }}" if told else "codes = {}"
            yield ""

    def of(self, row: Row, block: Block) -> Written:
        """Return what a line needs."""
        one = row.candidate
        if one is None:
            return Written()
        entry = self._known.elements[one.target]
        keys: list[str] = []
        if one.target in self._known.personal:
            keys.append("personal = true")
        if entry.is_moment:
            return self._dated(one, keys)
        if self._is_number(one.target):
            return self._counted(one, entry, block, keys)
        if one.target.endswith(HS):
            to = row.to.removesuffix("ID") + "IdentificationTypeCode"
            scheme = f'{"scheme"} = {{ value = "HS", to = {quoted(to)} }}'
            return Written(alternatives=(('take = "^[0-9]{6}"',),), beside=(scheme,))
        otherwise = {
            "Declaration/FunctionalReferenceID": "$reference",
            "Declaration/Consignment/SequenceNumeric": "$place",
            "Declaration/Consignment/ConsignmentItem/SequenceNumeric": "$place",
        }.get(one.target, "")
        if entry.code_list:
            return self._coded(one, entry, keys)
        return Written(alternatives=(tuple(keys),), otherwise=otherwise)

    def of_sum(self, row: Row) -> Iterator[str]:
        """Yield what a sum needs: the unit of each of its numbers, seen from the number."""
        if row.summed is None or not _MASS.search(row.to):
            return
        unit = self._unit(row.summed)
        if unit is not None:
            number = row.summed.path
            below = unit.path[: len(number)] == number
            path = unit.path[len(number) :] if below else ("..", unit.path[-1])
            told = f'{{ from = {quoted("/".join(path))}, crosswalk = "unit" }}'
            yield f'unit = {told}, convert_to = "KGM"'

    def _dated(self, one: Candidate, keys: Sequence[str]) -> Written:
        dates = one.leaf.shape.dates
        if dates.is_iso:
            return Written(alternatives=(tuple(keys),))
        shapes = dict(dates.shapes)
        said: list[str] = []
        if len(shapes) > 1 and len(self._orders) == 1 and self._orders <= shapes.keys():
            shapes = {order: shapes[order] for order in self._orders}
            said.append("day and month stand as in the other dates, where only one order fits")
        if len(shapes) > 1:
            said.append("nobody can tell year, month and day apart: choose one of these")
        if dates.is_short:
            said.append("years have two digits: below `pivot` (70) they are of this century;"
                        " take the sign away if that is right")  # fmt: skip
        ways = tuple((*keys, f"dates = [{quoted(one)}]") for one in shapes.values())
        is_open = len(shapes) > 1 or dates.is_short
        return Written(alternatives=ways, is_open=is_open, said=tuple(said))

    def _counted(self, one: Candidate, entry: Entry, block: Block, keys: Sequence[str]) -> Written:
        leaf, said = one.leaf, []
        ways: list[list[str]] = [list(keys)]
        is_open = False
        if self._notation is None:
            found = notations(leaf)
            if len({_read(leaf, one) for one in found}) > 1 or not found:
                is_open = True
                said.append("nobody can tell whether its mark parts thousands or decimals: choose")
                ways = [[*keys, f"number = {quoted(one or '1234.56')}"] for one in found]
            elif found[0]:
                ways = [[*keys, f"number = {quoted(found[0])}"]]
        beside: list[str] = []
        if entry.name.endswith("Amount"):
            if leaf.shape.is_money:
                beside.append("money = true")
            elif (currency := self._beside(leaf, "iso4217")) is not None:
                self.used.add(currency.path)
                beside.append(f"currency = {quoted(seen_from(block.node, currency.path))}")
            else:
                said.append("no currency stands near it: without one the amount is refused")
        if _MASS.search(entry.name) and (unit := self._unit(leaf)) is not None:
            self.used.add(unit.path)
            path = quoted(seen_from(block.node, unit.path))
            beside.append(f'unit = {{ from = {path}, crosswalk = "unit" }}, convert_to = "KGM"')
            self._units(unit)
        if entry.name.endswith("SequenceNumeric"):
            return Written(alternatives=(tuple(keys),), otherwise="$place")
        return Written(
            alternatives=tuple((*way, *beside) for way in ways), is_open=is_open, said=tuple(said)
        )

    def _coded(self, one: Candidate, entry: Entry, keys: Sequence[str]) -> Written:
        leaf, table = one.leaf, one.known.crosswalk if one.known is not None else None
        if entry.code_list in leaf.shape.listed or one.why[-1:] == (f"codes of {entry.code_list}",):
            return Written(alternatives=(tuple(keys),))
        if table is not None and all(table.find(value) is not None for value in leaf.values):
            name = re.sub(r"[^A-Za-z0-9_-]+", "-", table.name).strip("-") or "codes"
            self._tables.setdefault(name, (table, dict(list(table.codes.items())[:MOST_CODES])))
            return Written(alternatives=((*keys, f"crosswalk = {quoted(name)}"),))
        if entry.code_list == "customs_offices":
            return Written(alternatives=(tuple(keys),))
        codes = [value for value in leaf.values if _CODE.match(value)][:MOST_CODES]
        if len(codes) < len(leaf.values):
            said = (f"its values are no codes of {entry.code_list}: they need a table",)
            return Written(alternatives=(tuple(keys),), is_open=True, said=said)
        told = ", ".join(f'{quoted(code)} = ""' for code in codes)
        said = (f"say what its codes are in {entry.code_list}",)
        return Written(
            alternatives=((*keys, f"crosswalk = {{ {told} }}"),), is_open=True, said=said
        )

    def _beside(self, leaf: Leaf, listed: str) -> Leaf | None:
        """Return a leaf near another one that holds codes of a list: its own, or its neighbour."""
        near = [*self._by_parent.get(leaf.path, ()), *self._by_parent.get(leaf.path[:-1], ())]
        near += self._by_parent.get(leaf.path[:-2], ()) if len(leaf.path) > 2 else []
        return next(
            (one for one in near if listed in one.shape.listed and one.path not in self._placed),
            None,
        )

    def _unit(self, leaf: Leaf) -> Leaf | None:
        near = [*self._by_parent.get(leaf.path, ()), *self._by_parent.get(leaf.path[:-1], ())]
        units, rec20 = self._known.words.units, "rec20"
        return next(
            (
                one
                for one in near
                if one.path not in self._placed
                and "unit" in self._known.words.of(one.path[-1])
                and (rec20 in one.shape.listed or all(v.lower() in units for v in one.values))
            ),
            None,
        )

    def _units(self, unit: Leaf) -> None:
        _, codes = self._tables.setdefault("unit", (None, {}))
        units = self._known.words.units
        for value in unit.values:
            codes[value] = units.get(value.lower(), value)


def notations(leaf: Leaf) -> list[str]:
    """Return the notations that all numbers of a leaf fit; one with a decimal point is empty."""
    plain = [PLAIN] if leaf.shape.is_number else []
    return [*plain, *(one for one in NUMBERS if one in leaf.shape.numbers)]


def notation_of(leaves: Sequence[Leaf]) -> str | None:
    """Return the notation of all numbers, empty for a decimal point; None where that is open."""
    shared = [PLAIN, "1234,56", *NUMBERS]
    for leaf in leaves:
        fitting = notations(leaf)
        shared = [one for one in shared if one in fitting]
    if not shared:
        return None
    readings = {tuple(_read(leaf, one) for leaf in leaves) for one in shared}
    return shared[0] if len(readings) == 1 else None


def _read(leaf: Leaf, notation: str) -> tuple[Decimal | None, ...]:
    shape = number_shape(notation) if notation else None
    return tuple(read_number(amount_in(value), shape) for value in leaf.values)
