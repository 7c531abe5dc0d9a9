from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange_node.domain.names.letters import folded_letters
from exchange_node.domain.names.sounds import (
    COSTS,
    GAPS,
    LOOSE_GAPS,
    nearness,
    reaches,
    skeletons,
)
from exchange_node.risk.names.comparing import THRESHOLD, compared, score
from exchange_node.risk.names.keys import MOST_KEYS, fits, name_keys
from exchange_node.risk.names.letters import sounds_of
from exchange_node.risk.names.reading import read
from exchange_node.risk.names.sifting import Sieve, form_of
from exchange_node.risk.names.traits import APART, GONE, GROUPS, are_far, traits_of

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


WORDS = st.sampled_from(
    (
        *("Ахмедов", "Ahmedov", "Akhmadov", "احمدوف", "Серик", "Serikbay", "Нур", "Nurlan", "Ли"),
        *("Li", "Wei", "王伟", "А.", "M.", "Олимович", "ұлы", "Али", "Ali", "Мухаммад", "محمد"),
        *("Карго", "Cargo", "Торг", "Trading", "ТОО", "LLC", "Транс", "გიორგი", "Khan", "Alikhan"),
    )
)
PEOPLE = st.lists(WORDS, min_size=1, max_size=5).map(" ".join) | NAMES


@settings(max_examples=600)
@given(one=PEOPLE, other=PEOPLE)
def test_laws_no_name_that_fits_is_sifted_out(one: str, other: str) -> None:
    near = compared(read(one), read(other)) >= THRESHOLD

    assert not near or Sieve(one).passes(form_of(other))


@settings(max_examples=600)
@given(one=PEOPLE, other=PEOPLE, least=st.floats(0.5, 1.0), loose=st.booleans())
def test_laws_words_told_to_be_far_are_far(
    one: str, other: str, least: float, *, loose: bool
) -> None:
    for mine in map(sounds_of, folded_letters(one).split()):
        for yours in map(sounds_of, folded_letters(other).split()):
            near = nearness(mine, yours, loose=loose)
            if are_far(traits_of(mine), traits_of(yours), least):
                assert near < least
            if abs(near - least) > 1e-6:
                assert reaches(mine, yours, least, loose=loose) == (near >= least)


def test_laws_groups_of_consonants_are_as_far_apart_as_they_are_said_to_be() -> None:
    for at, sign in ((at, sign) for at, group in enumerate(GROUPS) for sign in group):
        traits = traits_of(sign)
        for other in COSTS if traits.has else ():
            gap = min(GAPS[sign], LOOSE_GAPS[sign])
            if not traits_of(other).places[at]:
                assert min(COSTS[sign][other], gap) >= APART
            if not traits_of(other).room:
                assert min(COSTS[sign][other], gap) >= GONE
