"""What did not agree in an account; whether it is mended is looked up, not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, select

from exchange_node.domain.accounting.account import Gap
from exchange_node.domain.transmission import State
from exchange_node.store.database import add_once
from exchange_node.store.tables import account_gap as table
from exchange_node.store.tables import inbox, outbox, payload

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_RECEIPTED = (State.RECEIPTED.value, State.RECEIPTED_LATE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGap:
    """A message that one side has and the other has not.

    Attributes:
        account_id: the account that showed it; the partner's number.
        mended: whether both have it now.
        number: counts up; names the page.
    """

    partner: str
    message_id: str
    gap: Gap
    found_at: datetime
    account_id: str
    mended: bool
    number: int


def note(
    conn: Connection,
    gap: Gap,
    partner: str,
    message_ids: Sequence[str],
    account_id: str,
    at: datetime,
) -> int:
    """Keep that messages do not agree; return how many of them were not known to."""
    return sum(
        add_once(
            conn,
            table,
            {
                "partner": partner,
                "message_id": message_id,
                "gap": gap,
                "found_at": at,
                "account_id": account_id,
            },
        )
        for message_id in message_ids
    )


def search(conn: Connection, *, partner: str = "", after: int = 0, limit: int) -> list[FoundGap]:
    """Return gaps, the newest first; `after` is the last number of the page before."""
    query = (
        select(table, inbox.c.number.label("held"), outbox.c.state.label("state"))
        .join(
            inbox,
            and_(inbox.c.sender == table.c.partner, inbox.c.message_id == table.c.message_id),
            isouter=True,
        )
        .join(
            outbox,
            and_(outbox.c.partner == table.c.partner, outbox.c.message_id == table.c.message_id),
            isouter=True,
        )
        .order_by(table.c.number.desc())
        .limit(limit)
    )
    if partner:
        query = query.where(table.c.partner == partner)
    if after:
        query = query.where(table.c.number < after)
    return [_found(row) for row in conn.execute(query)]


def forget(conn: Connection, before: datetime) -> int:
    """Delete what did not agree before a moment, of messages of which nothing is kept any more.

    Returns how much that was.
    """
    is_here = exists().where(
        inbox.c.sender == table.c.partner,
        inbox.c.message_id == table.c.message_id,
        payload.c.payload_id == inbox.c.payload_id,
        payload.c.disposed_at.is_(None),
    )
    is_ours = exists().where(
        outbox.c.partner == table.c.partner,
        outbox.c.message_id == table.c.message_id,
        payload.c.payload_id == outbox.c.payload_id,
        payload.c.disposed_at.is_(None),
    )
    return conn.execute(delete(table).where(table.c.found_at < before, ~is_here, ~is_ours)).rowcount


def _found(row: Row[Any]) -> FoundGap:
    gap = Gap(row.gap)
    mended = (
        (gap is Gap.MISSING_HERE and row.held is not None)
        or (gap is Gap.MISSING_THERE and row.state in _RECEIPTED)
        or (gap is Gap.UNKNOWN and row.state is not None)
    )
    return FoundGap(
        partner=row.partner,
        message_id=row.message_id,
        gap=gap,
        found_at=row.found_at,
        account_id=row.account_id,
        mended=mended,
        number=row.number,
    )
