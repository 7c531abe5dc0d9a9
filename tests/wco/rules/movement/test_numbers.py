from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.identifiers import check_digit
from exchange_node.wco.document import Document
from exchange_node.wco.rules.movement.numbers import check_numbers, ship_digit, wagon_digit

if TYPE_CHECKING:
    from tests.wco.conftest import MakeManifest

ON = date(2026, 3, 9)
D = "Declaration/Consignment[1]/DepartureTransportMeans[1]"
B = "Declaration/BorderTransportMeans"


def found(document: Document) -> list[tuple[str, str]]:
    findings = check_numbers(document)
    assert all(one.text and one.mend_text for one in findings)
    assert not any(one.is_error for one in findings)
    return [(one.code, one.pointer) for one in findings]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("20", "60351235", "CAREC-R415"),
        ("20", "60351236", ""),
        ("20", "218124712173", ""),
        ("20", "218124712174", "CAREC-R415"),
        ("20", "WAGON 7", ""),
        ("20", "123456", ""),
        ("10", "9074728", "CAREC-R416"),
        ("10", "9074729", ""),
        ("10", "IMO 9074728", "CAREC-R416"),
        ("10", "CASPIAN STAR", ""),
        ("30", "60351235", ""),
    ],
)
def test_a_number_is_checked_by_its_last_digit_as_its_kind_says(
    manifest: MakeManifest, kind: str, value: str, code: str
) -> None:
    document = manifest(
        {
            f"{D}/ID": value,
            f"{D}/IdentificationTypeCode": kind,
            f"{B}/ID": value,
            f"{B}/IdentificationTypeCode": kind,
        }
    )

    assert sorted(found(document)) == sorted([(code, f"{B}/ID"), (code, f"{D}/ID")] if code else [])


def test_a_means_that_does_not_say_its_kind_is_left_alone(manifest: MakeManifest) -> None:
    assert found(manifest({f"{D}/ID": "60351235", f"{D}/IdentificationTypeCode": None})) == []


@given(st.text("0123456789", min_size=7, max_size=11), st.data())
def test_laws_one_wrong_digit_of_a_wagon_is_always_found(stem: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(stem) - 1))
    other = data.draw(st.sampled_from([one for one in "0123456789" if one != stem[place]]))

    assert wagon_digit(stem) != wagon_digit(stem[:place] + other + stem[place + 1 :])


@given(st.from_regex(r"\A[0-9]{6}\Z"))
def test_laws_the_digit_of_a_ship_is_one_digit(stem: str) -> None:
    assert len(ship_digit(stem)) == 1
    assert ship_digit(stem).isdigit()


@given(st.from_regex(r"\A[A-Z]{3}[UJZ][0-9]{6}\Z"), st.data())
def test_laws_two_digits_of_a_container_changed_places_are_found(
    stem: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(4, 8))
    changed = stem[:place] + stem[place + 1] + stem[place] + stem[place + 2 :]

    # A remainder of 10 is written 0 (ISO 6346, annex A): a change between these two stays hidden.
    assert changed == stem or check_digit(stem) != check_digit(changed) or check_digit(stem) == "0"
