"""A matter's clocks: what starts each, what stops it, when it runs out.

How long each runs is text of the agreement: nothing is counted here that it does not say. Days are
days of 24 hours from the moment that counts at this side: at the requester when the request was
made, at the requested party when it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from exchange_node.domain.agreement.clauses.assistance import Requests
from exchange_node.domain.assistance.life import Act


class Clock(StrEnum):
    """What a clock waits for."""

    CONFIRM = "confirm"
    ACKNOWLEDGE = "acknowledge"
    INTERIM = "interim"
    ANSWER = "answer"
    POSTPONEMENT = "postponement"


_ENDS = frozenset(
    {
        Act.COMPLETE,
        Act.REMAINDER_REFUSED,
        Act.NOTHING_FOUND,
        Act.REFUSED,
        Act.REJECTED,
        Act.UNDELIVERED,
    }
)

STOPS: Mapping[Clock, frozenset[Act]] = MappingProxyType(
    {
        Clock.CONFIRM: frozenset({Act.CONFIRMED}),
        Clock.ACKNOWLEDGE: _ENDS | {Act.ACKNOWLEDGED, Act.INTERIM, Act.POSTPONED, Act.PARTIAL},
        Clock.INTERIM: _ENDS | {Act.INTERIM, Act.POSTPONED, Act.PARTIAL},
        Clock.ANSWER: _ENDS,
        Clock.POSTPONEMENT: _ENDS,
    }
)
"""What stops each clock."""


def of_request(clause: Requests | None, at: datetime) -> Mapping[Clock, datetime]:
    """Return when the clocks of a request run out that counts from a moment."""
    if clause is None:
        return {}
    days = {
        Clock.ACKNOWLEDGE: clause.clocks.acknowledge_days,
        Clock.INTERIM: clause.clocks.interim_notice_days,
        Clock.ANSWER: clause.clocks.response_days,
    }
    return {
        clock: at + timedelta(days=number) for clock, number in days.items() if number is not None
    }


def of_oral(clause: Requests | None, at: datetime) -> Mapping[Clock, datetime]:
    """Return when an oral request lapses that was made at a moment; nothing where it never does."""
    if clause is None or clause.oral_confirm_hours is None:
        return {}
    return {Clock.CONFIRM: at + timedelta(hours=clause.oral_confirm_hours)}
