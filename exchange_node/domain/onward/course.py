"""A request and the answers that have come → how it stands at a moment, and what it permits.

Nothing of this is kept: it follows from the rows. Silence is no: whatever does not say yes, says
no. After the due moment a request stands as refused by silence; an answer that comes later counts
from when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from exchange_node.domain.onward.asking import Asking, OnwardAnswer, OnwardRequest, Outcome
from exchange_node.domain.onward.wanted import Consent

_SATURDAY = 5


class Course(StrEnum):
    """How a request stands."""

    TOLD = "told"
    ASKED = "asked"
    SILENT = "refused by silence"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVER = "over"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An answer, and when it was taken here."""

    answer: OnwardAnswer
    at: datetime


def due_after(at: datetime, working_days: int) -> datetime:
    """Return the end of the last of so many working days after a day (UTC).

    Monday to Friday work; public holidays differ between the two sides and count as working days.
    """
    day, left = at.astimezone(UTC).date(), working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


def answer_at(answers: Iterable[Taken], at: datetime) -> Taken | None:
    """Return the answer that holds at a moment: the supplier's latest of those that had come."""
    come = [one for one in answers if one.at <= at]
    return max(come, key=lambda one: one.answer.ordinal, default=None)


def course_at(request: OnwardRequest, answers: Iterable[Taken], at: datetime) -> Course:
    """Return how a request stands at a moment."""
    if request.asking is Asking.NOTICE:
        return Course.TOLD
    holds = answer_at(answers, at)
    if holds is None:
        is_late = request.due_at is not None and request.due_at <= at
        return Course.SILENT if is_late else Course.ASKED
    match holds.answer.outcome:
        case Outcome.REFUSED:
            return Course.REFUSED
        case Outcome.WITHDRAWN:
            return Course.WITHDRAWN
        case Outcome.GRANTED:
            until = _until(request, holds.answer)
            return Course.OVER if until is not None and until <= at else Course.GRANTED


def consent_at(request: OnwardRequest, answers: Iterable[Taken], at: datetime) -> Consent | None:
    """Return what a request permits at a moment; None where it permits nothing."""
    come = tuple(answers)
    holds = answer_at(come, at)
    if holds is None or course_at(request, come, at) is not Course.GRANTED:
        return None
    return Consent(
        wanted=request.wanted,
        request_id=request.request_id,
        given_at=holds.at,
        until=_until(request, holds.answer),
    )


def _until(request: OnwardRequest, answer: OnwardAnswer) -> datetime | None:
    """Return when a consent ends: never later than it was asked for."""
    ends = [one for one in (request.until, answer.until) if one is not None]
    return min(ends, default=None)
