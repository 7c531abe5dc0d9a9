from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from exchange_node.wco.codelists import read_code_lists
from exchange_node.wco.document import Document
from exchange_node.wco.rules.movement import check_movement

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

ON = date(2026, 3, 9)
NO_LISTS = read_code_lists({})
C = "Declaration/Consignment[1]"
I1 = f"{C}/ConsignmentItem[1]"


def found(document: Document) -> list[tuple[str, str]]:
    findings = check_movement(document, NO_LISTS, ON, ON)
    assert all(one.text and one.mend_text for one in findings)
    assert not any(one.is_error for one in findings), "arithmetic only warns"
    return [(one.code, one.pointer) for one in findings]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"Declaration/TotalGrossMassMeasure": "1600"},
         [("CAREC-R401", "Declaration/TotalGrossMassMeasure")]),
        ({f"{C}/TotalGrossMassMeasure": "9"}, [("CAREC-R401", f"{C}/TotalGrossMassMeasure")]),
        ({"Declaration/TotalPackageQuantity": "31"},
         [("CAREC-R402", "Declaration/TotalPackageQuantity")]),
        ({f"{C}/TotalPackageQuantity": "1"}, [("CAREC-R402", f"{C}/TotalPackageQuantity")]),
        ({"Declaration/GoodsItemQuantity": "3"}, [("CAREC-R403", "Declaration/GoodsItemQuantity")]),
        ({f"{C}/TransportEquipment[1]/SealsAffixedQuantity": "2"},
         [("CAREC-R404", f"{C}/TransportEquipment[1]/SealsAffixedQuantity")]),
        ({f"{C}/TransportEquipment[1]/ID": "CSQU3054384",
          f"{I1}/TransportEquipment[1]/ID": "CSQU3054384"},
         [("CAREC-R405", f"{C}/TransportEquipment[1]/ID")]),
        ({f"{I1}/TransportEquipment[1]/ID": "OTHER"},
         [("CAREC-R406", f"{I1}/TransportEquipment[1]/ID"),
          ("CAREC-R411", f"{C}/TransportEquipment[1]/ID")]),
        ({f"{I1}/GoodsMeasure/NetNetWeightMeasure": "1000.6"},
         [("CAREC-R407", f"{I1}/GoodsMeasure/NetNetWeightMeasure")]),
        ({f"{I1}/Commodity/Classification[1]/ID": "8501"},
         [("CAREC-R408", f"{I1}/Commodity/Classification[1]/ID")]),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_a_warning(
    manifest: MakeManifest, changes: Changes, wanted: list[tuple[str, str]]
) -> None:
    assert found(manifest(changes)) == wanted


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Declaration/TotalGrossMassMeasure": "1501.0"},
        {"Declaration/TotalGrossMassMeasure": ("1.5005", {"unitCode": "TNE"})},
        {"Declaration/TotalGrossMassMeasure": ("7", {"unitCode": "MTQ"})},
        {f"{I1}/GoodsMeasure/GrossMassMeasure": "heavy"},
        {f"{I1}/GoodsMeasure/GrossMassMeasure": None},
        {f"{I1}/Packaging[1]/TypeCode": "VY", "Declaration/TotalPackageQuantity": "1",
         f"{C}/TotalPackageQuantity": "1"},
        {f"{I1}/Packaging[1]/QuantityQuantity": "many"},
        {"Declaration/GoodsItemQuantity": "two"},
        {f"{C}/TransportEquipment[1]/ID": "WAGON7", f"{I1}/TransportEquipment[1]/ID": "WAGON7"},
    ],
)  # fmt: skip
def test_rounding_and_what_cannot_be_counted_is_no_finding(
    manifest: MakeManifest, changes: Changes
) -> None:
    assert found(manifest(changes)) == []


def test_nothing_is_counted_where_there_is_nothing(manifest: MakeManifest) -> None:
    assert found(manifest(without=[f"{C}/"])) == []


def test_equipment_of_an_item_is_missed_where_the_consignment_says_nothing_of_itself(
    manifest: MakeManifest,
) -> None:
    silent = {
        f"{C}/{one}": ""
        for one in ("TotalGrossMassMeasure", "TotalPackageQuantity", "TransportEquipment[1]/ID",
                    "TransportEquipment[1]/SealsAffixedQuantity")
    }  # fmt: skip

    assert ("CAREC-R406", f"{I1}/TransportEquipment[1]/ID") in found(manifest(silent))
