from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange_node.domain.names.letters import folded_letters
from exchange_node.domain.names.sounds import nearness, skeletons
from exchange_node.risk.names.comparing import score
from exchange_node.risk.names.keys import MOST_KEYS, fits, name_keys
from exchange_node.risk.names.letters import sounds_of

LETTERS = (
    "abcçdeəfgğhıijklmnoöpqrsştuüvwxyzʻ'АБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҮФХЦЧШЩЪЫЬЭЮЯ"
    "ابپتجچحخدذرزسشصطظعغفقکگلمنوهیაბგდევზთიკლმნოპჟრს张伟李国强王ᠪᠠᠲᠤ .-«»\u200c\u0301ﬁ①"
)
NAMES = st.text(alphabet=LETTERS, max_size=24) | st.text(max_size=24)


@given(one=NAMES, other=NAMES)
def test_laws_score_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    assert score(one, other) == score(other, one)
    assert 0 <= score(one, other) <= 1


@given(name=NAMES)
def test_laws_a_name_is_itself_unless_nothing_in_it_is_read(name: str) -> None:
    assert score(name, name) == (1.0 if name_keys(name) else 0.0)


@given(text=st.text())
def test_laws_folding_twice_changes_nothing(text: str) -> None:
    assert folded_letters(folded_letters(text)) == folded_letters(text)


@given(name=NAMES)
def test_laws_case_and_width_do_not_count(name: str) -> None:
    assert score(name, folded_letters(name)) == score(name, name)


@given(one=NAMES, other=NAMES)
def test_laws_what_fits_shares_a_key(one: str, other: str) -> None:
    assert not fits(one, other) or name_keys(one) & name_keys(other)
    assert len(name_keys(one)) <= MOST_KEYS


@settings(max_examples=200)
@given(one=NAMES, other=NAMES)
def test_laws_nearness_is_a_share_and_words_have_consonants(one: str, other: str) -> None:
    mine, yours = sounds_of(folded_letters(one)), sounds_of(folded_letters(other))

    for loose in (False, True):
        assert nearness(mine, yours, loose=loose) == nearness(yours, mine, loose=loose)
        assert 0 <= nearness(mine, yours, loose=loose) <= 1
    assert all(skeletons(mine))
