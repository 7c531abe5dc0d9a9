from __future__ import annotations

from exchange_node.risk.names.comparing import THRESHOLD, score
from tools.doc_names import Figures, measured, spellings

FOUND = 0.95
FALSE = 0.0015


def test_the_list_is_found_again_with_few_mistaken() -> None:
    made: Figures = measured()

    assert made.recall >= FOUND
    assert made.false_share <= FALSE
    assert made.others > 100_000


def test_every_spelling_of_the_list_is_itself() -> None:
    assert {score(one.name, one.name) for one in spellings()} == {1.0}


def test_no_two_of_the_list_are_written_alike() -> None:
    every = spellings()

    assert len({one.name for one in every}) == len(every)


def test_whoever_shares_a_family_name_alone_is_somebody_else() -> None:
    assert score("Сейтжанов Ерлан Болатович", "SEITZHANOV NURLAN") < THRESHOLD
