"""Lines and groups of a profile, compiled; every name and pattern is checked."""

from __future__ import annotations

import re

from exchange_node.mapping.profile.compiling.surroundings import (
    Surroundings,
    conditions,
    dates_at,
    number_at,
    path,
    pattern,
    zone_at,
)
from exchange_node.mapping.profile.compiling.values import (
    VALUE_KEYS,
    expression,
    places,
    table_of_codes,
    value,
)
from exchange_node.mapping.profile.expression import Constant, Expression
from exchange_node.mapping.profile.profile import Group, Link, ProfileLine
from exchange_node.mapping.profile.shaping import Shaped, Shaping
from exchange_node.mapping.profile.table import Table

DATES = ("dates", "pivot", "clock_change", "zone")
LINE_KEYS = (*VALUE_KEYS, *DATES, "to", "default", "because", "personal", "currency", "money",
             "zone_of", "cut", "keep", "off")  # fmt: skip
GROUP_KEYS = ("within", "each", "split", "where", "link", "distinct", "to", "requires", "lines",
              "like", "only", "always", "off")  # fmt: skip
_TARGET = re.compile(r"/?(ext:)?[A-Za-z]+(/(ext:)?[A-Za-z]+)*\Z")
_AMOUNT = re.compile("[-+]?[0-9](?:[0-9 .,'\u2019\u00a0\u202f]*[0-9])?")
_SIGNS = "$\u20ac\u00a3\u00a5\u20b8\u20bd\u20bc\u20be\u20ae\u20a8\u20b9"
_CURRENCY = re.compile(rf"[^\W\d_]+|[{_SIGNS}]")


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
    draw, currency = _money(table, value(table, around), around)
    return ProfileLine(
        name=name,
        to=to,
        draw=draw,
        default=expression(table, "default", around),
        because=table.text("because"),
        personal=table.flag("personal"),
        currency=currency,
        unit=_unit(table, around),
        dates=dates_at(table, around.dates),
        zone=zone_at(table),
        zone_of=expression(table, "zone_of", around),
        cut=table.flag("cut") if "cut" in table else None,
        keep=table.flag("keep"),
        number=number_at(table) or around.number,
    )


def _unit(table: Table, around: Surroundings) -> Expression | None:
    if "convert_to" in table:
        return Constant(value=table.text("convert_to"))
    return expression(table, "unit", around)


def _money(
    table: Table, draw: Expression, around: Surroundings
) -> tuple[Expression, Expression | None]:
    """Return amount and currency: of one field where it holds both, else as they are said."""
    if "money" not in table:
        return draw, expression(table, "currency", around)
    if "currency" in table:
        table.fail("money has its currency in the field; take out currency")
    codes = None
    if table.values["money"] is not True:
        codes = table_of_codes(table, "money", around)
    return (
        Shaped(inner=draw, shaping=Shaping(take=_AMOUNT)),
        Shaped(inner=draw, shaping=Shaping(take=_CURRENCY, crosswalk=codes)),
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
        where=conditions(table, "where"),
        link=_link(table),
        distinct=path(table, "distinct", table.text("distinct")) if "distinct" in table else None,
        to=to,
        only=places(table, "only", "1.."),
        requires=table.texts("requires"),
        always=table.flag("always"),
        lines=tuple(lines),
        groups=below,
    )


def _link(table: Table) -> Link | None:
    if "link" not in table:
        return None
    inner = table.table("link")
    inner.only(("here", "there", "open", "split"))
    here = inner.text("here")
    return Link(
        here=None if here == "$place" else path(inner, "here", here),
        there=path(inner, "there", inner.text("there")),
        open=inner.flag("open"),
        split=pattern(inner, "split"),
    )
