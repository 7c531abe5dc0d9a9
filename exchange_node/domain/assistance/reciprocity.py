"""Matters that one side opened with the other → how many were asked, and what came of them.

Both nodes keep the same acts, so both reckon the same figures, but for what is on its way and for
oral requests, which each desk writes down for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange_node.domain.assistance.life import OPEN, Stage

_NEVER_ASKED = frozenset({Stage.REJECTED, Stage.UNDELIVERED})
"""Stages of a request that the partner does not have, as far as is known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What counts of a request, or of one made by word of mouth.

    Attributes:
        ground: why it was refused or postponed.
        closed_at: when it came to an end; None while it has not.
        was_postponed: at any time.
        answer_due: when the agreement's clock for its answer ends; None where none runs.
    """

    is_oral: bool
    stage: Stage
    asked_at: datetime
    ground: str = ""
    closed_at: datetime | None = None
    was_postponed: bool = False
    answer_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one side asked of the other; `asked` is `answered`, `refused` and `open` together.

    Attributes:
        answered: to the end, be it that nothing was found or the remainder refused.
        refused: as a whole, by ground in `refused_by`.
        postponed: of all that were asked, once or more, whatever came of them.
        overdue: of the open ones; what stands postponed is not.
        lapsed: of the oral ones: nobody confirmed them in time.
        mean_days: days of 24 hours to the answer, of those answered; None where none was.
    """

    asked: int
    answered: int
    refused: int
    refused_by: Mapping[str, int]
    postponed: int
    open: int
    overdue: int
    oral: int
    lapsed: int
    mean_days: float | None


def tally(matters: Sequence[Matter], at: datetime) -> Tally:
    """Count matters as they stand at a moment.

    A request that the partner's node could not take was never asked.
    """
    oral = [one for one in matters if one.is_oral]
    asked = [one for one in matters if not one.is_oral and one.stage not in _NEVER_ASKED]
    answered = [one for one in asked if one.stage is Stage.ANSWERED]
    refused = [one for one in asked if one.stage is Stage.REFUSED]
    still_open = [one for one in asked if one.stage in OPEN]
    return Tally(
        asked=len(asked),
        answered=len(answered),
        refused=len(refused),
        refused_by=dict(sorted(Counter(one.ground for one in refused).items())),
        postponed=sum(one.was_postponed for one in asked),
        open=len(still_open),
        overdue=sum(_is_overdue(one, at) for one in still_open),
        oral=len(oral),
        lapsed=sum(one.stage is Stage.LAPSED for one in oral),
        mean_days=_mean_days(answered),
    )


def _is_overdue(one: Matter, at: datetime) -> bool:
    is_due = one.answer_due is not None and one.answer_due <= at
    return is_due and one.stage is not Stage.POSTPONED


def _mean_days(answered: Sequence[Matter]) -> float | None:
    took = [one.closed_at - one.asked_at for one in answered if one.closed_at is not None]
    if not took:
        return None
    return round(sum(took, timedelta()) / len(took) / timedelta(days=1), 1)
