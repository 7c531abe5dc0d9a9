"""Value tables of a profile → expressions: one way to come by a value, then its shaping."""

from __future__ import annotations

import re
from collections.abc import Mapping

from exchange_node.mapping.profile.compiling.surroundings import (
    Surroundings,
    codes_of,
    conditions,
    number_at,
    path,
    pattern,
)
from exchange_node.mapping.profile.expression import (
    All,
    Constant,
    Expression,
    First,
    Given,
    Join,
    Pick,
)
from exchange_node.mapping.profile.notation import Crosswalk, crosswalk
from exchange_node.mapping.profile.numbers import Converted, Count, Total
from exchange_node.mapping.profile.path import read_place
from exchange_node.mapping.profile.shaping import Shaped, Shaping
from exchange_node.mapping.profile.table import Table

WAYS = ("from", "join", "all", "sum", "count", "value")
SHAPES = ("when", "nothing", "take", "split", "part", "rejoin", "remove", "plate", "crosswalk",
          "prefix", "suffix")  # fmt: skip
NUMBERS = ("number", "unit", "convert_to")
VALUE_KEYS = (*WAYS, "with", "complete", *SHAPES, *NUMBERS)
GIVEN = ("sender", "country", "agency", "at", "reference", "place")
_PARTS = re.compile(r"(?P<first>-?[1-9][0-9]{0,3})(?P<range>\.\.(?P<last>-?[1-9][0-9]{0,3})?)?\Z")


def value(table: Table, around: Surroundings) -> Expression:
    """Compile a value table: one way to come by it, then its shaping."""
    ways = [way for way in WAYS if way in table]
    if not ways and "default" in table:
        return First(options=())
    if len(ways) != 1:
        table.fail(f"needs exactly one of {', '.join(WAYS)}")
    shaping = _shaping(table, around)
    inner = _way(table, ways[0], around)
    drawn = Shaped(inner=inner, shaping=shaping) if shaping != Shaping() else inner
    return _converted(table, drawn, around) if ways[0] != "sum" else drawn


def _converted(table: Table, drawn: Expression, around: Surroundings) -> Expression:
    """Return a number in the unit that is wanted, where one is."""
    wanted = _unit(table, around)
    if wanted is None:
        return drawn
    unit, into = wanted
    return Converted(
        inner=drawn, unit=unit, into=into, units=around.units,
        number=number_at(table) or around.number,
    )  # fmt: skip


def _unit(table: Table, around: Surroundings) -> tuple[Expression, str] | None:
    if "convert_to" not in table:
        return None
    into = table.text("convert_to")
    if into not in around.units.by_code:
        table.fail(f"convert_to: there is no unit {into!r}; [units] may name it")
    unit = expression(table, "unit", around)
    if unit is None:
        table.fail("convert_to needs unit: where the unit of the declaration stands")
    return unit, into


def _way(table: Table, way: str, around: Surroundings) -> Expression:
    written = table.values[way]
    match way:
        case "from":
            return _any(table, way, written, around)
        case "join":
            if not isinstance(written, list) or not written:
                table.fail("join must be a list of values")
            return Join(
                parts=tuple(_any(table, way, one, around) for one in written),
                separator=table.text("with", " "),
                complete=table.flag("complete"),
            )
        case "all":
            return All(path=path(table, way, table.text(way)), separator=table.text("with", " "))
        case "sum":
            wanted = _unit(table, around)
            return Total(
                path=path(table, way, table.text(way)),
                number=number_at(table) or around.number,
                unit=wanted[0] if wanted is not None else None,
                into=wanted[1] if wanted is not None else "",
                units=around.units,
            )
        case "count":
            return Count(path=path(table, way, table.text(way)))
        case _:
            return Constant(value=table.text(way))


def _any(table: Table, key: str, written: object, around: Surroundings) -> Expression:
    """Compile a path, a `$given`, a value table, or a list of them (the first that has one)."""
    if isinstance(written, str):
        if written.startswith("$"):
            if written[1:] not in GIVEN:
                table.fail(f"{written} is not given; there are ${', $'.join(GIVEN)}")
            return Given(name=written[1:])
        return Pick(path=path(table, key, written))
    if isinstance(written, Mapping):
        inner = Table(written, table.profile, f"{table.place}.{key}")
        inner.only(VALUE_KEYS)
        if "unit" in inner and "convert_to" not in inner:
            inner.fail("unit belongs to the line, or to a convert_to")
        if "number" in inner and "sum" not in inner and "convert_to" not in inner:
            inner.fail("number belongs to the line, to a sum or to a convert_to")
        return value(inner, around)
    if not isinstance(written, list) or not written:
        table.fail(f"{key} must be a path, a value table or a list of them")
    return First(options=tuple(_any(table, key, one, around) for one in written))


def expression(table: Table, key: str, around: Surroundings) -> Expression | None:
    """Compile what stands at a key, where there is something."""
    return _any(table, key, table.values[key], around) if key in table else None


def _shaping(table: Table, around: Surroundings) -> Shaping:
    return Shaping(
        when=conditions(table, "when"),
        nothing=frozenset(table.texts("nothing")),
        take=pattern(table, "take"),
        split=pattern(table, "split"),
        part=_parts(table),
        rejoin=table.text("rejoin", ", "),
        remove=table.text("remove"),
        plate=table.flag("plate"),
        crosswalk=table_of_codes(table, "crosswalk", around),
        prefix=table.text("prefix"),
        suffix=table.text("suffix"),
    )


def _parts(table: Table) -> tuple[int | None, int | None]:
    """Return where the parts begin and end that are kept; negative ones count from the end."""
    if "part" in table and "split" not in table:
        table.fail("part needs split")
    written = table.text("part", "1")
    found = _PARTS.match(written)
    if found is None:
        table.fail(f'part {written!r}: write "2", "2..", "2..4", "-1" or "2..-2"')
    first = int(found["first"])
    last = first if not found["range"] else int(found["last"] or -1)
    return first - 1 if first > 0 else first, last if last > 0 else last + 1 or None


def places(table: Table, key: str, otherwise: str) -> tuple[int, int]:
    """Compile which positions are meant."""
    written = table.text(key, otherwise)
    found = read_place(written)
    if found is None:
        table.fail(f'{key} {written!r}: write "2", "2.." or "2..4"')
    return found


def table_of_codes(table: Table, key: str, around: Surroundings) -> Crosswalk | None:
    """Return the table of codes that is named at a key, or stands there itself."""
    if key not in table:
        return None
    if isinstance(table.values[key], Mapping):
        name = table.place.removeprefix("groups.").replace(".lines.", ".")
        return crosswalk(name, codes_of(table, key))
    name = table.text(key)
    if name not in around.crosswalks:
        table.fail(f"there is no crosswalk {name!r}")
    return around.crosswalks[name]
