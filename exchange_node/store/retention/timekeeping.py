"""What the store knows of the time: when the clock was last believed, when a partner was heard."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from exchange_node.domain.errors import AlteredRecordError
from exchange_node.store.database import add_once
from exchange_node.store.tables import inbox, node_meta

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAME = "clock_believed_at"
_MINE = node_meta.c.name == _NAME


def believed_at(conn: Connection) -> datetime | None:
    """Return what the clock said when disposal last believed it; None where it never did.

    Raises:
        AlteredRecordError: somebody has written down what is no moment.
    """
    stored = conn.execute(select(node_meta.c.value).where(_MINE)).scalar_one_or_none()
    if stored is None:
        return None
    try:
        found = datetime.fromisoformat(stored)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise AlteredRecordError(what=f"{_NAME} in node_meta")
    return found


def believe(conn: Connection, at: datetime) -> None:
    """Write down that the clock is believed; forwards or backwards."""
    if not add_once(conn, node_meta, {"name": _NAME, "value": at.isoformat()}):
        conn.execute(update(node_meta).where(_MINE).values(value=at.isoformat()))


def heard_at(conn: Connection) -> datetime | None:
    """Return when the newest message of a partner was taken."""
    newest = select(inbox.c.received_at).order_by(inbox.c.number.desc()).limit(1)
    return conn.execute(newest).scalar_one_or_none()
