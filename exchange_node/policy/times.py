"""Versions held here + who takes part → how long they give a step (`requests.clocks`)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from exchange_node.domain.countersigning.standing import day_of
from exchange_node.policy.deciding import BINDING, HeldAgreement


def among(
    agreements: Iterable[HeldAgreement], parties: Iterable[str], at: datetime
) -> list[HeldAgreement]:
    """Return the agreements of those who take part in a movement, each in the version that counts.

    That is the last one that was in force by that moment: what was agreed for a movement outlives
    a suspension, and the end of the agreement. A text that both have not signed counts for nothing.
    """
    taking, day = set(parties), day_of(at)
    last: dict[str, HeldAgreement] = {}
    for one in agreements:
        agreement = one.agreement
        if one.stage not in BINDING or not one.has_begun(day):
            continue
        if not {party.node for party in agreement.parties} <= taking:
            continue
        known = last.get(agreement.agreement_id)
        if known is None or known.agreement.version < agreement.version:
            last[agreement.agreement_id] = one
    return list(last.values())


def least(agreements: Iterable[HeldAgreement], clock: str) -> int | None:
    """Return the shortest time that agreements give one of their clocks; None for no clock."""
    return min(_lengths(agreements, clock), default=None)


def longest(agreements: Iterable[HeldAgreement], clock: str) -> int | None:
    """Return the longest time that agreements give one of their clocks; None for no clock."""
    return max(_lengths(agreements, clock), default=None)


def _lengths(agreements: Iterable[HeldAgreement], clock: str) -> Iterator[int]:
    for one in agreements:
        if one.agreement.requests is not None:
            length = getattr(one.agreement.requests.clocks, clock)
            if length is not None:
                yield length


def passed(limit: date) -> datetime:
    """Return the moment at which the time limit of a manifest has passed."""
    return datetime.combine(limit, time.min, UTC) + timedelta(days=1)


def recovery_begins(limit: date, months: int) -> datetime:
    """Return when the stage of recovery begins: so many months after a time limit has passed."""
    return months_later(passed(limit), months)


def months_later(moment: datetime, months: int) -> datetime:
    """Return the same day some months later, or the last one of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
