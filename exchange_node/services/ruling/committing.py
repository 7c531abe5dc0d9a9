"""Today → the days ahead have a key, and the world has been told what it will have to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from exchange_node.services.stations.deciding.drawing import Drawing
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.deciding import draws

AHEAD = 7
"""Days for which a commitment stands before they begin (our choice): a node that was down for the
weekend still has committed to Monday, and nobody foresees more than a week by stealing keys."""

NODE = "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Committing:
    """Commits to the keys of the days ahead.

    Attributes:
        test: whether this node takes test movements alone, whose share may be nought.
    """

    drawing: Drawing
    engine: Engine
    clock: Callable[[], datetime]
    test: bool

    def run(self) -> int:
        """Commit to what days ahead have no key; return how many."""
        if not self.drawing.rules.share.of(test=self.test):
            return 0
        now = self.clock()
        today = now.astimezone(UTC).date()
        days = [today + timedelta(days=one) for one in range(AHEAD + 1)]
        with reading(self.engine) as conn:
            missing = sorted(set(days) - draws.committed(conn, days))
        if not missing:
            return 0
        with transaction(self.engine) as conn:
            made = {day: self.drawing.commit(conn, day, now) for day in missing}
            audit.write_all(
                conn,
                [
                    audit.AuditRecord(
                        at=now,
                        actor=NODE,
                        action="decision.committed",
                        subject_kind="day of draws",
                        subject_key=day.isoformat(),
                        facts={"commitment": commitment},
                    )
                    for day, commitment in made.items()
                    if commitment
                ],
            )
        return len(missing)
