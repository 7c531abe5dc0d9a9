from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.rules import WcoLibrary, validate
from exchange_node.wco.rules.movement.numbers import check_numbers
from exchange_node.wco.rules.movement.shipment import check_shipment

ON = date(2026, 3, 2)
G = "Declaration/GoodsShipment"
I1, I2 = (f"{G}/GovernmentAgencyGoodsItem[{number}]" for number in (1, 2))
BOX = "CSQU3054383"
Changed = Callable[..., Document]


@pytest.fixture(name="changed")
def _changed() -> Changed:
    """Return the shipped example of a goods declaration, with texts replaced."""
    home = Path(__file__).resolve().parents[4] / "config" / "national" / "examples" / "wco-goods"
    text = (home / "export-by-road.wco.xml").read_text(encoding="utf-8")

    def changed(*pairs: tuple[str, str], times: int = 1) -> Document:
        made = text
        for old, new in pairs:
            assert old in made
            made = made.replace(old, new, times)
        return read(made.encode())

    return changed


def found(document: Document) -> list[tuple[str, str]]:
    findings = (*check_shipment(document), *check_numbers(document))
    assert all(one.text and one.mend_text for one in findings)
    assert not any(one.is_error for one in findings), "arithmetic only warns"
    return [(one.code, one.pointer) for one in findings]


def test_a_declaration_with_a_goods_shipment_is_valid_and_of_its_own_kind(
    changed: Changed, library: WcoLibrary
) -> None:
    assert changed().kind is Kind.GOODS_DECLARATION
    assert validate(changed(), library, ON) == ()


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (">1540</Total", ">1600</Total", ("CAREC-R401", "Declaration/TotalGrossMassMeasure")),
        (">42</Total", ">41</Total", ("CAREC-R402", "Declaration/TotalPackageQuantity")),
        (">2</GoodsItem", ">3</GoodsItem", ("CAREC-R403", "Declaration/GoodsItemQuantity")),
        (f">{BOX}<", ">CSQU3054384<", ("CAREC-R406", f"{I1}/Commodity/TransportEquipment[1]/ID")),
        (">530<", ">541<", ("CAREC-R407", f"{I2}/Commodity/GoodsMeasure/NetNetWeightMeasure")),
    ],
)
def test_what_does_not_add_up_is_a_warning(
    changed: Changed, old: str, new: str, wanted: tuple[str, str]
) -> None:
    assert wanted in found(changed((old, new)))


def test_a_container_number_has_a_check_digit(changed: Changed) -> None:
    document = changed((BOX, "CSQU3054384"), times=2)

    assert found(document) == [("CAREC-R405", f"{G}/Consignment/TransportEquipment[1]/ID")]


@pytest.mark.parametrize(
    "pairs",
    [
        [(">1540</Total", ">1600</Total"), ("<FunctionCode>9", "<FunctionCode>13")],
        [(">42</Total", ">41</Total"), ("<TypeCode>CT", "<TypeCode>VL")],
        [(">1540</Total", ">1600</Total"), ('unitCode="KGM">540', 'unitCode="MTQ">540')],
        [(">1540</Total", ">1540.4</Total")],
    ],
)
def test_what_cannot_be_added_up_is_left_alone(
    changed: Changed, pairs: list[tuple[str, str]]
) -> None:
    assert found(changed(*pairs)) == []


def test_a_code_that_our_list_lacks_is_told_and_passes(
    changed: Changed, library: WcoLibrary
) -> None:
    document = changed(("<TypeCode>BE", "<TypeCode>9Q"), ('currencyID="USD"', 'currencyID="XQQ"'))

    findings = validate(document, library, ON)

    assert [(one.code, one.is_error) for one in findings] == [("CAREC-R116", False)] * 2


def test_what_is_missing_in_one_of_ours_is_an_error(changed: Changed, library: WcoLibrary) -> None:
    findings = validate(changed(("<FunctionCode>9</FunctionCode>", "")), library, ON)

    assert [(one.code, one.pointer) for one in findings] == [
        ("CAREC-R101", "Declaration/FunctionCode")
    ]


def test_a_trader_may_submit_and_a_node_only_for_its_own_country(
    changed: Changed, library: WcoLibrary
) -> None:
    at = "<AuthorisationHolder>"

    def codes(submitter: str) -> list[str]:
        made = changed((at, f"<Submitter><ID>{submitter}</ID></Submitter>{at}"))
        return [one.code for one in validate(made, library, ON)]

    assert "CAREC-R201" not in codes("GE204567890")
    assert "CAREC-R201" not in codes("customs.ge")
    assert "CAREC-R201" in codes("customs.kz")
