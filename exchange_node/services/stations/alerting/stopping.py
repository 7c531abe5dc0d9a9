"""A withdrawn alert's messages that have not left yet → kept back, so that no copy comes to be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.releasing.release import State as Release
from exchange_node.domain.transmission import Cancelled, State
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.services.stations.letters.kept_back import refuse
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.store import audit, outbox
from exchange_node.store.releasing import releases

_MOST_LINES = 50
"""Lines of the audit looked through for earlier tries of one message (our choice)."""


def stop(
    conn: Connection, packing: Packing, message_id: str, *, by: str, why: str, at: datetime
) -> bool:
    """Keep a message back that no partner can have a copy of; return whether there is no copy.

    One that waits for officers is refused, one that was never tried is cancelled. What was tried
    goes on, and its withdrawal with it. Its rows are locked until the transaction ends.
    """
    waiting = releases.find(conn, message_id, lock=True)
    if waiting is not None and waiting.state is not Release.RELEASED:
        if waiting.state is Release.WAITING:
            refuse(conn, waiting, by, why, at)
        return True
    if outbox.find(conn, message_id) is None:
        return False
    outgoing = outbox.get(conn, message_id, lock=True)
    transmission = outgoing.transmission
    if transmission.state not in (State.QUEUED, State.HELD) or not _is_untried(conn, message_id):
        return False
    mode = packing.modes.get(transmission.partner) or PartnerMode(party=transmission.partner)
    settle(conn, outgoing, Cancelled(at, by, why), mode.retry, at, actor=by)
    return True


def _is_untried(conn: Connection, message_id: str) -> bool:
    """Whether nobody has tried to post a message, now or before it was let go once more."""
    if not outbox.is_untouched(conn, message_id):
        return False
    told = audit.search(conn, message_id=message_id, limit=_MOST_LINES)
    tries = [one.facts.get("tries", "0") for one in told if one.action.startswith("transmission.")]
    return len(told) < _MOST_LINES and set(tries) <= {"0"}
