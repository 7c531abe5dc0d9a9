"""What the nodes of offices were told last: one row for each manifest that one expects.

Whoever tells something claims the row first, so that of several machines one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from exchange_node.domain.transmission import State
from exchange_node.store.database import add_once
from exchange_node.store.tables import office_entry as table
from exchange_node.store.tables import outbox

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

_LOST = (State.MISSING_RECEIPT, State.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an office's node was told of one manifest.

    Attributes:
        manifest: number of the manifest at this node.
        tag: the state of it that was told; empty where it was told to be expected no longer.
        message_id: the message that tells it.
        told_before: whether an earlier message may have reached the office.
        state: of the message; None where the outbox has it no more.
        tries: how often it was pulled.
    """

    partner: str
    manifest: int
    movement: str
    tag: str
    message_id: str
    told_before: bool
    state: State | None = None
    tries: int = 0

    @property
    def may_have_come(self) -> bool:
        """Whether the office may know of the manifest, by this message or an earlier one."""
        return self.told_before or self.tries > 0 or self.state is None

    @property
    def is_lost(self) -> bool:
        """Whether its message ended without a receipt: what it says has to be said again."""
        return self.state in _LOST


def known(conn: Connection, partner: str) -> dict[int, Told]:
    """Return what an office's node was told, by the number of the manifest."""
    return {one.manifest: one for one in _found(conn, table.c.partner == partner)}


def carried_by(conn: Connection, message_id: str) -> Told | None:
    """Return what a message tells; None where it has been overtaken by another."""
    return next(iter(_found(conn, table.c.message_id == message_id)), None)


def tell(conn: Connection, told: Told, before: Told | None) -> bool:
    """Note what is told in place of what was told before; False where somebody else has done so."""
    values = {
        "partner": told.partner,
        "manifest": told.manifest,
        "movement": told.movement,
        "tag": told.tag,
        "message_id": told.message_id,
        "told_before": told.told_before,
    }
    if before is None:
        return add_once(conn, table, values)
    return conn.execute(update(table).where(*_same(before)).values(values)).rowcount == 1


def forget(conn: Connection, told: Told) -> bool:
    """Drop a row: the office knows nothing of the manifest, or knows that it is gone."""
    return conn.execute(delete(table).where(*_same(told))).rowcount == 1


def _same(told: Told) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.partner == told.partner,
        table.c.manifest == told.manifest,
        table.c.message_id == told.message_id,
    )


def _found(conn: Connection, that: ColumnElement[bool]) -> list[Told]:
    query = (
        select(table, outbox.c.state, outbox.c.tries)
        .outerjoin(outbox, outbox.c.message_id == table.c.message_id)
        .where(that)
    )
    return [_told(row) for row in conn.execute(query)]


def _told(row: Row[Any]) -> Told:
    return Told(
        partner=row.partner,
        manifest=row.manifest,
        movement=row.movement,
        tag=row.tag,
        message_id=row.message_id,
        told_before=row.told_before,
        state=None if row.state is None else State(row.state),
        tries=row.tries or 0,
    )
