"""Values that are only near one another: many share a key, few are near enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select, Table

MOST = 400
"""Values that are looked for at once: stays below every bound on statement parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A kind of key that much is found by, and how the values behind it are compared.

    Attributes:
        kind: of the key (`sound`).
        written: kind of the key that has the value itself (`name`).
        fits: whether any of some values may be near enough. It may say so too often, never too
            seldom.
    """

    kind: str
    written: str
    fits: Callable[[Collection[str]], bool]

    def sifted(
        self, conn: Connection, written: Select[int, str], numbers: Iterable[int]
    ) -> set[int]:
        """Return those of some records that may be near enough; `written` is of `written_in`."""
        wanted = sorted(numbers)
        values: dict[int, list[str]] = defaultdict(list)
        for start in range(0, len(wanted), MOST):
            asked = {"numbers": wanted[start : start + MOST], "kind": self.written}
            for number, value in conn.execute(written, asked):
                values[number].append(value)
        return {one for one in wanted if one not in values or self.fits(values[one])}

    def parted(
        self, keys: Iterable[tuple[str, str]]
    ) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
        """Return the keys that say for certain what is a candidate, and those of this kind."""
        every = sorted(set(keys))
        likely = [one for one in every if one[0] == self.kind]
        return [one for one in every if one[0] != self.kind], likely


def written_in(table: Table, column: str) -> Select[int, str]:
    """Return the statement for the values of records, by number, in a table of keys."""
    number = table.c[column]
    return select(number, table.c.value).where(
        number.in_(bindparam("numbers", expanding=True)), table.c.kind == bindparam("kind")
    )


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
