"""A time in which a node says that a part of its work is not done (SY-070, SY-071).

Whoever is away says so: nobody speaks of another's node. A notice is known by the number that its
giver gave it, and what was said last of a number holds, whatever order the messages come in.
Outages of one function that touch are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from exchange_node.domain.message import BUSINESS_ANSWER, CODES, Service

NOTICE, SCHEDULE = "SY-070", "SY-071"

LONGEST = timedelta(days=30)
"""How long one outage may be announced for (our choice)."""

LONGEST_QUEUED = timedelta(days=6)
"""How long partners may be asked to let messages wait (our choice): what is older than seven days
when it comes is refused for its age."""

SKEW = timedelta(minutes=2)
"""How much sooner than announced an outage counts (our choice): clocks are not one. That it has
ended is believed at once, since what fails then is tried again."""

UNPLANNED_WITHIN = timedelta(minutes=30)
"""After an unplanned outage began, its notice is due (our choice) where no agreement says when."""

MOST_AHEAD = 50
"""Outages in one schedule, and those of one node that have not ended (our choice)."""

_LEADS = ((timedelta(hours=4), 5), (timedelta(days=1), 10))
_LONG_LEAD = 30


class Function(StrEnum):
    """What of a node's work is not done.

    RECEIVE: nothing is taken in. RELEASE: officers let nothing go: nothing comes from there.
    """

    RECEIVE = "receive"
    TRANSIT = "transit"
    RISK = "risk"
    ASSISTANCE = "assistance"
    RELEASE = "release"


class Meanwhile(StrEnum):
    """What others are to do with what they have for a node that is away."""

    QUEUE = "queue"
    FAIL = "fail"


_CONCERNS = {
    Function.RECEIVE: frozenset(Service),
    Function.TRANSIT: frozenset({Service.TRANSIT}),
    Function.RISK: frozenset({Service.RISK}),
    Function.ASSISTANCE: frozenset({Service.ASSISTANCE}),
    Function.RELEASE: frozenset[Service](),
}

_BEGINNING = frozenset({"TM-010", "TM-011", "RA-010", "MA-010", "MA-020", "MA-030"})
"""What an officer begins, and can do by another way when it fails. What tells of something that has
happened, or answers, waits in any case: nobody would know it otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One time in which a node is away.

    Attributes:
        number: the giver's, unique among its own.
        party: whose work is not done; the giver itself.
        functions: at least one, each once.
        ends: not yet away any more; begins < ends.
        reason: in the giver's words; for officers.
        paper: whether the giver takes the paper forms of the procedure meanwhile.
        told_at: when it was said, by the giver's clock.
        is_withdrawn: there is none, or it has ended: the same number, said again.
    """

    number: str
    party: str
    functions: tuple[Function, ...]
    begins: datetime
    ends: datetime
    reason: str
    meanwhile: Meanwhile
    paper: bool
    is_planned: bool
    told_at: datetime
    is_withdrawn: bool = False

    def has_begun(self, now: datetime) -> bool:
        """Whether it counts as begun, by clocks that differ."""
        return not self.is_withdrawn and self.begins - SKEW <= now

    def is_on(self, now: datetime) -> bool:
        """Whether the node is away now, as far as anybody was told."""
        return self.has_begun(now) and now < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """That a partner is away for a message: until when, why, and what is to be done meanwhile.

    Attributes:
        told_at: when the partner said so, by its clock.
    """

    party: str
    until: datetime
    reason: str
    meanwhile: Meanwhile
    paper: bool
    told_at: datetime

    @property
    def said(self) -> str:
        """One English sentence, for the message that waits."""
        paper = "takes" if self.paper else "does not take"
        return (
            f"{self.party} is away until {self.until:%Y-%m-%d %H:%M} UTC ({self.reason or '-'});"
            f" it {paper} paper meanwhile"
        )


def away_for(outages: Iterable[Outage], code: str, now: datetime) -> Away | None:
    """Return what a node's outages mean for a message of a code to it; None where it may go.

    Where one outage asks to let messages fail, they fail. The end is that of all that touch.
    """
    concerned = [one for one in outages if _concerns(one, code)]
    on = [one for one in concerned if one.is_on(now)]
    if not on:
        return None
    fails = [one for one in on if one.meanwhile is Meanwhile.FAIL and code in _BEGINNING]
    said = max(fails or on, key=lambda one: one.ends)
    return Away(
        party=said.party,
        until=end_of(concerned, now),
        reason=said.reason,
        meanwhile=Meanwhile.FAIL if fails else Meanwhile.QUEUE,
        paper=said.paper,
        told_at=said.told_at,
    )


def was_away(outages: Iterable[Outage], code: str, since: datetime, until: datetime) -> bool:
    """Whether a node was away for a message of a code at any time from `since` up to `until`.

    What was withdrawn before its end counts up to then.
    """
    return any(
        _concerns(one, code)
        and one.begins <= until
        and max(one.begins, since) < (min(one.ends, one.told_at) if one.is_withdrawn else one.ends)
        for one in outages
    )


def end_of(outages: Sequence[Outage], now: datetime) -> datetime:
    """Return when the last ends of those that are on now and those that touch them."""
    until = now
    for one in sorted(outages, key=lambda one: one.begins):
        if one.has_begun(until) and one.ends > until:
            until = one.ends
    return until


def _concerns(outage: Outage, code: str) -> bool:
    kind = CODES[code]
    if kind.code == BUSINESS_ANSWER or kind.service is Service.SYSTEM:
        return Function.RECEIVE in outage.functions
    return any(kind.service in _CONCERNS[one] for one in outage.functions)


def working_days_due(outage: Outage) -> int:
    """Return how many working days ahead a planned outage is to be announced (our choice).

    Where agreements say how early, that counts. Five for one of up to four hours, ten for one of up
    to a day, thirty for a longer one.
    """
    length = outage.ends - outage.begins
    return next((days for most, days in _LEADS if length <= most), _LONG_LEAD)


def working_days(first: date, last: date) -> int:
    """Return how many days from Monday to Friday lie from one day to before another.

    Holidays are each country's own, and no list of them is held.
    """
    days = (last - first).days
    weeks, rest = divmod(max(days, 0), 7)
    return weeks * 5 + sum((first.weekday() + one) % 7 < 5 for one in range(rest))
