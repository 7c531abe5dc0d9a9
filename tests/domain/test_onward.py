from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.onward.asking import Asking, OnwardAnswer, OnwardRequest, Outcome
from exchange_node.domain.onward.course import Course, Taken, consent_at, course_at, due_after
from exchange_node.domain.onward.wanted import RecordName, Use, Wanted
from exchange_node.domain.retention import Kept

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
REQUEST = OnwardRequest(
    request_id="r1",
    party="customs.uz",
    asking=Asking.CONSENT,
    wanted=Wanted(
        record=RecordName(kind=Kept.MANIFEST, subject="KZ/mrn/1", message_id="m1"),
        recipient="AGENCY",
        use=Use.WORK,
        purpose="TRANSIT_CONTROL",
    ),
    why="because",
    at=MONDAY,
    due_at=due_after(MONDAY, 10),
)


def answer(outcome: Outcome, ordinal: int = 1, *, at: datetime = MONDAY, **said: object) -> Taken:
    made = OnwardAnswer(
        answer_id=f"a{ordinal}",
        party="customs.kz",
        request_id="r1",
        outcome=outcome,
        ordinal=ordinal,
        at=MONDAY,
    )
    return Taken(answer=replace(made, **said), at=at)  # type: ignore[arg-type]  # fields by their names


@pytest.mark.parametrize(
    ("at", "days", "due"),
    [
        (datetime(2026, 3, 2, 8, tzinfo=UTC), 1, datetime(2026, 3, 4, tzinfo=UTC)),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), 10, datetime(2026, 3, 17, tzinfo=UTC)),
        (datetime(2026, 3, 6, 23, tzinfo=UTC), 1, datetime(2026, 3, 10, tzinfo=UTC)),
        (datetime(2026, 3, 7, 1, tzinfo=UTC), 1, datetime(2026, 3, 10, tzinfo=UTC)),
    ],
)
def test_working_days_are_counted_from_the_day_after_and_end_at_midnight(
    at: datetime, days: int, due: datetime
) -> None:
    assert due_after(at, days) == due


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)), st.integers(1, 365))  # noqa: DTZ001 - the zone is added below
def test_laws_more_days_are_never_less_time(at: datetime, days: int) -> None:
    begin = at.replace(tzinfo=UTC)

    assert due_after(begin, days) < due_after(begin, days + 1)
    assert due_after(begin, days) > begin + timedelta(days=days)


def test_silence_is_a_refusal_from_the_due_moment_on() -> None:
    assert REQUEST.due_at is not None

    before = course_at(REQUEST, (), REQUEST.due_at - timedelta(seconds=1))
    after = course_at(REQUEST, (), REQUEST.due_at)

    assert (before, after) == (Course.ASKED, Course.SILENT)
    assert consent_at(REQUEST, (), REQUEST.due_at) is None


def test_a_notice_waits_for_nothing() -> None:
    told = replace(REQUEST, asking=Asking.NOTICE, due_at=None)

    assert course_at(told, (), MONDAY + timedelta(days=999)) is Course.TOLD


def test_the_highest_number_holds_whichever_came_first() -> None:
    later = answer(Outcome.WITHDRAWN, 2)
    earlier = answer(Outcome.GRANTED, 1, at=MONDAY + timedelta(days=1))

    assert course_at(REQUEST, (later, earlier), MONDAY + timedelta(days=2)) is Course.WITHDRAWN


def test_an_answer_counts_from_when_it_came() -> None:
    late = answer(Outcome.GRANTED, at=MONDAY + timedelta(days=40))

    states = [
        course_at(REQUEST, (late,), MONDAY + timedelta(days=days)) for days in (1, 39, 40, 41)
    ]

    assert states == [Course.ASKED, Course.SILENT, Course.GRANTED, Course.GRANTED]


@pytest.mark.parametrize(("asked", "given_until"), [(3, None), (None, 3), (3, 9), (9, 3)])
def test_a_consent_ends_at_the_earlier_of_what_was_asked_and_given(
    asked: int | None, given_until: int | None
) -> None:
    def day(days: int | None) -> datetime | None:
        return MONDAY + timedelta(days=days) if days else None

    request = replace(REQUEST, until=day(asked))
    granted = answer(Outcome.GRANTED, until=day(given_until))
    end = MONDAY + timedelta(days=3)

    consent = consent_at(request, (granted,), end - timedelta(seconds=1))

    assert consent is not None
    assert consent.until == end
    assert course_at(request, (granted,), end) is Course.OVER
    assert consent_at(request, (granted,), end) is None


def test_what_is_refused_permits_nothing() -> None:
    refused = answer(Outcome.REFUSED)

    assert course_at(REQUEST, (refused,), MONDAY) is Course.REFUSED
    assert consent_at(REQUEST, (refused,), MONDAY) is None
