"""The tables of a profile → expressions, lines and groups; every name and pattern is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from exchange_node.mapping.profile.expression import (
    All,
    Constant,
    Count,
    Expression,
    First,
    Given,
    Join,
    Pick,
    Total,
)
from exchange_node.mapping.profile.notation import (
    Crosswalk,
    DateShape,
    Unknown,
    crosswalk,
    date_shape,
    zone,
)
from exchange_node.mapping.profile.path import (
    Path,
    PathError,
    Test,
    read_path,
    read_place,
    read_test,
)
from exchange_node.mapping.profile.profile import Group, Link, ProfileLine
from exchange_node.mapping.profile.shaping import Shaped, Shaping
from exchange_node.mapping.profile.table import Table

WAYS = ("from", "join", "all", "sum", "count", "value")
SHAPES = ("when", "nothing", "take", "split", "part", "rejoin", "remove", "plate", "crosswalk",
          "prefix", "suffix")  # fmt: skip
VALUE_KEYS = (*WAYS, "with", "complete", *SHAPES)
LINE_KEYS = (*VALUE_KEYS, "to", "default", "because", "personal", "currency", "unit", "dates",
             "zone", "zone_of", "cut", "keep", "off")  # fmt: skip
GROUP_KEYS = ("within", "each", "split", "where", "link", "distinct", "to", "requires", "lines",
              "like", "only", "always", "off")  # fmt: skip
GIVEN = ("sender", "country", "agency", "at", "reference", "place")
_TARGET = re.compile(r"/?(ext:)?[A-Za-z]+(/(ext:)?[A-Za-z]+)*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the lines of one profile share."""

    crosswalks: Mapping[str, Crosswalk]
    dates: tuple[DateShape, ...]


def surroundings(table: Table) -> Surroundings:
    """Compile the crosswalks, the date shapes and the zone of a profile."""
    tables: dict[str, Crosswalk] = {}
    for name, one in table.tables("crosswalks"):
        one.only(("codes", "passes", "unknown", "otherwise"))
        tables[name] = _crosswalk(one, name)
    return Surroundings(
        crosswalks=tables,
        dates=_dates(table) or (date_shape("ISO"),),
    )


def _crosswalk(table: Table, name: str) -> Crosswalk:
    unknown = table.text("unknown", Unknown.ERROR)
    if unknown not in tuple(Unknown):
        table.fail(f"unknown must be one of {', '.join(Unknown)}")
    try:
        return crosswalk(
            name,
            table.mapping("codes"),
            passes=table.text("passes"),
            unknown=Unknown(unknown),
            otherwise=table.text("otherwise") if "otherwise" in table else None,
        )
    except re.error as err:
        table.fail(f"passes: {err}")


def _dates(table: Table) -> tuple[DateShape, ...]:
    try:
        return tuple(date_shape(one) for one in table.texts("dates"))
    except ValueError as err:
        table.fail(f"dates: {err}")


def zone_at(table: Table, key: str = "zone") -> tzinfo | None:
    """Compile a zone, where there is one."""
    if key not in table:
        return None
    try:
        return zone(table.text(key))
    except ValueError as err:
        table.fail(f"{key}: {err}")


def pattern(table: Table, key: str) -> re.Pattern[str] | None:
    """Compile a regular expression, where there is one."""
    written = table.text(key)
    if not written:
        return None
    try:
        return re.compile(written)
    except re.error as err:
        table.fail(f"{key}: {err}")


def path(table: Table, key: str, written: str) -> Path:
    """Compile a path."""
    try:
        return read_path(written)
    except PathError as err:
        table.fail(f"{key}: {err}")


def _tests(table: Table, key: str) -> tuple[Test, ...]:
    try:
        return tuple(read_test(one) for one in table.texts(key))
    except PathError as err:
        table.fail(f"{key}: {err}")


def value(table: Table, around: Surroundings) -> Expression:
    """Compile a value table: one way to come by it, then its shaping."""
    ways = [way for way in WAYS if way in table]
    if not ways and "default" in table:
        return First(options=())
    if len(ways) != 1:
        table.fail(f"needs exactly one of {', '.join(WAYS)}")
    shaping = _shaping(table, around)
    inner = _way(table, ways[0], around)
    return Shaped(inner=inner, shaping=shaping) if shaping != Shaping() else inner


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
            return Total(path=path(table, way, table.text(way)))
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
        return value(inner, around)
    if not isinstance(written, list) or not written:
        table.fail(f"{key} must be a path, a value table or a list of them")
    return First(options=tuple(_any(table, key, one, around) for one in written))


def expression(table: Table, key: str, around: Surroundings) -> Expression | None:
    """Compile what stands at a key, where there is something."""
    return _any(table, key, table.values[key], around) if key in table else None


def _shaping(table: Table, around: Surroundings) -> Shaping:
    first, last = _parts(table)
    return Shaping(
        when=_tests(table, "when"),
        nothing=frozenset(table.texts("nothing")),
        take=pattern(table, "take"),
        split=pattern(table, "split"),
        first=first,
        last=last,
        rejoin=table.text("rejoin", ", "),
        remove=table.text("remove"),
        plate=table.flag("plate"),
        crosswalk=_table_of_codes(table, around),
        prefix=table.text("prefix"),
        suffix=table.text("suffix"),
    )


def _parts(table: Table) -> tuple[int, int]:
    if "part" in table and "split" not in table:
        table.fail("part needs split")
    return _places(table, "part", "1")


def _places(table: Table, key: str, otherwise: str) -> tuple[int, int]:
    written = table.text(key, otherwise)
    places = read_place(written)
    if places is None:
        table.fail(f'{key} {written!r}: write "2", "2.." or "2..4"')
    return places


def _table_of_codes(table: Table, around: Surroundings) -> Crosswalk | None:
    if "crosswalk" not in table:
        return None
    if isinstance(table.values["crosswalk"], Mapping):
        return crosswalk(f"{table.place}.crosswalk", table.mapping("crosswalk"))
    name = table.text("crosswalk")
    if name not in around.crosswalks:
        table.fail(f"there is no crosswalk {name!r}")
    return around.crosswalks[name]


def line(table: Table, name: str, around: Surroundings) -> ProfileLine:
    """Compile one line."""
    table.only(LINE_KEYS)
    to = table.texts("to")
    if not to:
        table.fail("needs to: the WCO element it fills")
    for target in to:
        if not _TARGET.match(target):
            table.fail(f"to: {target!r} is no WCO path")
    if "default" in table and "because" not in table:
        table.fail("a default needs because: why it may stand in")
    return ProfileLine(
        name=name,
        to=to,
        draw=value(table, around),
        default=expression(table, "default", around),
        because=table.text("because"),
        personal=table.flag("personal"),
        currency=expression(table, "currency", around),
        unit=expression(table, "unit", around),
        dates=_dates(table) or around.dates,
        zone=zone_at(table),
        zone_of=expression(table, "zone_of", around),
        cut=table.flag("cut") if "cut" in table else None,
        keep=table.flag("keep"),
    )


def group(table: Table, name: str, around: Surroundings, below: tuple[Group, ...]) -> Group:
    """Compile one group; `below` are the compiled groups within it."""
    table.only(GROUP_KEYS)
    to = table.text("to")
    if to and not _TARGET.match(to):
        table.fail(f"to: {to!r} is no WCO path")
    each = tuple(path(table, "each", one) for one in table.texts("each"))
    if not each and any(key in table for key in ("split", "link", "distinct")):
        table.fail("split, link and distinct need each")
    lines = [
        line(one, f"{name}.{one_name}", around)
        for one_name, one in table.tables("lines")
        if not one.flag("off")
    ]
    return Group(
        name=name,
        each=each,
        split=pattern(table, "split"),
        where=_tests(table, "where"),
        link=_link(table),
        distinct=path(table, "distinct", table.text("distinct")) if "distinct" in table else None,
        to=to,
        only=_places(table, "only", "1.."),
        requires=table.texts("requires"),
        always=table.flag("always"),
        lines=tuple(lines),
        groups=below,
    )


def _link(table: Table) -> Link | None:
    if "link" not in table:
        return None
    inner = table.table("link")
    inner.only(("here", "there", "open"))
    here = inner.text("here")
    return Link(
        here=None if here == "$place" else path(inner, "here", here),
        there=path(inner, "there", inner.text("there")),
        open=inner.flag("open"),
    )
