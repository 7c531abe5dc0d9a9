"""Keys, folded → the numbers of the records that have any of them."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Select, Table

ANY = "*"
"""The kind and value of the key of what must be tried against everything."""

PAPERS = "papers"
"""The value, of the kind `ANY`, of what was filed before documents and drivers were keys."""

MOST = 400
"""Values that are looked for at once: stays below every bound on statement parameters."""


def numbers_with(
    conn: Connection,
    table: Table,
    column: str,
    keys: Iterable[tuple[str, str]],
    *,
    after: int = 0,
    limit: int = -1,
) -> list[int]:
    """Return the numbers of the records that have any of some keys, in order; -1 sets no limit.

    Asked kind by kind: where pairs are asked for, SQLite reads the whole table (3.40), and where
    the records are joined, either database may begin with all of them.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, value in sorted(set(keys)):
        by_kind[kind].append(value)
    found: set[int] = set()
    for kind, values in by_kind.items():
        query = _keyed(table, column, is_bounded=limit >= 0)
        for start in range(0, len(values), MOST):
            asked = {"kind": kind, "values": values[start : start + MOST], "after": after}
            bound = {"most": limit} if limit >= 0 else {}
            found.update(conn.execute(query, asked | bound).scalars())
    return sorted(found) if limit < 0 else sorted(found)[:limit]


@cache
def _keyed(table: Table, column: str, *, is_bounded: bool) -> Select[int]:
    number = table.c[column]
    query = select(number).where(
        table.c.kind == bindparam("kind"),
        table.c.value.in_(bindparam("values", expanding=True)),
        number > bindparam("after"),
    )
    return query.distinct().order_by(number).limit(bindparam("most")) if is_bounded else query
