"""Profile × registry → a plan: each line knows its function and its place, nothing is looked up.

A plan is made once for a profile and a registry. Names of the profile serve as keys of the
registry's tables and nothing else; a place that the registry does not have is refused here, before
any declaration is mapped.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple, NoReturn, cast

from exchange_node.domain.errors import InvalidProfileError
from exchange_node.mapping.drawing.conversion import (
    ORIGINAL,
    OWN_CODE,
    WHOLE,
    is_number,
    quick,
)
from exchange_node.mapping.drawing.emitting import (
    GroupPlan,
    LinePlan,
    Target,
    Way,
    emitting,
    grouping,
)
from exchange_node.mapping.drawing.needs import drawing_needs, group_needs
from exchange_node.mapping.drawn import drawn
from exchange_node.mapping.profile.expression import Draft, Draws
from exchange_node.mapping.profile.naming import TARGET, joined
from exchange_node.mapping.profile.notation import DateShape, read_moment
from exchange_node.mapping.profile.numbers import Plain
from exchange_node.mapping.profile.profile import Group, Profile, ProfileLine
from exchange_node.wco.compiled.classes import Kid, Table, table_of
from exchange_node.wco.registry import Registry

COMPANIONS = (WHOLE, ORIGINAL, OWN_CODE)


class Plan(NamedTuple):
    """A profile for one registry."""

    registry: Registry
    table: Table
    top: GroupPlan
    checks: tuple[tuple[Draws, Draws], ...]
    valid_on: Draws | None
    dates: tuple[DateShape, ...]

    def day_of(self, draft: Draft) -> date:
        """Return the day that a declaration gives itself, or that of its submission."""
        found = self.valid_on(draft.body, draft) if self.valid_on is not None else None
        read = read_moment(drawn(found).value, self.dates, UTC) if found is not None else None
        return read.day if read is not None else datetime.fromisoformat(draft.given["at"]).date()


def plan_of(profile: Profile, registry: Registry) -> Plan:
    """Return the plan of a profile, made once.

    Raises:
        InvalidProfileError: a line fills what the registry does not have.
    """
    made = profile.plans.get(id(registry))
    if made is None:
        table = table_of(registry, TARGET, profile.document)
        if table is None:
            why = f"the registry has no {profile.document}"
            raise InvalidProfileError(profile=profile.name, place="top level", why=why)
        made = profile.plans[id(registry)] = Plan(
            registry=registry,
            table=table,
            top=_Planning(profile, table).group(profile.top, table, TARGET),
            checks=tuple((one.one.compiled(), one.other.compiled()) for one in profile.checks),
            valid_on=profile.valid_on.compiled() if profile.valid_on is not None else None,
            dates=profile.dates,
        )
    return cast("Plan", made)


class _Planning:
    """Compiles one profile."""

    __slots__ = ("_document", "_profile", "_top")

    def __init__(self, profile: Profile, top: Table) -> None:
        self._profile = profile.name
        self._document = profile.document.replace("_", " ")
        self._top = top

    def group(self, group: Group, above: Table, path: str) -> GroupPlan:
        """Compile a group below a class."""
        way: Way = ()
        kid = None
        here = above
        if group.to:
            path = joined(path, group.to)
            *classes, kid = self._way(group.to, above, path, group.name)
            way = tuple(classes)
            if kid.kind is None:
                self._refuse(group.name, path, "is a value; a group writes a class")
            here = kid.kind
        lines = [self._line(one, here, path) for one in group.lines]
        groups = [self.group(one, here, path) for one in group.groups]
        return GroupPlan(
            group=group,
            each=tuple(one.selecting() for one in group.each),
            is_of_all=bool(group.each) and all(one.absolute for one in group.each),
            where=tuple(test.compiled() for test in group.where),
            path=path,
            is_absolute=group.to.startswith("/"),
            way=way,
            kid=kid,
            requires=tuple(self._required(name, here, group.name) for name in group.requires),
            emits=(
                *((emitting(one), drawing_needs(one.line)) for one in lines),
                *((grouping(one), one.needs) for one in groups),
            ),
            parts=(*lines, *groups),
            needs=group_needs(group),
        )

    def _line(self, line: ProfileLine, here: Table, path: str) -> LinePlan:
        said = (("currencyID", line.currency), ("unitCode", line.unit))
        targets = tuple(self._target(line, to, here, joined(path, to)) for to in line.to)
        draw = line.draw
        if line.number is not None and all(is_number(one.kid.entry) for one in targets):
            draw = Plain(inner=draw, number=line.number)
        return LinePlan(
            line=line,
            path=joined(path, line.to[0]),
            expression=draw,
            draw=draw.compiled(),
            default=line.default.compiled() if line.default is not None else None,
            attributes=tuple((name, one.compiled()) for name, one in said if one is not None),
            zone_of=line.zone_of.compiled() if line.zone_of is not None else None,
            targets=targets,
        )

    def _target(self, line: ProfileLine, to: str, here: Table, path: str) -> Target:
        *way, kid = self._way(to, here, path, line.name)
        if kid.kind is not None:
            self._refuse(line.name, path, "is a class; a line fills an element")
        table = here
        if to.startswith("/"):
            table = self._top
        for one in way:
            table = one.kind or table
        beside = {name: table.by_name[name] for name in COMPANIONS if name in table.by_name}
        if line.cut and kid.entry.max_length is not None and WHOLE not in beside:
            self._refuse(line.name, path, f"may not be cut: its class has no {WHOLE} for the whole")
        if line.keep and OWN_CODE not in beside:
            self._refuse(line.name, path, f"cannot keep its code: its class has no {OWN_CODE}")
        return Target(
            is_absolute=to.startswith("/"),
            way=tuple(way),
            kid=kid,
            quick=quick(kid.entry),
            needs_currency=kid.entry.attributes.get("currencyID", False),
            beside=beside,
            keeps=beside.get(OWN_CODE) if line.keep else None,
        )

    def _way(self, to: str, here: Table, path: str, by: str) -> list[Kid]:
        """Return what is passed on the way to a place, and the place."""
        table: Table | None = self._top if to.startswith("/") else here
        found: list[Kid] = []
        for name in to.removeprefix("/").split("/"):
            kid = table.by_name.get(name) if table is not None else None
            if kid is None:
                self._refuse(by, path, f"is in no {self._document} (wco_ids.tsv)")
            found.append(kid)
            table = kid.kind
        return found

    def _required(self, written: str, here: Table, by: str) -> tuple[Way, int]:
        """Compile `Seal[1]/ID`: the way to an element that must be there, and its rank."""
        plain = written.replace("[1]", "")
        *way, kid = self._way(plain, here, plain, by)
        return tuple(way), kid.rank

    def _refuse(self, by: str, path: str, why: str) -> NoReturn:
        raise InvalidProfileError(profile=self._profile, place=by, why=f"to: {path} {why}")
