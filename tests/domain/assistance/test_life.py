from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.assistance.life import MOVES, OPEN, Act, Stage, Who, moved
from exchange_node.domain.assistance.papers import MESSAGES
from exchange_node.domain.errors import IllegalStepError

ENDS = {
    Stage.ANSWERED, Stage.REFUSED, Stage.REJECTED, Stage.LAPSED, Stage.CONFIRMED, Stage.INFORMED,
}  # fmt: skip


def test_every_stage_is_reached_and_every_open_one_can_be_ended() -> None:
    reached = {move.to for move in MOVES.values()}
    assert reached == set(Stage) - {Stage.NEW}
    for stage in OPEN:
        assert Stage.ANSWERED in {to.to for (before, _), to in MOVES.items() if before is stage}
        assert Stage.REFUSED in {to.to for (before, _), to in MOVES.items() if before is stage}


@pytest.mark.parametrize(("stage", "act"), list(itertools.product(Stage, Act)))
def test_what_no_row_has_is_refused_with_whose_turn_it_is(stage: Stage, act: Act) -> None:
    move = MOVES.get((stage, act))
    if move is None:
        for who in Who:
            with pytest.raises(IllegalStepError, match=stage.value):
                moved("q1", stage, act, who, is_arriving=True)
        return
    assert moved("q1", stage, act, move.who, is_arriving=True) is move.to
    if move.is_late:
        with pytest.raises(IllegalStepError, match="nobody"):
            moved("q1", stage, act, move.who)


def test_only_the_requested_side_replies() -> None:
    for (stage, act), move in MOVES.items():
        if act in MESSAGES:
            assert move.who is Who.REQUESTED
            with pytest.raises(IllegalStepError):
                moved("q1", stage, act, Who.REQUESTER, is_arriving=True)


@given(st.lists(st.sampled_from(list(MESSAGES)), max_size=8))
def test_laws_what_was_answered_or_refused_stays_so(acts: list[Act]) -> None:
    stage, ended = Stage.REQUESTED, False
    for act in acts:
        try:
            stage = moved("q1", stage, act, Who.REQUESTED, is_arriving=True)
        except IllegalStepError:
            continue
        if ended:
            assert stage in ENDS
        ended = stage in ENDS
