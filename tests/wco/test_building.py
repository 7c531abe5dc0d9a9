from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.wco.building import Metadata, Placed, build, writable
from exchange_node.wco.document import read
from exchange_node.wco.registry import Registry
from exchange_node.wco.schema import Schemas

if TYPE_CHECKING:
    from tests.wco.conftest import Changes

KZ = Metadata(country="KZ", agency="State Revenue Committee", type_name="DEC")
Values = Callable[["Changes | None"], list[Placed]]


def test_laws_the_order_of_values_never_matters(
    registry: Registry, schemas: Schemas, values: Values
) -> None:
    placed = values(None)
    wanted = build(registry, KZ, placed)
    assert schemas.is_valid(wanted)

    @given(st.randoms(use_true_random=False))
    def law(rng: random.Random) -> None:
        shuffled = list(placed)
        rng.shuffle(shuffled)
        assert build(registry, KZ, shuffled).to_bytes() == wanted.to_bytes()

    law()


def test_positions_order_what_repeats_and_gaps_close(registry: Registry) -> None:
    document = build(
        registry,
        KZ,
        [
            Placed("Declaration/Consignment[7]/Carrier/Name", "late"),
            Placed("Declaration/Consignment[2]/Carrier/Name", "early"),
        ],
    )
    assert [(one.pointer, one.value) for one in document.leaves()] == [
        ("Declaration/Consignment[1]/Carrier/Name", "early"),
        ("Declaration/Consignment[2]/Carrier/Name", "late"),
    ]


def test_a_measure_without_a_unit_is_in_kilograms(registry: Registry) -> None:
    placed = [
        Placed("Declaration/TotalGrossMassMeasure", "1"),
        Placed("Declaration/Consignment/TotalGrossMassMeasure", "1", {"unitCode": "TNE"}),
    ]
    units = [one.attributes["unitCode"] for one in build(registry, KZ, placed).leaves()]
    assert units == ["KGM", "TNE"]


def test_empty_values_are_left_out(registry: Registry) -> None:
    document = build(
        registry, KZ, [Placed("Declaration/ID", ""), Placed("Declaration/TypeCode", "1")]
    )
    assert [one.path for one in document.leaves()] == ["Declaration/TypeCode"]


def test_the_envelope_says_who_is_responsible(registry: Registry) -> None:
    header = build(registry, KZ, []).header
    assert header == {
        "WCODataModelVersionCode": "3.6",
        "WCOTypeName": "DEC",
        "ResponsibleCountryCode": "KZ",
        "ResponsibleAgencyName": "State Revenue Committee",
        "AgencyAssignedCustomizationCode": "CAREC",
        "AgencyAssignedCustomizationVersionCode": "1.0",
    }


def test_every_misplaced_value_is_named(registry: Registry) -> None:
    with pytest.raises(InvalidDocumentError) as refused:
        build(
            registry,
            KZ,
            [
                Placed("Declaration/Plate", "1"),
                Placed("InterGov/ID", "2"),
                Placed("Declaration/Consignment", "3"),
                Placed("Declaration//ID", "4"),
                Placed("Declaration/TypeCode", "5"),
                Placed("Declaration/TypeCode[1]", "6"),
                Placed("Declaration/ID", "bell\x07"),
            ],
        )
    found = [(one.code, one.pointer) for one in refused.value.findings]
    assert found == [
        ("CAREC-R005", "Declaration/Plate"),
        ("CAREC-R005", "InterGov/ID"),
        ("CAREC-R005", "Declaration/Consignment"),
        ("CAREC-R005", "Declaration//ID"),
        ("CAREC-R005", "Declaration/TypeCode[1]"),
        ("CAREC-R006", "Declaration/ID"),
    ]
    assert all(one.text and one.mend_text for one in refused.value.findings)


def test_an_unknown_message_type_is_refused(registry: Registry) -> None:
    with pytest.raises(InvalidDocumentError):
        build(registry, Metadata(country="KZ", agency="x", type_name="CRI"), [])


def test_a_date_that_is_none_is_written_as_it_is(registry: Registry) -> None:
    document = build(registry, KZ, [Placed("Declaration/IssueDateTime", "31/12/2025")])
    assert document.value("Declaration/IssueDateTime") == "31/12/2025"


@given(st.text(min_size=1, max_size=40))
def test_laws_any_writable_text_survives(text: str) -> None:
    registry = REGISTRY[0]
    value = writable(text)
    document = build(registry, KZ, [Placed("Declaration/ID", value)])
    assert read(document.to_bytes()).value("Declaration/ID") == value


REGISTRY: list[Registry] = []


@pytest.fixture(autouse=True)
def _keep(registry: Registry) -> None:
    REGISTRY[:] = [registry]
