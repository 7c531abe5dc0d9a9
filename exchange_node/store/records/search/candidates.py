"""What an alert looks for, as keys → the numbers of the manifests that may fit, the newest first.

Found by the index alone, none of them opened; portion by portion, each from the newest down. What
each subject looks for comes in groups: of each group a manifest that fits has a key. The first
group leads, as the one that finds the fewest; the others leave out what has none of theirs. Where
it names somebody who is looked for in a role, whoever has another one there is left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, func, or_, select, union

from exchange_node.store.records.search.keyed import ANY, MOST, PAPERS
from exchange_node.store.tables import manifest as table
from exchange_node.store.tables import manifest_key as key_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

Pair = tuple[str, str]
"""Kind and value of a key."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What one subject looks for.

    Attributes:
        groups: the one that leads first; without one everything is looked for.
        roles: bits of the roles that those whom the first group names may have; 0 for any.
    """

    groups: Sequence[frozenset[Pair]]
    roles: int = 0


ABOVE_ALL = 2**62
"""Above the number of every manifest."""

_OLD = frozenset({(ANY, ANY), (ANY, PAPERS)})
"""Keys of what was filed before there were all the keys of today."""

_EVERYTHING = (
    select(table.c.number)
    .where(table.c.number < bindparam("below"))
    .order_by(table.c.number.desc())
    .limit(bindparam("most"))
)


def newest(
    conn: Connection, sought: Collection[Sought], *, below: int = ABOVE_ALL, limit: int
) -> list[int]:
    """Return up to `limit` numbers of manifests below one, the highest first.

    What was superseded or disposed of is among them.
    """
    asked = {"below": below, "most": limit}
    if not all(one.groups for one in sought):
        return list(conn.execute(_EVERYTHING, asked).scalars())
    found: set[int] = set()
    for one in sought:
        query = _having(one).where(key_table.c.manifest < bindparam("below"))
        # One value at a time: the index has its numbers in order, so that no more are read than
        # are wanted. Of several at once either database would read and sort them all.
        query = query.where(
            key_table.c.kind == bindparam("kind"), key_table.c.value == bindparam("value")
        )
        query = query.order_by(key_table.c.manifest.desc()).limit(bindparam("most"))
        for kind, value in sorted(one.groups[0]):
            found.update(conn.execute(query, {**asked, "kind": kind, "value": value}).scalars())
    return sorted(found, reverse=True)[:limit]


def count(conn: Connection, sought: Collection[Sought], *, below: int = ABOVE_ALL) -> int:
    """Return how many `newest` would find without a limit."""
    if not all(one.groups for one in sought):
        every = select(func.count()).select_from(table).where(table.c.number < below)
        return int(conn.execute(every).scalar_one())
    parts = [
        _having(one).where(key_table.c.manifest < below, lead)
        for one in sought
        for lead in _any_of(one.groups[0])
    ]
    if not parts:
        return 0
    found = union(*parts).subquery()
    return int(conn.execute(select(func.count()).select_from(found)).scalar_one())


def _having(one: Sought) -> Select[int]:
    """Return what selects manifests with a key of each further group, or too old ones to tell."""
    query, roles = select(key_table.c.manifest), key_table.c.roles
    if one.roles:
        query = query.where(roles.is_(None) | (roles.bitwise_and(one.roles) != 0))
    for group in one.groups[1:]:
        if len(group) > MOST:  # it leaves out little, and a statement takes only so many values
            continue
        own = key_table.alias()
        of_one = [
            exists().where(
                own.c.manifest == key_table.c.manifest,
                own.c.kind == kind,
                own.c.value.in_(values),
            )
            for kind, values in _by_kind(group | _OLD)
        ]
        query = query.where(or_(*of_one))
    return query


def _any_of(group: Collection[Pair]) -> Iterator[ColumnElement[bool]]:
    for kind, values in _by_kind(group):
        for start in range(0, len(values), MOST):
            some = values[start : start + MOST]
            yield (key_table.c.kind == kind) & key_table.c.value.in_(some)


def _by_kind(group: Collection[Pair]) -> list[tuple[str, list[str]]]:
    kinds: dict[str, list[str]] = defaultdict(list)
    for kind, value in sorted(group):
        kinds[kind].append(value)
    return list(kinds.items())
