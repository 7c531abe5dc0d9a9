"""What was said to a request → how it stands: each word moves it on, and any can be left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from exchange_node.domain.assistance.life import MOVES, OPEN, Act, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One reply, as far as it moves a request.

    Attributes:
        at: when it was entered here.
        dated: when its issuer says that it was issued, no later than clocks may differ.
        ground: of a refusal or a postponement.
        until: of a postponement.
    """

    act: Act
    at: datetime
    dated: datetime
    ground: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a request stands, as its row has it."""

    stage: Stage = Stage.REQUESTED
    ground: str = ""
    acknowledged_at: datetime | None = None
    postponed_at: datetime | None = None
    postponed_until: datetime | None = None
    closed_at: datetime | None = None

    def after(self, word: Word) -> Standing:
        """Return how it stands after a reply; what a later one overtook changes nothing."""
        move = MOVES.get((self.stage, word.act))
        if move is None or move.is_late:
            return self
        is_postponed = word.act is Act.POSTPONED
        return Standing(
            stage=move.to,
            ground=word.ground or self.ground,
            acknowledged_at=self.acknowledged_at or word.at,
            postponed_at=self.postponed_at or (word.dated if is_postponed else None),
            postponed_until=word.until if is_postponed else self.postponed_until,
            closed_at=self.closed_at or (None if move.to in OPEN else word.at),
        )

    def at(self, moment: datetime) -> Standing:
        """Return how it stands at a moment: a postponement ends by itself."""
        until = self.postponed_until
        if self.stage is Stage.POSTPONED and until is not None and until <= moment:
            return replace(self, stage=MOVES[self.stage, Act.RESUMED].to)
        return self


def standing_after(words: Iterable[Word]) -> Standing:
    """Return how a request stands to which all this was said, in this order."""
    standing = Standing()
    for word in words:
        standing = standing.at(word.at).after(word)
    return standing
