from __future__ import annotations

from hashlib import sha256

from exchange_node.risk.names.comparing import THRESHOLD, score
from exchange_node.risk.names.keys import HEARING, name_keys
from tools.doc_names import Figures, measured, spellings

FOUND = 0.95
FALSE = 0.0015
HEARD = ("1", "c8f8be276bfd5e0c46a3bc13fac1606f88804c16cf9fa212d8117ac1428d2619")
"""`HEARING`, and what the keys of the list come to under it."""


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


def test_names_have_the_keys_that_held_names_were_given_or_held_names_are_heard_again() -> None:
    lines = [f"{one.name}\t{' '.join(sorted(name_keys(one.name)))}" for one in spellings()]
    found = sha256("\n".join(lines).encode()).hexdigest()

    assert (HEARING, found) == HEARD, "names have other keys: raise HEARING, then put both here"
