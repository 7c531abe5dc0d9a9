from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.assistance.life import OPEN, Stage
from exchange_node.domain.assistance.reciprocity import Matter, tally

AT = datetime(2026, 6, 1, tzinfo=UTC)
ASKED = datetime(2026, 3, 1, tzinfo=UTC)
OF_REQUESTS = sorted(OPEN | {Stage.ANSWERED, Stage.REFUSED, Stage.REJECTED})


def request(stage: Stage, *, days: float | None = None, due: datetime | None = None) -> Matter:
    return Matter(
        is_oral=False,
        stage=stage,
        asked_at=ASKED,
        closed_at=None if days is None else ASKED + timedelta(days=days),
        answer_due=due,
    )


@given(st.lists(st.sampled_from(OF_REQUESTS)))
def test_laws_of_a_tally_every_request_asked_has_one_end(stages: list[Stage]) -> None:
    found = tally([request(one) for one in stages], AT)

    assert found.asked == found.answered + found.refused + found.open
    assert found.asked == len(stages) - stages.count(Stage.REJECTED)
    assert sum(found.refused_by.values()) == found.refused


def test_the_days_to_an_answer_are_a_mean_of_those_answered_alone() -> None:
    found = tally(
        [
            request(Stage.ANSWERED, days=1),
            request(Stage.ANSWERED, days=2.5),
            request(Stage.REFUSED, days=90),
        ],
        AT,
    )

    assert found.mean_days == 1.8


def test_where_nothing_was_answered_there_is_no_mean() -> None:
    assert tally([request(Stage.REQUESTED)], AT).mean_days is None


def test_overdue_is_what_is_open_past_its_clock_and_not_put_off() -> None:
    moment = timedelta(seconds=1)
    found = tally(
        [
            request(Stage.REQUESTED, due=AT),
            request(Stage.PARTLY_ANSWERED, due=AT - moment),
            request(Stage.REQUESTED, due=AT + moment),
            request(Stage.REQUESTED),
            request(Stage.POSTPONED, due=AT - moment),
        ],
        AT,
    )

    assert (found.open, found.overdue) == (5, 2)


def test_oral_requests_are_counted_apart_from_written_ones() -> None:
    found = tally(
        [
            Matter(is_oral=True, stage=stage, asked_at=ASKED)
            for stage in (Stage.ORAL, Stage.LAPSED, Stage.CONFIRMED)
        ],
        AT,
    )

    assert (found.asked, found.oral, found.lapsed) == (0, 3, 1)
