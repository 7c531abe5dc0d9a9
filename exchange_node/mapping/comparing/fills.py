"""A compiled profile → what fills each WCO element, in words that can be compared.

Of each line: where it draws from, what is done to what it draws, and on what conditions. Names of
groups and lines say nothing here, nor the order in which they stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exchange_node.mapping.profile.expression import (
    All,
    Constant,
    Expression,
    First,
    Given,
    Join,
    Pick,
)
from exchange_node.mapping.profile.naming import TARGET, joined
from exchange_node.mapping.profile.notation import Crosswalk
from exchange_node.mapping.profile.numbers import Converted, Count, Plain, Total
from exchange_node.mapping.profile.path import AnyOf, Condition, Path, steps_from
from exchange_node.mapping.profile.profile import Group, Profile, ProfileLine
from exchange_node.mapping.profile.shaping import Shaped, Shaping

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One way that a profile fills an element.

    Attributes:
        source: paths from the declaration down, constants and `$` values; in the order asked.
        conversion: what is done to it.
        condition: when it is written at all.
        rule: group and line.
    """

    source: str
    conversion: str
    condition: str
    rule: str


def fills_of(profile: Profile) -> dict[str, tuple[Fill, ...]]:
    """Return for each WCO path how it is filled."""
    found: dict[str, list[Fill]] = {}

    def visit(group: Group, target: str, contexts: Sequence[Names], conditions: Names) -> None:
        here = joined(target, group.to)
        inner = [steps_from(one, context) for one in group.each for context in contexts] or contexts
        asked = (*conditions, *_asked(group))
        for line in group.lines:
            draw = _Telling(inner)
            source = draw.told(line.draw)
            how = [*draw.done, *_line(line, inner)]
            when = [*asked, *draw.asked]
            one = Fill(
                source=source, conversion="; ".join(how), condition="; ".join(when), rule=line.name
            )
            for to in line.to:
                found.setdefault(joined(here, to), []).append(one)
        for below in group.groups:
            visit(below, here, inner, asked)

    visit(profile.top, TARGET, [()], ())
    return {target: tuple(fills) for target, fills in found.items()}


def _asked(group: Group) -> Iterator[str]:
    yield from map(condition, group.where)
    if group.split is not None:
        yield f"parted by {group.split.pattern}"
    if group.only != (1, 0):
        yield f"only {group.only[0]}..{group.only[1] or ''}"
    if group.distinct is not None:
        yield f"distinct {group.distinct.written}"
    if group.link is not None:
        here = group.link.here.written if group.link.here is not None else "$place"
        yield f"linked {here} = {group.link.there.written}"
    if group.requires:
        yield f"requires {', '.join(group.requires)}"
    if group.always:
        yield "always"


def condition(one: Condition) -> str:
    """Return a condition as a profile writes it."""
    return " or ".join(test.written for test in (one.tests if isinstance(one, AnyOf) else (one,)))


class _Telling:
    """Says an expression: its sources; what is done and what is asked is gathered beside."""

    __slots__ = ("_contexts", "asked", "done")

    def __init__(self, contexts: Sequence[Names]) -> None:
        self._contexts = contexts
        self.done: list[str] = []
        self.asked: list[str] = []

    # One arm for each kind of expression there is.
    def told(self, one: Expression | None) -> str:  # noqa: C901, PLR0911
        """Return what an expression draws from."""
        match one:
            case Pick(path=path):
                return self._path(path)
            case First(options=options):
                return " | ".join(map(self.told, options))
            case Join(parts=parts, separator=separator, complete=complete):
                self.done.append(f"joined by {separator!r}" + (", all or none" if complete else ""))
                return " + ".join(map(self.told, parts))
            case All(path=path, separator=separator):
                self.done.append(f"all, joined by {separator!r}")
                return self._path(path)
            case Total(path=path):
                self.done.append("sum")
                return self._path(path)
            case Count(path=path):
                self.done.append("count")
                return self._path(path)
            case Constant(value=value):
                return repr(value)
            case Given(name=name):
                return f"${name}"
            case Shaped(inner=inner, shaping=shaping):
                source = self.told(inner)
                self.done += _shaping(shaping)
                self.asked += map(condition, shaping.when)
                return source
            case Plain(inner=inner, number=number):
                source = self.told(inner)
                self.done.append(f"number {number.written}")
                return source
            case Converted(inner=inner, unit=unit, into=into):
                source = self.told(inner)
                self.done.append(f"into {into} by the unit {self.told(unit)}")
                return source
            case _:
                return ""

    def _path(self, path: Path) -> str:
        found = ("/".join(steps_from(path, one)) or "." for one in self._contexts)
        return " | ".join(dict.fromkeys(found))


def _shaping(how: Shaping) -> Iterator[str]:
    if how.nothing:
        yield f"{', '.join(sorted(map(repr, how.nothing)))} is nothing"
    if how.take is not None:
        yield f"take {how.take.pattern}"
    if how.split is not None:
        first, last = how.part
        yield f"split {how.split.pattern}, parts {first or 0}:{'' if last is None else last}"
        yield f"rejoined by {how.rejoin!r}"
    if how.remove:
        yield f"remove {how.remove!r}"
    if how.plate:
        yield "plate"
    if how.crosswalk is not None:
        yield _table(how.crosswalk)
    if how.prefix:
        yield f"prefix {how.prefix!r}"
    if how.suffix:
        yield f"suffix {how.suffix!r}"


def _table(table: Crosswalk) -> str:
    """Return a table by name and content: tables of one name may differ."""
    passes = table.passes.pattern if table.passes is not None else ""
    dated = sorted((code, str(means)) for code, means in table.dated.items())
    content = (sorted(table.codes.items()), dated, passes, table.unknown, table.otherwise)
    digest = hashlib.sha256(repr(content).encode()).hexdigest()[:6]
    return f"table {table.name} ({len(table.codes) + len(table.dated)} codes, {digest})"


def _line(line: ProfileLine, contexts: Sequence[Names]) -> Iterator[str]:
    """Yield what a line says beside its value."""
    beside = (("default", line.default), ("currency", line.currency), ("unit", line.unit),
              ("zone of", line.zone_of))  # fmt: skip
    for name, drawn in beside:
        if drawn is not None:
            telling = _Telling(contexts)
            yield " ".join([name, telling.told(drawn), *telling.done, *telling.asked])
    if line.dates:
        yield f"dates {', '.join(dict.fromkeys(one.written for one in line.dates))}"
        pivots = {one.pivot for one in line.dates if "YYYY" not in one.written}
        yield from (f"pivot {pivot}" for pivot in sorted(pivots - {70}))
    if line.zone is not None:
        yield f"zone {line.zone}"
    if line.cut is not None:
        yield "may be cut" if line.cut else "never cut"
    yield from _flags(line)


def _flags(line: ProfileLine) -> Iterable[str]:
    if line.keep:
        yield "keeps the national code"
    if line.personal:
        yield "personal"
    if line.number is not None:
        yield f"number {line.number.written}"
