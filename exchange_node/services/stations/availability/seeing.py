"""Who is away until when and why, and what that means for a message that is to leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.availability.outage import Meanwhile, Outage, away_for
from exchange_node.domain.transmission import Cancelled, Held
from exchange_node.services.stations.looking.views import View
from exchange_node.store.availability import outages
from exchange_node.store.outgoing import Outgoing

_MEND = "Do it by the way that is agreed for such times, or submit it anew afterwards"


def kept_for(conn: Connection, outgoing: Outgoing, now: datetime) -> Held | Cancelled | None:
    """Return what a partner's being away means for a finished message; None where it may leave.

    What was tried before may be held there: it waits, whatever the partner asks for.
    """
    transmission = outgoing.transmission
    ahead = outages.ahead(conn, transmission.partner, now)
    away = away_for(ahead, outgoing.exchange.code, now) if ahead else None
    if away is None:
        return None
    if away.meanwhile is Meanwhile.FAIL and transmission.tries == 0:
        return Cancelled(now, "", f"{away.said}. {_MEND}")
    return Held(now, away.said, until=away.until)


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
