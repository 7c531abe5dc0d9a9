"""The paper that goes with the goods bears the text that the partner has, not a later one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.movement import Event
from exchange_node.node import printing
from tests.exchange.releasing import ONE, TWO, asking_for, only
from tests.exchange.test_amendment import MRN, NEW_SEAL, Way
from tests.world import OPERATOR, POST, Pair, pair_of_nodes

FIRST_SEAL = "KZS0041701"


@pytest.fixture(name="way")
def _way(tmp_path: Path) -> Iterator[Way]:
    with pair_of_nodes(tmp_path) as pair:
        yield Way(pair)


def on_paper(way: Way, seal: str) -> bool:
    """Whether a seal stands on the paper that is printed at the departure now."""
    return any(seal in row.value for row in printing(way.pair.kz).print(POST, MRN).rows)


def let_out(pair: Pair) -> None:
    """Let what waits for two officers go its way."""
    waiting = only(pair)
    for officer in (ONE, TWO):
        pair.kz.releasing.approve(officer, waiting["message_id"], digest=waiting["digest"])
    pair.run()


def test_it_bears_the_amendment_as_soon_as_it_is_told(way: Way) -> None:
    way.pair.submit()
    way.pair.run()
    way.amend()

    assert on_paper(way, NEW_SEAL)
    assert not on_paper(way, FIRST_SEAL)


@pytest.mark.parametrize("is_refused", [True, False])
def test_it_bears_the_first_text_while_officers_have_not_let_the_next_one_out(
    *, is_refused: bool, way: Way
) -> None:
    way.pair.agree_anew(asking_for("two"))
    way.pair.submit()
    with pytest.raises(UnknownRecordError):
        printing(way.pair.kz).print(POST, MRN)
    let_out(way.pair)

    way.amend()
    if is_refused:
        way.pair.kz.releasing.refuse(ONE, only(way.pair)["message_id"], why="the wrong seal")

    assert on_paper(way, FIRST_SEAL)
    if not is_refused:
        let_out(way.pair)
        assert on_paper(way, NEW_SEAL)


def test_it_bears_the_first_text_after_the_next_one_was_stopped(way: Way) -> None:
    way.pair.submit()
    way.pair.run()
    message = way.amend()["message_id"]
    way.pair.kz.operating.hold(OPERATOR, message, why="a wrong seal")
    way.pair.kz.operating.cancel(OPERATOR, message, why="a wrong seal")

    assert on_paper(way, FIRST_SEAL)


def test_it_bears_the_first_text_after_the_partner_refused_the_next_one(way: Way) -> None:
    way.pair.submit()
    way.pair.run()
    way.tell("uz", Event.ENTRY)
    message = way.amend()["message_id"]
    way.pair.run()
    assert not way.answer(message).accepted

    assert on_paper(way, FIRST_SEAL)
