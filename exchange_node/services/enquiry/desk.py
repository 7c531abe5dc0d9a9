"""What every answer is made from: what is held, where it lies, what time it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.agreement import Handling
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.access_log import line_of, looked, write_looks
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import HeldManifest

EVERY = frozenset(Handling)
"""Handlings that a list is looked for with: what is secret is seen by those its grant names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where questions are answered."""

    holding: Holding
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    new_spool: NewSpool

    def looked(self, actor: Actor, action: str, kind: str, key: str = "", **of: str) -> None:
        """Write into the access log that somebody looked at something."""
        looked(self.engine, actor, self.clock(), action, kind, key, **of)

    def listed(
        self, actor: Actor, action: str, shown: Iterable[HeldManifest], **asked: str
    ) -> None:
        """Write down who asked for a list of manifests, and each that was shown; all or none.

        Who asks in vain has looked too: one line for the question, one for each answer.
        """
        now = self.clock()
        lines = [line_of(actor, now, action, "manifest", "", asked)]
        lines += (
            line_of(actor, now, action, "manifest", str(one.number), {}, movement=one.movement)
            for one in shown
        )
        write_looks(self.engine, lines)
