"""SY-070 and SY-071: what a partner says of its own outages is noted, and what waits follows it.

Of each number what was said last holds, by the partner's own clock, whatever order the messages
come in. What the partner does not list in a schedule any more is withdrawn by it.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    away_for,
)
from exchange_node.domain.errors import InvalidDocumentError, NodeError
from exchange_node.domain.finding import Finding
from exchange_node.domain.message import CODES
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
        held = outages.known(conn, incoming.sender, [one.number for one in said])
        added = {one.number for one in said} - held.keys()
        # What is held may always be changed and taken back, however much there is.
        if added and outages.count(conn, incoming.sender) + len(added) > MOST_KEPT:
            why = f"more than {MOST_KEPT} numbers of {incoming.sender} would be kept"
            wrong.append(NO_OUTAGE.found(value=str(len(said)), why=why))
        if wrong:
            raise InvalidDocumentError(tuple(wrong))
        before = outages.ahead(conn, incoming.sender, now)
        if is_schedule:
            said = (*said, *_gone(before, said, given_at))
        new = [one for one in said if outages.note(conn, one)]
        for one in new:
            if one.number in held and _says_the_same(one, held[one.number]):
                continue
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
        if _lets_go(before, outages.ahead(conn, incoming.sender, now), now):
            outbox.look_again(conn, incoming.sender, now)


def tell_refused(conn: Connection, partner: str, refused: NodeError, now: datetime) -> None:
    """Tell the operator that a partner's word of its outages does not count; once a day for each.

    No business answer tells the partner: what is sent to it is sent as if it were there.
    """
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    findings = refused.findings if isinstance(refused, InvalidDocumentError) else ()
    why = next((one.text for one in findings if one.is_error), str(refused))
    key = f"{partner}.{day.date().isoformat()}"
    leave_notice(conn, "partner.outage-refused", key, day, partner=partner, why=why[:300])


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


def _says_the_same(one: Outage, held: Outage) -> bool:
    """Whether only the moment is new at which it was said."""
    return replace(one, told_at=held.told_at) == held


def _lets_go(before: Sequence[Outage], after: Sequence[Outage], now: datetime) -> bool:
    """Whether something that waits may go sooner than it was told, or is not to wait any more."""
    for code in CODES:
        was, away = away_for(before, code, now), away_for(after, code, now)
        if was is None:
            continue  # nothing of that kind waits for the partner
        if away is None or away.until < was.until or away.meanwhile is not was.meanwhile:
            return True
    return False


def _gone(ahead: Sequence[Outage], said: tuple[Outage, ...], given_at: datetime) -> list[Outage]:
    """Return what a schedule does not list any more, as withdrawn when it was given."""
    listed = {one.number for one in said}
    return [
        replace(one, is_withdrawn=True, told_at=given_at)
        for one in ahead
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
