from __future__ import annotations

import time

import pytest

from exchange_node.mapping.drafting import Sources
from exchange_node.mapping.drafting.samples.shapes import LONGEST, amount_in, codes_of, shape_of
from exchange_node.mapping.drafting.samples.words import Words


@pytest.mark.parametrize("text", ["1" + " " * 40_000 + "x", "1" + " " * 40_000 + "2USD"])
def test_an_amount_is_sought_in_a_time_that_grows_with_its_length_alone(text: str) -> None:
    begun = time.perf_counter()

    amount_in(text)

    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1 234,56 USD", "1 234,56"), ("12.5€", "12.5"), ("7\tKZT", "7"), ("12 kg", "12 kg")],
)
def test_an_amount_is_told_from_its_currency(text: str, amount: str) -> None:
    assert amount_in(text) == amount


def test_a_value_that_is_too_long_is_no_amount(sources: Sources) -> None:
    codes = codes_of(sources.library.code_lists)

    assert shape_of(("9" * (LONGEST - 1) + "€",), codes).is_money
    assert not shape_of(("9" * LONGEST + "€",), codes).is_money


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("AB-12 (x)", "aa-99 (a)"),
        ("ไม้สัก", "aaaaaa"),
        ("अनिल कुमार", "aaaa aaaaa"),
        ("😀²Ⅷ №5 €", "aaa a9 a"),
        ("٣٤", "99"),
        ("a\u2028b\tc", "a a a"),
    ],
)
def test_nothing_of_a_value_but_blanks_digits_and_ascii_marks_shows_in_its_form(
    value: str, form: str, sources: Sources
) -> None:
    assert shape_of((value,), codes_of(sources.library.code_lists)).form == form


@pytest.mark.parametrize("key", ["[" * 50_000, "[1=" * 50_000])
def test_a_name_of_brackets_is_read_in_a_time_that_grows_with_its_length_alone(
    key: str, sources: Sources
) -> None:
    words: Words = sources.words
    begun = time.perf_counter()

    words.of(key)

    assert time.perf_counter() - begun < 2
