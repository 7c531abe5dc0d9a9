"""Parked messages that have waited long enough → weighed again by filing, which then answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.store.database import transaction
from exchange_node.store.movements import parked

BATCH = 100
"""How many messages leave the park at a time (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waking:
    """Looks into the park."""

    engine: Engine
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Let be weighed again what has waited long enough; return how many messages that are."""
        with transaction(self.engine) as conn:
            return parked.wake_due(conn, self.clock(), BATCH)
