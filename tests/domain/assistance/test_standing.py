from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.assistance.life import MOVES, OPEN, Act, Stage
from exchange_node.domain.assistance.standing import Standing, Word, standing_after

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
REPLIES = sorted({act for (stage, act) in MOVES if stage in OPEN} - {Act.REJECTED, Act.RESUMED,
                                                                     Act.UNDELIVERED})  # fmt: skip


def word(act: Act, day: int, until: int | None = None, ground: str = "") -> Word:
    at = AT + timedelta(days=day)
    return Word(
        act=act, at=at, dated=at, ground=ground, until=AT + timedelta(days=until) if until else None
    )


def test_an_answer_closes_it_at_its_own_moment() -> None:
    standing = standing_after([word(Act.ACKNOWLEDGED, 1), word(Act.COMPLETE, 5)])

    assert standing == Standing(
        stage=Stage.ANSWERED,
        acknowledged_at=AT + timedelta(days=1),
        closed_at=AT + timedelta(days=5),
    )


def test_a_postponement_ends_by_itself_before_the_next_word() -> None:
    postponed = word(Act.POSTPONED, 1, until=10, ground="proceedings")

    before = standing_after([postponed]).at(AT + timedelta(days=9))
    after = standing_after([postponed]).at(AT + timedelta(days=10))
    told = standing_after([postponed, word(Act.INTERIM, 11)])

    assert (before.stage, after.stage, told.stage) == (
        Stage.POSTPONED,
        Stage.ACKNOWLEDGED,
        Stage.ACKNOWLEDGED,
    )
    assert told.postponed_at == AT + timedelta(days=1)


def test_the_first_postponement_is_the_one_that_days_count_from() -> None:
    standing = standing_after([word(Act.POSTPONED, 1, until=10), word(Act.POSTPONED, 4, until=20)])

    assert standing.postponed_at == AT + timedelta(days=1)
    assert standing.postponed_until == AT + timedelta(days=20)


def test_what_a_later_word_overtook_changes_nothing() -> None:
    answered = [word(Act.COMPLETE, 1)]

    assert standing_after([*answered, word(Act.ACKNOWLEDGED, 2)]) == standing_after(answered)


@given(st.lists(st.sampled_from(REPLIES), max_size=8), st.data())
def test_laws_a_word_left_out_leaves_what_the_others_say(
    acts: list[Act], data: st.DataObject
) -> None:
    words = [word(act, day, until=day + 3) for day, act in enumerate(acts)]
    kept = [one for one in words if data.draw(st.booleans(), label=one.act.value)]

    standing = standing_after(kept)

    assert (standing.closed_at is None) <= (standing.stage in OPEN)
    assert (standing.acknowledged_at is None) == (not kept)
    assert standing.stage is not Stage.UNDELIVERED
