"""What the lines of a profile share, and the small things in them: tables, shapes, zones, paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from exchange_node.mapping.profile.notation import (
    PIVOT,
    Crosswalk,
    Dated,
    DateShape,
    NumberShape,
    Units,
    Unknown,
    crosswalk,
    date_shape,
    number_shape,
    read_units,
    zone,
)
from exchange_node.mapping.profile.path import (
    AnyOf,
    Condition,
    Path,
    PathError,
    read_path,
    read_test,
)
from exchange_node.mapping.profile.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the lines of one profile share."""

    crosswalks: Mapping[str, Crosswalk]
    dates: tuple[DateShape, ...]
    number: NumberShape | None
    units: Units


def surroundings(table: Table) -> Surroundings:
    """Compile the crosswalks, the date shapes and the zone of a profile."""
    tables: dict[str, Crosswalk] = {}
    for name, one in table.tables("crosswalks"):
        one.only(("codes", "passes", "unknown", "otherwise"))
        tables[name] = _crosswalk(one, name)
    try:
        units = read_units(table.mapping("units"))
    except ValueError as err:
        table.fail(f"units: {err}")
    return Surroundings(
        crosswalks=tables,
        dates=dates_at(table, ()),
        number=number_at(table),
        units=units,
    )


def _crosswalk(table: Table, name: str) -> Crosswalk:
    unknown = table.text("unknown", Unknown.ERROR)
    if unknown not in tuple(Unknown):
        table.fail(f"unknown must be one of {', '.join(Unknown)}")
    try:
        return crosswalk(
            name,
            codes_of(table, "codes"),
            passes=table.text("passes"),
            unknown=Unknown(unknown),
            otherwise=table.text("otherwise") if "otherwise" in table else None,
        )
    except re.error as err:
        table.fail(f"passes: {err}")


def codes_of(table: Table, key: str) -> dict[str, str | tuple[Dated, ...]]:
    """Return a table of codes: what each means, or what it means from and until when."""
    inner = table.table(key)
    found: dict[str, str | tuple[Dated, ...]] = {}
    for code, written in inner.values.items():
        if isinstance(written, str):
            found[code] = written
            continue
        rows = [written] if isinstance(written, Mapping) else written
        if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
            inner.fail(f"{code} must be a text, or tables with to, from and until")
        found[code] = tuple(_dated(Table(one, table.profile, inner.place)) for one in rows)
    return found


def _dated(row: Table) -> Dated:
    row.only(("to", "from", "until"))
    if "to" not in row:
        row.fail("needs to: what the code means in that time")
    return Dated(to=row.text("to"), first=_day(row, "from"), last=_day(row, "until"))


def _day(row: Table, key: str) -> date | None:
    written = row.values.get(key)
    if written is None:
        return None
    if not isinstance(written, date) or isinstance(written, datetime):
        row.fail(f"{key} must be a day: 2026-01-01")
    return written


def dates_at(table: Table, otherwise: tuple[DateShape, ...]) -> tuple[DateShape, ...]:
    """Compile the shapes of dates, ISO 8601 always last; otherwise those said elsewhere."""
    if not any(key in table for key in ("dates", "pivot", "clock_change")) and otherwise:
        return otherwise
    outer = otherwise[-1] if otherwise else None
    pivot = table.values.get("pivot", outer.pivot if outer is not None else PIVOT)
    if not isinstance(pivot, int) or isinstance(pivot, bool) or not 0 <= pivot <= 100:
        table.fail("pivot must be a number from 0 to 100")
    change = table.text("clock_change", "later" if outer is not None and outer.later else "earlier")
    if change not in ("earlier", "later"):
        table.fail('clock_change must be "earlier" or "later"')
    written = table.texts("dates") or tuple(one.written for one in otherwise)
    try:
        return tuple(
            date_shape(one, pivot=pivot, later=change == "later")
            for one in dict.fromkeys([*written, "ISO"])
        )
    except ValueError as err:
        table.fail(f"dates: {err}")


def number_at(table: Table) -> NumberShape | None:
    """Compile how numbers are written, where it is said."""
    if "number" not in table:
        return None
    try:
        return number_shape(table.text("number"))
    except ValueError as err:
        table.fail(f"number: {err}")


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


def conditions(table: Table, key: str) -> tuple[Condition, ...]:
    """Compile conditions that must all hold; a list among them holds when one of it does."""
    written = table.values.get(key, [])
    listed = [written] if isinstance(written, str) else written
    if not isinstance(listed, list):
        table.fail(f"{key} must be a condition or a list of conditions")
    return tuple(_condition(table, key, one) for one in listed)


def _condition(table: Table, key: str, written: object) -> Condition:
    listed = [written] if isinstance(written, str) else written
    if not isinstance(listed, list) or not listed or not all(isinstance(o, str) for o in listed):
        table.fail(f"{key} must be a condition or a list of conditions")
    try:
        tests = tuple(read_test(one) for one in listed)
    except PathError as err:
        table.fail(f"{key}: {err}")
    return tests[0] if len(tests) == 1 else AnyOf(tests=tests)
