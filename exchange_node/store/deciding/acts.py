"""What officers put in the place of a decision: who, when, from what to what, for which reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select

from exchange_node.store import payloads
from exchange_node.store.tables import manifest as manifest_table
from exchange_node.store.tables import ruling as ruling_table
from exchange_node.store.tables import ruling_act as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.store.payloads import Vault

# Made once: making a statement costs several times what running it does.
_OF_MOVEMENT = (
    select(table, manifest_table.c.direction, manifest_table.c.partner)
    .join(ruling_table, ruling_table.c.number == table.c.ruling)
    .outerjoin(manifest_table, manifest_table.c.number == ruling_table.c.manifest)
    .where(table.c.movement == bindparam("of"), table.c.test == bindparam("is_test"))
    .order_by(table.c.number)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAct:
    """One act of an officer on a decision.

    Attributes:
        was, becomes: codes of channels.
        reason: a code of the list of reasons.
        lifts_draw: whether it lowers what was drawn at random, which takes two persons.
        is_in_force: whether it took effect; the first of two persons' alone does not.
        by: who; `number` is given by `add`.
        leg: direction and partner of the manifest that it was done to, whichever its version;
            `of_movement` alone says so.
    """

    ruling: int
    movement: str
    test: bool
    was: str
    becomes: str
    reason: str
    lifts_draw: bool
    is_in_force: bool
    by: str
    at: datetime
    words_id: str | None = None
    number: int = 0
    leg: str = ""


def add(conn: Connection, one: KeptAct, words: str, vault: Vault) -> KeptAct:
    """Keep an act; its words are locked, and go with the manifest."""
    words_id = None
    if words:
        count = conn.execute(
            select(func.count()).select_from(table).where(table.c.ruling == one.ruling)
        ).scalar_one()
        words_id = f"ruling/{one.ruling}/{count + 1}"
        payloads.keep(conn, words_id, words.encode("utf-8"), vault)
    values = {
        "ruling": one.ruling,
        "movement": one.movement,
        "test": one.test,
        "was": one.was,
        "becomes": one.becomes,
        "reason": one.reason,
        "words_id": words_id,
        "lifts_draw": one.lifts_draw,
        "in_force": one.is_in_force,
        "by": one.by,
        "at": one.at,
    }
    return _act(conn.execute(insert(table).values(values).returning(table)).one())


def of_movement(conn: Connection, movement: str, *, test: bool) -> list[KeptAct]:
    """Return the acts on a movement, the first first, each with the leg that it is about."""
    rows = conn.execute(_OF_MOVEMENT, {"of": movement, "is_test": test})
    return [
        replace(_act(row), leg=f"{row.direction}/{row.partner}" if row.partner else "")
        for row in rows
    ]


def of_ruling(conn: Connection, ruling: int) -> list[KeptAct]:
    """Return the acts on one decision, the first first."""
    query = select(table).where(table.c.ruling == ruling).order_by(table.c.number)
    return [_act(row) for row in conn.execute(query)]


def forget_words(conn: Connection, manifest: int, at: datetime) -> int:
    """Delete what officers wrote on the decisions on a manifest; return how many payloads went."""
    query = (
        select(table.c.words_id)
        .join(ruling_table, ruling_table.c.number == table.c.ruling)
        .where(ruling_table.c.manifest == manifest, table.c.words_id.is_not(None))
    )
    return sum(payloads.dispose(conn, one, at) for one in conn.execute(query).scalars().all())


def counted(
    conn: Connection, begin: datetime, end: datetime, *, test: bool
) -> list[tuple[str, str, str, str, bool, int]]:
    """Return how many acts took effect on decisions of a time.

    By office and direction of the decision, channel before and after, and whether it lifted a draw.
    """
    by = (
        ruling_table.c.office, ruling_table.c.direction,
        table.c.was, table.c.becomes, table.c.lifts_draw,
    )  # fmt: skip
    query = (
        select(*by, func.count(func.distinct(table.c.ruling)))
        .join(ruling_table, ruling_table.c.number == table.c.ruling)
        .where(
            ruling_table.c.at >= begin,
            ruling_table.c.at < end,
            ruling_table.c.test == test,
            table.c.in_force,
        )
        .group_by(*by)
        .order_by(*by)
    )
    return [
        (row[0], row[1], row[2], row[3], bool(row[4]), int(row[5])) for row in conn.execute(query)
    ]


def _act(row: Row[Any]) -> KeptAct:
    return KeptAct(
        ruling=row.ruling,
        movement=row.movement,
        test=row.test,
        was=row.was,
        becomes=row.becomes,
        reason=row.reason,
        lifts_draw=row.lifts_draw,
        is_in_force=row.in_force,
        by=row.by,
        at=row.at,
        words_id=row.words_id,
        number=row.number,
    )
