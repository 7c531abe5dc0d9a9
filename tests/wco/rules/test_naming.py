from __future__ import annotations

import pytest

from exchange_node.wco.rules.alerts import Words


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ("1980-02-29", "born 29/2/80"),
        ("1980-02-29", "born 2/29/80"),
        ("1980-02-29", "born 80 or so, 29. 2. 80"),
        ("1980-02-09", "on 1980-2-9"),
        ("Ли Вэй", "Li Wei drives"),
        ("Ли Вэй", "driver WEI, Li"),
        ("Ali Bek", "Ali, called Bek"),
        ("Али Бек", "Bek, whom they call Ali"),
        ("01A777BC", "O1A777BC"),
        ("O1A777BC", "lorry 01 a 777 bc"),
        ("KI0500", "KIO5OO"),
    ],
)
def test_a_text_gives_away_what_it_says_in_another_way(hidden: str, said: str) -> None:
    assert Words.of(said).give_away(hidden)


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ("1980-02-29", "on 30/2/80"),
        ("1980-02-29", "29/2 at 80 km/h"),
        ("Ali Bek", "Bek said that on the way there nobody saw Ali"),
        ("Ali Bek", "Bek drives"),
        ("An Li", "an important list"),
        ("01A777BC", "01A778BC"),
        ("Orzu LLC", "an LLC of Orz"),
    ],
)
def test_a_text_that_says_something_else_gives_nothing_away(hidden: str, said: str) -> None:
    assert not Words.of(said).give_away(hidden)
