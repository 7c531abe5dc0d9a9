"""Opened message → record: one taker for each message code, in the transaction of the filing.

A taker records what the message says, or raises and leaves nothing: what it raises is said to the
sender in the business answer. A new code is a new taker, named in `node/building/taking.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from exchange_node.domain.finding import Finding
from exchange_node.domain.retention import Until
from exchange_node.services.stations.arrival.opening import Opened

NODE = "node"
"""Who does what no person does."""


class Taker(Protocol):
    """Takes the messages of its codes."""

    def take(self, conn: Connection, opened: Opened, now: datetime) -> tuple[Finding, ...] | None:
        """Record what a message says, in the caller's transaction; return what is to be told of it.

        Raises:
            InputError: it says what cannot be taken; the findings or facts say why.
            NotPermittedError: the agreement does not let it be taken.
        """


def until(opened: Opened, now: datetime) -> Until:
    """Return how long the words of a message are kept, by the grant that it came under."""
    under = opened.exchange
    return Until(
        agreement_id=under.agreement_id,
        agreement_version=under.agreement_version,
        grant=under.grant,
        delete_after=now + timedelta(days=opened.grant.retention_days),
    )
