"""Movement → what is drawn for it, once: with the key of the day on which it is first judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from exchange_node.risk.deciding.draws import (
    KEY_BYTES,
    Draw,
    begins,
    commitment_to,
    number_for,
)
from exchange_node.risk.deciding.rules import RuleSet
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.deciding import draws
from exchange_node.store.payloads import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Draws.

    Attributes:
        random_bytes: where the days' keys come from.
    """

    rules: RuleSet
    vault: Vault
    random_bytes: Callable[[int], bytes]

    def draw(self, conn: Connection, movement: str, at: datetime, *, test: bool) -> Draw | None:
        """Return what is drawn for a movement: the first time now, later what was drawn then.

        None where the rule set draws nothing of this kind, and nothing was drawn before.
        """
        kept = draws.perhaps(conn, movement, test=test)
        share = self.rules.share.of(test=test)
        if kept is None:
            if not share:
                return None
            kept = draws.keep(conn, movement, self._new(conn, movement, at, test), at, test=test)
        return Draw(
            day=kept.day,
            rules=kept.rules,
            number=kept.number,
            per_million=kept.per_million,
            is_verifiable=kept.is_verifiable,
        )

    def commit(self, conn: Connection, day: date, at: datetime) -> str:
        """Make the key of a day and commit to it; return the commitment, or "" where it has one.

        A day that has begun is committed to as well, since it draws; but nobody outside can tell
        then that the key was not chosen, and an operator is told so.
        """
        key = self.random_bytes(KEY_BYTES)
        commitment = commitment_to(key)
        if not draws.commit(conn, day, key, commitment, at, self.vault):
            return ""
        if at >= begins(day):
            leave_notice(conn, "draw.unverifiable", day.isoformat(), at, day=day.isoformat())
        return commitment

    def _new(self, conn: Connection, movement: str, at: datetime, test: bool) -> draws.KeptDraw:  # noqa: FBT001 - called above alone
        day = at.astimezone(UTC).date()
        if day not in draws.committed(conn, (day,)):
            self.commit(conn, day, at)
        key = draws.key_of(conn, day, self.vault)
        digest = self.rules.digest
        return draws.KeptDraw(
            day=day,
            rules=digest,
            number=number_for(key, movement, digest, test=test),
            per_million=self.rules.share.of(test=test),
            is_verifiable=draws.day(conn, day).committed_at < begins(day),
        )
