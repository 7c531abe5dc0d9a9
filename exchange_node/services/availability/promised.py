"""How early agreements in force want an outage told → what is remarked of one that is told later.

Of several agreements the strictest counts; where none says it, what the node means by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from exchange_node.domain.agreement.clauses.operation import ServiceLevel
from exchange_node.domain.availability.outage import (
    UNPLANNED_WITHIN,
    Outage,
    working_days,
    working_days_due,
)
from exchange_node.domain.countersigning.standing import Standing, day_of
from exchange_node.domain.finding import Finding
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.availability.rules import LATE_AGREED, LATE_NOTICE, LATE_PLAN

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def late_findings(
    outage: Outage, held: Iterable[HeldAgreement], now: datetime
) -> tuple[Finding, ...]:
    """Return what is remarked of an outage of ours that is told now."""
    levels = _in_force(tuple(held), outage.party, now)
    return _late_plan(outage, levels, now) if outage.is_planned else _late(outage, levels, now)


def _in_force(held: tuple[HeldAgreement, ...], own: str, now: datetime) -> list[ServiceLevel]:
    return [
        one.agreement.sla
        for one in held
        if one.agreement.sla is not None
        and own in {party.node for party in one.agreement.parties}
        and one.standing(day_of(now), held) is Standing.ACTIVE
    ]


def _late_plan(
    outage: Outage, levels: Iterable[ServiceLevel], now: datetime
) -> tuple[Finding, ...]:
    length = outage.ends - outage.begins
    # The entry for work of that length is the one for the shortest work that is as long.
    fitting = [
        [one for one in level.maintenance if length <= one.longest_minutes * _MINUTE]
        for level in levels
    ]
    hours = [
        min(some, key=lambda one: one.longest_minutes).notice_hours for some in fitting if some
    ]
    if hours:
        ahead = outage.begins - now
        if ahead >= max(hours) * _HOUR:
            return ()
        found = LATE_AGREED.found(value=outage.number, ahead=ahead // _HOUR, due=max(hours))
        return (found,)
    days, due = working_days(now.date(), outage.begins.date()), working_days_due(outage)
    return (LATE_PLAN.found(value=outage.number, ahead=days, due=due),) if days < due else ()


def _late(outage: Outage, levels: Iterable[ServiceLevel], now: datetime) -> tuple[Finding, ...]:
    agreed = [
        one.outage_notice_minutes * _MINUTE
        for one in levels
        if one.outage_notice_minutes is not None
    ]
    within = min(agreed, default=UNPLANNED_WITHIN)
    if now - outage.begins <= within:
        return ()
    since = outage.begins.isoformat()
    return (LATE_NOTICE.found(value=outage.number, since=since, minutes=within // _MINUTE),)
