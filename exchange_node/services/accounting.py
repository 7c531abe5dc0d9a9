"""What went between two nodes since the last account → the next one; what did not agree, shown.

Once a day each node tells each partner what it sent with a receipt, and what it received. Whoever
lacks something asks for it again: a node that came back from an old copy gets what it lost.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.accounting.account import MOST_NAMED, Side, due_until
from exchange_node.domain.errors import NodeError, StoreBusyError, StoreFullError
from exchange_node.services.stations.accounting.giving import Giving
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.store.accounting import gaps, progress
from exchange_node.store.database import reading, transaction

log = structlog.get_logger()

BATCH = 20
"""Accounts in one walk: filing and sending get their turn in between."""

_TOLD = (Side.SENT, Side.RECEIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounting:
    """Gives every partner its accounts.

    Attributes:
        partners: to whom accounts are given.
    """

    giving: Giving
    partners: Collection[str]
    engine: Engine
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Give what accounts are due, up to a batch; return how many steps that took."""
        until = due_until(self.clock())
        with reading(self.engine) as conn:
            wanted = {(one, side) for one in self.partners for side in _TOLD}
            new = wanted - progress.known(conn)
            due = [one for one in progress.behind(conn, until) if one in wanted]
        for partner, side in sorted(new):
            with transaction(self.engine) as conn:
                progress.begin(conn, partner, side, until - timedelta(days=1))
        given = 0
        for partner, side in due:
            if given >= BATCH:
                return BATCH
            given += self._safely(partner, side, until)
        return len(new) + given

    def gaps(self, actor: Actor, *, partner: str = "", after: int = 0, limit: int = 50) -> View:
        """Return the messages that one side had and the other had not, the newest first.

        Raises:
            RoleError: the actor does not operate the node.
        """
        actor.require(Role.OPERATOR)
        with reading(self.engine) as conn:
            found = gaps.search(conn, partner=partner, after=after, limit=limit)
        looked(self.engine, actor, self.clock(), "look.account", "account", partner or "all")
        return {
            "gaps": [
                {
                    "number": one.number,
                    "partner": one.partner,
                    "message_id": one.message_id,
                    "gap": one.gap.value,
                    "found_at": one.found_at.isoformat(),
                    "account_id": one.account_id,
                    "mended": one.mended,
                }
                for one in found
            ]
        }

    def _safely(self, partner: str, side: Side, until: datetime) -> bool:
        """Give an account; one that cannot be made keeps no other partner from its own."""
        try:
            self._give(partner, side, until)
        except (StoreFullError, StoreBusyError):
            raise
        except NodeError as err:
            log.warning("account-failed", partner=partner, side=side.value, code=err.code)
            return False
        return True

    def _give(self, partner: str, side: Side, until: datetime) -> None:
        """Give the next account of one side, if another machine has not given it meanwhile."""
        with transaction(self.engine) as conn:
            done = progress.locked(conn, partner, side)
            if done.covered_until >= until:
                return
            named = progress.following(conn, done, until, limit=MOST_NAMED)
            if len(named) < MOST_NAMED:
                after = replace(done, covered_until=until, covered_number=0)
            else:
                last = named[-1]
                after = replace(done, covered_until=last.at, covered_number=last.number)
            if named:
                self.giving.give(
                    conn,
                    partner,
                    side,
                    [one.message_id for one in named],
                    begins=done.covered_until,
                    ends=after.covered_until,
                    at=self.clock(),
                )
            progress.advance(conn, after)
