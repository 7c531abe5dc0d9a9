"""What an alert looks for, as keys → the numbers of the manifests that may fit, the newest first.

Found by the index alone, none of them opened; portion by portion, each from the newest down. What
each subject looks for comes in groups: of each group a manifest that fits has a key. The first
group leads, as the one that finds the fewest; the others leave out what has none of theirs.
"""

from __future__ import annotations

from collections import defaultdict
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

Sought = list[list[frozenset[Pair]]]
"""Of each subject its groups, the one that leads first; a subject without one seeks everything."""

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


def newest(conn: Connection, sought: Sought, *, below: int = ABOVE_ALL, limit: int) -> list[int]:
    """Return up to `limit` numbers of manifests below one, the highest first.

    What was superseded or disposed of is among them.
    """
    asked = {"below": below, "most": limit}
    if not all(sought):
        return list(conn.execute(_EVERYTHING, asked).scalars())
    found: set[int] = set()
    for groups in sought:
        query = _having(groups[1:]).where(key_table.c.manifest < bindparam("below"))
        # One value at a time: the index has its numbers in order, so that no more are read than
        # are wanted. Of several at once either database would read and sort them all.
        query = query.where(
            key_table.c.kind == bindparam("kind"), key_table.c.value == bindparam("value")
        )
        query = query.order_by(key_table.c.manifest.desc()).limit(bindparam("most"))
        for kind, value in sorted(groups[0]):
            found.update(conn.execute(query, {**asked, "kind": kind, "value": value}).scalars())
    return sorted(found, reverse=True)[:limit]


def count(conn: Connection, sought: Sought, *, below: int = ABOVE_ALL) -> int:
    """Return how many `newest` would find without a limit."""
    if not all(sought):
        every = select(func.count()).select_from(table).where(table.c.number < below)
        return int(conn.execute(every).scalar_one())
    parts = [
        _having(groups[1:]).where(key_table.c.manifest < below, one)
        for groups in sought
        for one in _any_of(groups[0])
    ]
    if not parts:
        return 0
    found = union(*parts).subquery()
    return int(conn.execute(select(func.count()).select_from(found)).scalar_one())


def _having(groups: Sequence[frozenset[Pair]]) -> Select[int]:
    """Return what selects manifests with a key of each group, or with too old ones to tell."""
    query = select(key_table.c.manifest)
    for group in groups:
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
