from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.agreement import CoarserForm, Mask, MaskMethod
from exchange_node.policy.minimising.masking import (
    PREVIEWED,
    TOKEN_LENGTH,
    is_masked,
    masked,
    token_of,
)

KEY, OTHER = b"a" * 32, b"b" * 32
PATH = "Declaration/Consignment/DepartureTransportMeans/ID"
HASH = Mask(path=PATH, method=MaskMethod.HASH)
FIRST = Mask(path=PATH, method=MaskMethod.TRUNCATE, keep=4)
LAST = Mask(path=PATH, method=MaskMethod.TRUNCATE, keep_last=2)
MASKS = [
    HASH,
    FIRST,
    LAST,
    *(Mask(path=PATH, method=MaskMethod.GENERALISE, to=one) for one in CoarserForm),
]


def coarser(to: CoarserForm, value: str) -> str | None:
    return masked(Mask(path=PATH, method=MaskMethod.GENERALISE, to=to), value, KEY)


def test_the_same_plate_has_the_same_hash_however_it_is_written() -> None:
    assert token_of("01 A 777 BC", KEY) == token_of("01a777bc", KEY)
    assert token_of("01 A 777 BC", KEY) != token_of("01 A 778 BC", KEY)


def test_hashes_of_two_agreements_have_nothing_in_common() -> None:
    assert token_of("01A777BC", KEY) != token_of("01A777BC", OTHER)


def test_a_hash_cannot_be_taken_for_a_value() -> None:
    token = token_of("01A777BC", KEY)

    assert len(token) == TOKEN_LENGTH
    assert token.startswith("#")
    assert is_masked(HASH, token)
    assert not is_masked(HASH, "01A777BC")


def test_a_value_that_only_looks_like_a_hash_is_hashed() -> None:
    forged = "#" + "A" * 16

    assert token_of(forged, KEY) != forged
    assert token_of(token_of(forged, KEY), KEY) == token_of(forged, KEY)
    assert token_of(token_of("x", OTHER), KEY) != token_of("x", OTHER)


def test_without_the_key_every_hash_looks_alike() -> None:
    assert masked(HASH, "01A777BC", None) == masked(HASH, "other", None) == PREVIEWED
    assert is_masked(HASH, PREVIEWED)


def test_a_value_is_cut_from_either_side() -> None:
    assert masked(FIRST, "847130", KEY) == "8471"
    assert masked(LAST, "100035", KEY) == "35"
    assert not is_masked(FIRST, "847130")
    assert is_masked(FIRST, "8471")


@pytest.mark.parametrize(
    ("to", "value", "wanted"),
    [
        (CoarserForm.DAY, "2026-03-02T08:15:00+05:00", "2026-03-02"),
        (CoarserForm.MONTH, "2026-03-02T08:15:00+05:00", "2026-03-01"),
        (CoarserForm.YEAR, "2026-03-02", "2026-01-01"),
        (CoarserForm.DAY, "yesterday", None),
        (CoarserForm.ONE_DIGIT, "1234.5", "2000"),
        (CoarserForm.TWO_DIGITS, "1234.5", "1300"),
        (CoarserForm.TWO_DIGITS, "0.01234", "0.013"),
        (CoarserForm.ONE_DIGIT, "0", "0"),
        (CoarserForm.HUNDREDS, "1201", "1300"),
        (CoarserForm.THOUSANDS, "12", "1000"),
        (CoarserForm.ONE_DIGIT, "heavy", None),
        (CoarserForm.COUNTRY, "UZ270101", "UZ"),
        (CoarserForm.COUNTRY, "57101", None),
        (CoarserForm.CHAPTER, "84713000", "84"),
        (CoarserForm.HEADING, "84713000", "8471"),
        (CoarserForm.SUBHEADING, "84713000", "847130"),
        (CoarserForm.HEADING, "not a code", None),
    ],
)
def test_values_are_made_coarser(to: CoarserForm, value: str, wanted: str | None) -> None:
    assert coarser(to, value) == wanted


@given(st.sampled_from(MASKS), st.text(max_size=40) | st.from_regex(r"[0-9]{1,9}(\.[0-9]{1,6})?"))
def test_laws_a_mask_leaves_what_it_made(mask: Mask, value: str) -> None:
    made = masked(mask, value, KEY)

    if made is not None:
        assert masked(mask, made, KEY) == made
        assert is_masked(mask, made)


@given(st.decimals(min_value="0.001", max_value=10**9, places=3))
def test_laws_nothing_weighs_less_than_is_said(weight: object) -> None:
    for to in (CoarserForm.ONE_DIGIT, CoarserForm.TWO_DIGITS, CoarserForm.HUNDREDS):
        said = coarser(to, str(weight))
        assert said is not None
        assert float(said) >= float(str(weight))
