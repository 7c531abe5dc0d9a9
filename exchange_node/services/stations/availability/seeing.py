"""Who is away until when and why, and what that means for a message that is to leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.availability.outage import (
    LONGEST_QUEUED,
    Away,
    Meanwhile,
    Outage,
    away_for,
)
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.transmission import Cancelled, Held
from exchange_node.services.stations.looking.views import View
from exchange_node.store.availability import outages
from exchange_node.store.outgoing import Outgoing

FAILS = Rule(
    code="AVAIL-04",
    severity=Severity.ERROR,
    sentence="{value} is away until {until} ({reason}) and lets no message wait: it would fail",
    mend="Do it by the way that is agreed for such times (paper forms: {paper}), or submit it anew"
    " afterwards.",
)
RULES = (FAILS,)

_MEND = "Do it by the way that is agreed for such times, or submit it anew afterwards"


def fails_at_once(conn: Connection, partner: str, code: str, now: datetime) -> tuple[Finding, ...]:
    """Return why a new message to a partner would fail; nothing where it may go, or waits."""
    away = away_for(outages.ahead(conn, partner, now), code, now)
    if away is None or away.meanwhile is not Meanwhile.FAIL:
        return ()
    found = FAILS.found(
        value=partner,
        until=away.until.isoformat(),
        reason=away.reason or "-",
        paper="taken" if away.paper else "not taken",
    )
    return (found,)


def kept_for(conn: Connection, outgoing: Outgoing, now: datetime) -> Held | Cancelled | None:
    """Return what a partner's being away means for a finished message; None where it may leave.

    What may have been posted before waits, whatever the partner asks for. Nothing waits for longer
    than a receiver believes its age, however many outages follow each other: then it goes, with its
    tries and the alarm after the last of them.
    """
    transmission = outgoing.transmission
    ahead = outages.ahead(conn, transmission.partner, now)
    away = away_for(ahead, outgoing.exchange.code, now) if ahead else None
    if away is None:
        return None
    if away.meanwhile is Meanwhile.FAIL and _was_never_posted(outgoing, away):
        return Cancelled(now, "", f"{away.said}. {_MEND}")
    until = min(away.until, outgoing.queued_at + LONGEST_QUEUED)
    return Held(now, away.said, until=until) if now < until else None


def _was_never_posted(outgoing: Outgoing, away: Away) -> bool:
    # Tries are counted anew when somebody lets a message go once more: only what was queued after
    # the partner had said that it would be away cannot have gone before.
    is_new = outgoing.queued_at >= away.told_at
    return is_new and outgoing.transmission.tries == 0 and not outgoing.was_leased


def away_now(conn: Connection, parties: Iterable[str], now: datetime) -> list[View]:
    """Return the outages of some parties that are on now, for whoever looks at something else."""
    return [
        shown(one) for party in parties for one in outages.ahead(conn, party, now) if one.is_on(now)
    ]


def shown(outage: Outage) -> View:
    """Return an outage as it is shown."""
    return {
        "number": outage.number,
        "party": outage.party,
        "functions": [one.value for one in outage.functions],
        "begins": outage.begins.isoformat(),
        "ends": outage.ends.isoformat(),
        "planned": outage.is_planned,
        "reason": outage.reason,
        "meanwhile": outage.meanwhile.value,
        "paper": outage.paper,
    }
