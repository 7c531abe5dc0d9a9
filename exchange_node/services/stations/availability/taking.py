"""SY-070 and SY-071: what a partner says of its own outages is noted, and what waits follows it.

Of each number what was said last holds, by the partner's own clock, whatever order the messages
come in. What the partner does not list in a schedule any more is withdrawn by it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.availability.outage import (
    LONGEST,
    LONGEST_QUEUED,
    MOST_AHEAD,
    SCHEDULE,
    Meanwhile,
    Outage,
)
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.availability.telling import record
from exchange_node.services.stations.faults import NO_OUTAGE, NOT_THE_SAME
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.traffic.taking import CLOCK_SKEW
from exchange_node.store import outbox
from exchange_node.store.availability import outages
from exchange_node.wco.system_codec.availability import decode_outages

MOST_KEPT = 10 * MOST_AHEAD
"""Numbers that are kept of one partner (our choice): nobody fills the database with outages."""

FURTHEST = timedelta(days=400)
"""How far ahead an outage may begin (our choice)."""


class Outages:
    """Takes notices and schedules."""

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Note what the partner says of itself, and let what waits for it be weighed anew.

        Raises:
            InvalidDocumentError: it cannot be read, or speaks of somebody else's work, of a time
                that ends before it begins, is too long or too far ahead, or of too many.
        """
        incoming = opened.incoming
        given_at, said = decode_outages(opened.document)
        is_schedule = opened.exchange.code == SCHEDULE
        wrong = [fault for one in said for fault in _faults(one, incoming.sender, now)]
        if not is_schedule and len(said) != 1:
            wrong.append(NO_OUTAGE.found(value=str(len(said)), why="a notice tells of one"))
        if given_at > now + CLOCK_SKEW:
            # What comes after it would be older, and nothing would count any more.
            why = f"it is of {given_at.isoformat()}, which is yet to come"
            wrong.append(NO_OUTAGE.found(value=str(len(said)), why=why))
        outages.forget_old(conn, incoming.sender, now)
        if outages.count_with(conn, incoming.sender, [one.number for one in said]) > MOST_KEPT:
            why = f"more than {MOST_KEPT} numbers of {incoming.sender} would be kept"
            wrong.append(NO_OUTAGE.found(value=str(len(said)), why=why))
        if wrong:
            raise InvalidDocumentError(tuple(wrong))
        if is_schedule:
            said = (*said, *_gone(conn, incoming.sender, said, given_at, now))
        new = [one for one in said if outages.note(conn, one)]
        for one in new:
            what = "withdrawn" if one.is_withdrawn else "announced"
            record(
                conn,
                f"{what}-there",
                one,
                incoming.sender,
                now,
                message_id=incoming.message_id,
                partner=incoming.sender,
            )
            if one.ends > now:
                _tell(conn, one, now)
        if new:
            outbox.look_again(conn, incoming.sender, now)


def _faults(outage: Outage, sender: str, now: datetime) -> list[Finding]:
    found = []
    if outage.party != sender:
        found.append(NOT_THE_SAME.found(field="NodeID", sealed=outage.party, header=sender))
    length = outage.ends - outage.begins
    if not timedelta() < length <= LONGEST:
        why = f"it has to last, and for {LONGEST.days} days at most"
        found.append(NO_OUTAGE.found(value=outage.number, why=why))
    elif outage.meanwhile is Meanwhile.QUEUE and length > LONGEST_QUEUED:
        why = f"messages wait for {LONGEST_QUEUED.days} days at most: let them fail"
        found.append(NO_OUTAGE.found(value=outage.number, why=why))
    if outage.begins > now + FURTHEST:
        why = f"it begins in more than {FURTHEST.days} days"
        found.append(NO_OUTAGE.found(value=outage.number, why=why))
    return found


def _gone(
    conn: Connection, party: str, said: tuple[Outage, ...], given_at: datetime, now: datetime
) -> list[Outage]:
    """Return what a schedule does not list any more, as withdrawn when it was given."""
    listed = {one.number for one in said}
    return [
        replace(one, is_withdrawn=True, told_at=given_at)
        for one in outages.ahead(conn, party, now)
        if one.number not in listed and one.told_at < given_at
    ]


def _tell(conn: Connection, outage: Outage, now: datetime) -> None:
    """Tell officers at once: they may have to do it another way."""
    leave_notice(
        conn,
        "partner.back" if outage.is_withdrawn else "partner.away",
        f"{outage.party}.{outage.number}.{outage.told_at.isoformat()}",
        now,
        partner=outage.party,
        functions=" ".join(one.value for one in outage.functions),
        begins=outage.begins.isoformat(),
        ends=outage.ends.isoformat(),
        reason=outage.reason,
        meanwhile=outage.meanwhile.value,
        paper="allowed" if outage.paper else "not allowed",
    )
