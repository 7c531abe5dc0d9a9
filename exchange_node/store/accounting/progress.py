"""How far accounts are given: partner × side → the last message named; and what comes after it.

Who gives the next account locks the row, so that of several machines one gives it. An account
begins where the one before ended, whatever the node was down for in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, update

from exchange_node.domain.accounting.account import Side
from exchange_node.domain.message import ACCOUNT
from exchange_node.store.database import add_once
from exchange_node.store.tables import account_line as table
from exchange_node.store.tables import inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the accounts of one side are given to a partner.

    Attributes:
        covered_until: everything before that moment is told.
        covered_number: of that very moment, what has a number up to this; 0 for nothing.
    """

    partner: str
    side: Side
    covered_until: datetime
    covered_number: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """A message to be named in an account, and the moment that it is told for."""

    at: datetime
    number: int
    message_id: str


def begin(conn: Connection, partner: str, side: Side, since: datetime) -> None:
    """Begin to give accounts, of what was exchanged from then on; once begun it stays."""
    values = {"partner": partner, "side": side, "covered_until": since, "covered_number": 0}
    add_once(conn, table, values)


def behind(conn: Connection, until: datetime) -> list[tuple[str, Side]]:
    """Return to whom, and of which side, no account is given up to a moment."""
    rows = conn.execute(
        select(table.c.partner, table.c.side)
        .where(table.c.covered_until < until)
        .order_by(table.c.partner, table.c.side)
    )
    return [(row.partner, Side(row.side)) for row in rows]


def known(conn: Connection) -> set[tuple[str, Side]]:
    """Return to whom accounts are given, and of which side."""
    return {(row.partner, Side(row.side)) for row in conn.execute(select(table))}


def locked(conn: Connection, partner: str, side: Side) -> Progress:
    """Return how far the accounts are given; nobody else gives one before the transaction ends."""
    row = conn.execute(
        select(table).where(table.c.partner == partner, table.c.side == side).with_for_update()
    ).one()
    return Progress(
        partner=partner,
        side=side,
        covered_until=row.covered_until,
        covered_number=row.covered_number,
    )


def advance(conn: Connection, progress: Progress) -> None:
    """Keep how far the accounts are given now."""
    conn.execute(
        update(table)
        .where(table.c.partner == progress.partner, table.c.side == progress.side)
        .values(covered_until=progress.covered_until, covered_number=progress.covered_number)
    )


def following(conn: Connection, done: Progress, until: datetime, *, limit: int) -> list[Named]:
    """Return what comes after the last account and before a moment, in that order.

    Of what was sent, the moment is that of the receipt. Accounts themselves are not told of.
    """
    if done.side is Side.SENT:
        who, at = outbox.c.partner, outbox.c.receipted_at
        number, message_id = outbox.c.number, outbox.c.message_id
        told = outbox.c.code != ACCOUNT
    else:
        who, at = inbox.c.sender, inbox.c.received_at
        number, message_id = inbox.c.number, inbox.c.message_id
        told = inbox.c.header["code"].as_string() != ACCOUNT
    rows = conn.execute(
        select(at.label("at"), number.label("number"), message_id.label("message_id"))
        .where(
            who == done.partner,
            at >= done.covered_until,
            at < until,
            or_(at > done.covered_until, and_(number > done.covered_number)),
            told,
        )
        .order_by(at, number)
        .limit(limit)
    )
    return [Named(row.at, row.number, row.message_id) for row in rows]


def not_held(conn: Connection, sender: str, message_ids: Sequence[str]) -> list[str]:
    """Return which of a partner's messages never came, or are not known any more."""
    rows = conn.execute(
        select(inbox.c.message_id).where(
            inbox.c.sender == sender, inbox.c.message_id.in_(message_ids)
        )
    )
    found = set(rows.scalars())
    return [one for one in message_ids if one not in found]


def not_sent(conn: Connection, partner: str, message_ids: Sequence[str]) -> list[str]:
    """Return which messages are not in the outbox as sent to a partner."""
    rows = conn.execute(
        select(outbox.c.message_id).where(
            outbox.c.partner == partner, outbox.c.message_id.in_(message_ids)
        )
    )
    found = set(rows.scalars())
    return [one for one in message_ids if one not in found]
