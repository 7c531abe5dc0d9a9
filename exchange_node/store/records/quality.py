"""Counters of quality: by day, direction, partner, office, format; field, what and rule.

A row counts documents, and the places in them. Field and rule are empty in the rows that count
documents whatever their fields, rule alone in those that count a field whatever its rules: a
document that two rules stop at one field is one document at that field.

`count` belongs into the transaction of what it counts, and next to the end of it, before the audit:
rows of a day are shared by all that is counted on it, and each waits for the other there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import String, bindparam, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from exchange_node.store.records.submissions import State, Submission
from exchange_node.store.tables import quality as table
from exchange_node.store.tables import submission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.sql.dml import Insert

    from exchange_node.store.records.held import Direction

NO_OFFICE = "-"
"""A document that names no office, or none that looks like the code of one."""
NO_FIELD = "-"
"""A finding at no field of a document."""
OTHERS = "*"
"""What is beyond a bound, or that we do not know."""
MOST_OFFICES = 200
"""Offices counted apart, of a day, a direction and a partner; those beyond are one row."""


_FAILED = frozenset({State.REFUSED, State.REJECTED})
# Made once: making a statement costs several times what running it does.
_DECIDED = (
    select(submission.c.number, submission.c.state, submission.c.tries)
    .where(
        submission.c.partner == bindparam("partner"),
        submission.c.state.in_([*_FAILED, State.ACCEPTED]),
        submission.c.tries > 0,
    )
    .order_by(submission.c.number.desc())
    .limit(1)
)
_SAME_NUMBER = _DECIDED.where(submission.c.number_digest == bindparam("number"))
_SAME_REFERENCE = _DECIDED.where(
    submission.c.reference_digest == bindparam("ref"),
    or_(submission.c.number_digest == "", bindparam("number", type_=String) == ""),
)


class What(StrEnum):
    """What is counted."""

    ALL = "all"
    ACCEPTED = "accepted"
    REMARKED = "remarked"
    REFUSED = "refused"
    REJECTED = "rejected"
    FIRST = "first"
    FIRST_ACCEPTED = "first-accepted"
    FIRST_REFUSED = "first-refused"
    FIRST_REJECTED = "first-rejected"
    MISSING = "missing"
    WRONG = "wrong"
    WARNED = "warned"
    NOTED = "noted"
    DEFAULTED = "defaulted"
    FILLED = "filled"
    CUT = "cut"


class Cell(NamedTuple):
    """What one row counts, within its source; field and rule may be empty."""

    what: What
    field: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose quality it is.

    Attributes:
        day: on which it was handed in, or came.
        partner: party id of the other side.
        office: code of the customs office; `NO_OFFICE` for none.
        format: the national profile of what was handed in, the message code of what came.
    """

    day: date
    direction: Direction
    partner: str
    office: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rows are asked for; what is empty or None asks for all."""

    direction: Direction
    partner: str = ""
    office: str = ""
    format: str = ""
    since: date | None = None
    until: date | None = None


class Sum(NamedTuple):
    """Documents and places of all the rows of one group."""

    group: str
    field: str
    what: What
    rule: str
    documents: int
    places: int


def count(conn: Connection, origin: Origin, cells: Mapping[Cell, int], *, keep_since: date) -> None:
    """Count one document: each cell once, with the number of its places.

    Days before `keep_since` are forgotten when an office is new on its day.
    """
    key = {
        "day": origin.day.isoformat(),
        "direction": origin.direction,
        "partner": origin.partner,
        "office": _office(conn, origin, keep_since),
        "format": origin.format,
    }
    rows = [
        {**key, **cell._asdict(), "documents": 1, "places": places}
        for cell, places in sorted(cells.items())  # in one order: no two wait for each other
    ]
    if rows:
        conn.execute(_statement(conn.dialect.name), rows)


def tries_before(conn: Connection, new: Submission) -> int:
    """Return which try the one before a new submission was, if it was refused or rejected; else 0.

    The same declaration to the same partner is told by its number; by its reference where one of
    the two has no number. What is not decided yet is no try that failed.
    """
    asked = {"partner": new.partner, "number": new.number_digest, "ref": new.reference_digest}
    found = [
        row
        for query, key in ((_SAME_NUMBER, "number"), (_SAME_REFERENCE, "ref"))
        if asked[key] and (row := conn.execute(query, asked).first()) is not None
    ]
    last = max(found, key=lambda row: int(row.number), default=None)
    return last.tries if last is not None and last.state in _FAILED else 0


def sums(conn: Connection, asked: Asked, *, by: str = "") -> list[Sum]:
    """Return the sums over the days, one group for each value of a column (`by`), or one of all.

    `by` is day, partner, office or format.
    """
    group = table.c[by] if by else None
    columns = [table.c.field, table.c.what, table.c.rule]
    grouped = columns if group is None else [group, *columns]
    query = (
        select(*grouped, func.sum(table.c.documents), func.sum(table.c.places))
        .where(*_conditions(asked))
        .group_by(*grouped)
        .order_by(*grouped)
    )
    return [
        Sum(
            group="" if group is None else row[0],
            field=row.field,
            what=What(row.what),
            rule=row.rule,
            documents=int(row[-2]),
            places=int(row[-1]),
        )
        for row in conn.execute(query)
    ]


def first_day(conn: Connection) -> date | None:
    """Return the oldest day that is counted; None where nothing is."""
    found = conn.execute(select(func.min(table.c.day))).scalar()
    return date.fromisoformat(found) if found else None


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [table.c.direction == asked.direction]
    wanted += [
        table.c[name] == value
        for name in ("partner", "office", "format")
        if (value := getattr(asked, name))
    ]
    if asked.since is not None:
        wanted.append(table.c.day >= asked.since.isoformat())
    if asked.until is not None:
        wanted.append(table.c.day <= asked.until.isoformat())
    return wanted


def _office(conn: Connection, origin: Origin, keep_since: date) -> str:
    """Return the office as it is counted: itself, or `OTHERS` where the day has too many."""
    of_day = (
        table.c.day == origin.day.isoformat(),
        table.c.direction == origin.direction,
        table.c.partner == origin.partner,
    )
    one = select(table.c.day).where(*of_day, table.c.office == origin.office).limit(1)
    if conn.execute(one).first() is not None:
        return origin.office
    conn.execute(delete(table).where(table.c.day < keep_since.isoformat()))
    known = conn.execute(
        select(func.count(table.c.office.distinct())).where(*of_day, table.c.office != OTHERS)
    ).scalar_one()
    return origin.office if known < MOST_OFFICES else OTHERS


@cache
def _statement(dialect: str) -> Insert:
    """Return the statement; made once, since making it costs more than running it."""
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={
            "documents": table.c.documents + insert.excluded.documents,
            "places": table.c.places + insert.excluded.places,
        },
    )
