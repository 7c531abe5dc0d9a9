from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.risk.containers import is_container, is_one_off, near_keys

NUMBER = "CSQU3054383"
NUMBERS = st.text("CSQU0358", min_size=9, max_size=13)


@pytest.mark.parametrize(
    ("other", "is_off"),
    [
        ("CSQU3054384", True),
        ("XSQU3054383", True),
        ("CSQU305438", True),
        ("CSQU30543833", True),
        ("CSQU3045383", True),
        ("SCQU3054383", True),
        ("CSQU3054383", False),
        ("CSQU3054399", False),
        ("CSQU30543", False),
        ("CSQU3054838X", False),
    ],
)
def test_one_sign_off_is_one_change_and_no_more(other: str, *, is_off: bool) -> None:
    assert is_one_off(NUMBER, other) is is_off


def test_only_what_has_the_shape_of_a_container_is_one() -> None:
    assert is_container(NUMBER)
    assert not is_container("CSQU305438")
    assert not is_container("CSQ13054383")


@given(one=NUMBERS, other=NUMBERS)
def test_laws_what_is_one_off_shares_a_key(one: str, other: str) -> None:
    assert is_one_off(one, other) == is_one_off(other, one)
    if is_container(one) and is_one_off(one, other):
        assert near_keys(one) & near_keys(other)


@given(
    number=NUMBERS.filter(lambda one: 10 <= len(one) <= 12),
    at=st.integers(0, 9),
    sign=st.sampled_from("CSQU0358"),
)
def test_laws_another_sign_in_one_place_is_one_off(number: str, at: int, sign: str) -> None:
    other = number[:at] + sign + number[at + 1 :]

    assert is_one_off(number, other) is (number != other)
