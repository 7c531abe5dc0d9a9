"""Stage + the clock → how a version of an agreement stands on a day.

What dates decide is never kept: scheduled, active, superseded and expired follow from the text, the
other versions and the day, each time that somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from exchange_node.domain.countersigning.life import Stage


class Standing(StrEnum):
    """How a version stands on a day."""

    DRAFT = "draft"
    OFFERED = "offered"
    REFUSED = "refused"
    COUNTERSIGNED = "countersigned"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class When(StrEnum):
    """What the clock has to say to a version."""

    ALWAYS = "on every day"
    OVERTAKEN = "once a newer version decides"
    PAST = "after its last day"
    AHEAD = "before its first day"
    WITHIN = "from its first day to its last"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a stage stands when the clock says so."""

    stages: frozenset[Stage]
    when: When
    standing: Standing


_IN_FORCE = frozenset({Stage.AGREED, Stage.SUSPENDED})
_OPEN = frozenset({Stage.OFFERED, Stage.COUNTERSIGNED})

READINGS: tuple[Reading, ...] = (
    Reading(frozenset({Stage.DRAFT}), When.ALWAYS, Standing.DRAFT),
    Reading(frozenset({Stage.REFUSED}), When.ALWAYS, Standing.REFUSED),
    Reading(frozenset({Stage.TERMINATED}), When.ALWAYS, Standing.TERMINATED),
    Reading(_IN_FORCE, When.OVERTAKEN, Standing.SUPERSEDED),
    Reading(_IN_FORCE | _OPEN, When.PAST, Standing.EXPIRED),
    Reading(frozenset({Stage.OFFERED}), When.ALWAYS, Standing.OFFERED),
    Reading(frozenset({Stage.COUNTERSIGNED}), When.ALWAYS, Standing.COUNTERSIGNED),
    Reading(frozenset({Stage.SUSPENDED}), When.ALWAYS, Standing.SUSPENDED),
    Reading(frozenset({Stage.AGREED}), When.AHEAD, Standing.SCHEDULED),
    Reading(frozenset({Stage.AGREED}), When.WITHIN, Standing.ACTIVE),
)
"""The first row that fits says how a version stands."""


def day_of(at: datetime) -> date:
    """Return the day that counts at a moment: that of UTC, wherever the clock hangs."""
    return at.astimezone(UTC).date()


def standing_on(
    on: date, stage: Stage, *, in_force_on: date, expires_on: date, is_overtaken: bool
) -> Standing:
    """Return how a version stands on a day (UTC); its first and its last day are included.

    `is_overtaken` says that a newer version of the agreement decides on that day.
    """
    said = {
        When.ALWAYS: True,
        When.OVERTAKEN: is_overtaken,
        When.PAST: on > expires_on,
        When.AHEAD: on < in_force_on,
        When.WITHIN: in_force_on <= on <= expires_on,
    }
    return next(one.standing for one in READINGS if stage in one.stages and said[one.when])
