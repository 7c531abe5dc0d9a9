"""Where each movement stands in this node's view: one row, moved by events alone.

A movement is named by its number, who gave the manifest, and whether it is about test data: another
administration's manifest under the same number is another movement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.movement import Route, State
from exchange_node.store.database import add_once
from exchange_node.store.tables import movement as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMovement:
    """One movement as it is kept.

    Attributes:
        movement: `str` of the MovementId.
        official_number: as documents name it (WCO D014).
        delete_after: when the retention of its last manifest ends.
        recovery_at: when the stage of recovery begins; None where no agreement has one.
        disposed_at: when what happened to it was erased; None for what nobody erased, or of which
            something was told since.
        events_gone: how many events were erased.
    """

    movement: str
    official_number: str
    route: Route
    test: bool
    state: State
    begun_at: datetime
    changed_at: datetime
    delete_after: datetime
    recovery_at: datetime | None = None
    disposed_at: datetime | None = None
    events_gone: int = 0
    number: int = 0

    def is_to_be_recovered(self, at: datetime) -> bool:
        """Whether the stage of recovery has begun at a moment."""
        return self.recovery_at is not None and self.recovery_at <= at


def begin(conn: Connection, new: KeptMovement) -> KeptMovement:
    """Keep a movement unless it is there; return it as it stands, locked for this transaction.

    Retention never becomes shorter by a later manifest.
    """
    add_once(
        conn,
        table,
        {
            "movement": new.movement,
            "official_number": new.official_number,
            "departure": new.route.departure,
            "destination": new.route.destination,
            "transit": list(new.route.transit),
            "test": new.test,
            "state": new.state,
            "begun_at": new.begun_at,
            "changed_at": new.changed_at,
            "delete_after": new.delete_after,
        },
    )
    query = select(table).where(
        table.c.movement == new.movement,
        table.c.departure == new.route.departure,
        table.c.test == new.test,
    )
    kept = _movement_of(conn.execute(query.with_for_update()).one())
    if kept.delete_after < new.delete_after or kept.disposed_at is not None:
        longer = max(kept.delete_after, new.delete_after)
        conn.execute(
            update(table)
            .where(table.c.number == kept.number)
            .values(delete_after=longer, disposed_at=None)
        )
    return kept


def by_number(conn: Connection, official_number: str, *, test: bool) -> list[KeptMovement]:
    """Return the movements of that number, the oldest first, locked for this transaction."""
    query = _of_number(official_number, test=test).with_for_update()
    return [_movement_of(row) for row in conn.execute(query)]


def named(conn: Connection, official_number: str, *, test: bool) -> list[KeptMovement]:
    """Return the movements of that number, the oldest first, for somebody who looks."""
    return [_movement_of(row) for row in conn.execute(_of_number(official_number, test=test))]


def get(conn: Connection, number: int) -> KeptMovement:
    """Return the movement of a row, locked for this transaction.

    Raises:
        UnknownRecordError: there is none.
    """
    row = conn.execute(
        select(table).where(table.c.number == number).with_for_update()
    ).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="movement", key=str(number))
    return _movement_of(row)


def move(conn: Connection, number: int, to: State, at: datetime) -> None:
    """Say where a movement stands from now on; something was told of it."""
    changed = {"state": to, "changed_at": at, "disposed_at": None}
    conn.execute(update(table).where(table.c.number == number).values(**changed))


def set_recovery(conn: Connection, number: int, at: datetime | None) -> None:
    """Say when the stage of recovery begins, whatever was said before; None for never."""
    conn.execute(update(table).where(table.c.number == number).values(recovery_at=at))


def reroute(conn: Connection, number: int, route: Route) -> None:
    """Say who takes part in a movement from now on."""
    changed = {"destination": route.destination, "transit": list(route.transit)}
    conn.execute(update(table).where(table.c.number == number).values(**changed))


def _of_number(official_number: str, *, test: bool) -> Any:  # noqa: ANN401 - a statement of SQL
    return (
        select(table)
        .where(table.c.official_number == official_number, table.c.test == test)
        .order_by(table.c.number)
    )


def _movement_of(row: Row[Any]) -> KeptMovement:
    return KeptMovement(
        movement=row.movement,
        official_number=row.official_number,
        route=Route(
            departure=row.departure, destination=row.destination, transit=tuple(row.transit)
        ),
        test=row.test,
        state=State(row.state),
        begun_at=row.begun_at,
        changed_at=row.changed_at,
        delete_after=row.delete_after,
        recovery_at=row.recovery_at,
        disposed_at=row.disposed_at,
        events_gone=row.events_gone,
        number=row.number,
    )
