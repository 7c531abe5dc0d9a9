"""An id of an alert, and who asks → which alert is meant.

Each issuer gives its own ids, and two may give the same. Who may not know that one of them is held
is not told so by being asked which is meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.looking.gate import alert_looked_at, weighed
from exchange_node.store.records.held import Direction, HeldAlert
from exchange_node.store.records.search.alerts import of_id


def by_id_shown(
    conn: Connection,
    agreements: Iterable[HeldAgreement],
    actor: Actor,
    alert_id: str,
    *,
    issuer: str = "",
    direction: Direction | None = None,
    purpose: str,
    at: datetime,
) -> HeldAlert | None:
    """Return the last version of the alert that an id names; None where there is none to show.

    Whether the one that it names may be looked at is for the gate to say afterwards.

    Raises:
        UnusableQueryError: several issuers gave the id, none was named, and the actor may know of
            more than one.
    """
    found = [
        one
        for one in of_id(conn, alert_id)
        if issuer in {"", one.issuer} and direction in {None, one.direction}
    ]
    if len(found) > 1:
        known = tuple(agreements)
        found = [
            one
            for one in found
            if weighed(
                conn, known, actor, alert_looked_at(one), purpose=purpose, at=at
            ).may_be_listed
        ]
    if len(found) > 1:
        issuers = ", ".join(one.issuer for one in found)
        why = f"the id was given by each of {issuers}: name one"
        raise UnusableQueryError(what="issuer", why=why)
    return found[0] if found else None
