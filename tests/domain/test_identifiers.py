from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.identifiers import (
    ContainerNumber,
    MovementId,
    Mrn,
    PartyId,
    check_digit,
    folded,
)

STEMS = st.from_regex(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}", fullmatch=True)


@given(STEMS)
def test_laws_of_the_mrn(stem: str) -> None:
    mrn = Mrn.parse(stem + check_digit(stem))

    assert mrn.country == stem[2:4]
    assert Mrn.parse(f" {mrn.value.lower()} ") == mrn


@given(STEMS, st.integers(1, 9))
def test_laws_of_a_wrong_check_digit(stem: str, shift: int) -> None:
    wrong = str((int(check_digit(stem)) + shift) % 10)

    with pytest.raises(MalformedIdentifierError, match="check digit"):
        Mrn.parse(stem + wrong)


def test_the_published_example_of_an_mrn_is_read() -> None:
    assert Mrn.parse("06DE586600006143E1").country == "DE"


@pytest.mark.parametrize("text", ["", "06DE", "XXDE586600006143E1", "06DE586600006143E\u0661"])
def test_what_is_no_mrn_is_refused(text: str) -> None:
    with pytest.raises(MalformedIdentifierError):
        Mrn.parse(text)


def test_the_example_of_iso_6346_is_a_container() -> None:
    assert ContainerNumber.parse("CSQU 305438-3").value == "CSQU3054383"


@pytest.mark.parametrize("text", ["CSQU3054384", "CSQA3054383", "CSQU305438", "ЦСКУ3054383"])
def test_what_is_no_container_is_refused(text: str) -> None:
    with pytest.raises(MalformedIdentifierError):
        ContainerNumber.parse(text)


def test_a_party_knows_its_country() -> None:
    assert PartyId.of_country("KZ") == PartyId.parse("customs.kz")
    assert PartyId.parse("customs.kz").country == "KZ"


def test_the_node_of_an_office_is_named_by_its_code_and_its_country() -> None:
    office = PartyId.of_node("KZ", "KZ551002")

    assert office == PartyId.parse("kz551002.kz")
    assert (office.country, office.office) == ("KZ", "KZ551002")
    assert (PartyId.of_node("kz").office, PartyId.of_node("kz").country) == ("", "KZ")


@pytest.mark.parametrize("office", ["UZ270101", "KZ55100", "KZ5510021", "KZ55-002"])
def test_what_is_no_office_of_a_country_has_no_node_there(office: str) -> None:
    with pytest.raises(MalformedIdentifierError):
        PartyId.of_node("KZ", office)


@pytest.mark.parametrize(
    "text",
    ["customs.KZ", "kz", "customs.kaz", "customs.kz\n", "customs.", "kz551002.uz", "kz551002"],
)
def test_what_is_no_party_is_refused(text: str) -> None:
    with pytest.raises(MalformedIdentifierError):
        PartyId.parse(text)


def test_a_movement_with_a_good_mrn_belongs_to_the_country_in_it() -> None:
    assert MovementId.of_number("KZ", "06DE586600006143E1") == MovementId(
        country="DE", scheme="mrn", value="06DE586600006143E1"
    )


def test_a_movement_with_a_national_number_belongs_to_its_sender() -> None:
    assert str(MovementId.of_number("kz", "10803050/020524/0001")) == (
        "KZ/national/10803050/020524/0001"
    )


@given(st.text(min_size=1, max_size=70).filter(lambda text: text.split()))
def test_laws_of_a_movement_written_and_read(number: str) -> None:
    movement = MovementId.of_number("UZ", number)

    assert MovementId.parse(str(movement)) == movement


@pytest.mark.parametrize("text", ["", "KZ", "KZ/mrn", "KZ/mrn/", "KAZ/mrn/x", "KZ/M R N/x"])
def test_what_names_no_movement_is_refused(text: str) -> None:
    with pytest.raises(MalformedIdentifierError):
        MovementId.parse(text)


@pytest.mark.parametrize("number", ["", "   ", "x" * 71])
def test_a_movement_number_is_1_to_70_characters(number: str) -> None:
    with pytest.raises(MalformedIdentifierError):
        MovementId.of_number("KZ", number)


def test_a_plate_is_the_same_on_either_keyboard() -> None:
    assert folded("01 А 777-ВС") == folded("01a777bc") == "01A777BC"
