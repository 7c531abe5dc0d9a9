"""Who has an older text of a manifest of ours than others were told.

An amendment is for one partner; whoever hands it in for one may forget another. Counted are the
texts that stand: what was refused or stopped is nobody's text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.movement import MANIFEST_AMENDED, MANIFEST_CODES
from exchange_node.services.stations.movement.texts import is_standing
from exchange_node.store import outbox
from exchange_node.store.movements.events import KeptEvent


def outdated(conn: Connection, happened: Iterable[KeptEvent]) -> dict[str, datetime]:
    """Return of each partner that missed an amendment when the text that it has was sealed.

    Amendments are counted, since two of one change are sealed one after the other. Who was told the
    manifest after the last of them missed none.
    """
    rounds: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for one in happened:
        if one.code not in MANIFEST_CODES:
            continue
        for partner, message in one.told.items():
            if is_standing(outbox.find(conn, message)):
                rounds[partner] += one.code == MANIFEST_AMENDED
                last[partner] = max(one.occurred_at, last.get(partner, one.occurred_at))
    most = max(rounds.values(), default=0)
    newest = max((last[one] for one in last if rounds[one] == most), default=None)
    return {one: at for one, at in last.items() if rounds[one] < most and newest and at < newest}
