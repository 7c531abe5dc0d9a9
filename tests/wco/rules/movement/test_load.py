from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from exchange_node.wco.codelists import CodeLists, read_code_lists
from exchange_node.wco.document import Document
from exchange_node.wco.rules.movement.equipment import check_equipment
from exchange_node.wco.rules.movement.goods import check_goods

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

ON = date(2026, 3, 9)
C = "Declaration/Consignment[1]"
I1, I2 = f"{C}/ConsignmentItem[1]", f"{C}/ConsignmentItem[2]"
E1, E2 = f"{C}/TransportEquipment[1]", f"{C}/TransportEquipment[2]"
SECOND = {f"{E2}/SequenceNumeric": "2", f"{E2}/ID": "MSCU6639870"}
CODE = f"{I1}/Commodity/Classification[1]/ID"


def found(document: Document, lists: CodeLists, day: date = ON) -> list[tuple[str, str]]:
    findings = (*check_equipment(document), *check_goods(document, lists, ON, day))
    assert all(one.text and one.mend_text for one in findings)
    assert not any(one.is_error for one in findings)
    return [(one.code, one.pointer) for one in findings]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({f"{E1}/Seal[2]/ID": "KZ-SEAL-9", f"{E1}/SealsAffixedQuantity": "2"},
         [("CAREC-R410", f"{E1}/Seal[2]/ID")]),
        ({**SECOND, f"{I2}/TransportEquipment[1]/ID": "MSCU6639870",
          f"{E2}/Seal[1]/ID": "KZ-SEAL-9"}, [("CAREC-R410", f"{E2}/Seal[1]/ID")]),
        ({"Declaration/Consignment[2]/TransportEquipment[1]/ID": "CSQU3054383",
          "Declaration/Consignment[2]/TransportEquipment[1]/Seal[1]/ID": "KZ-SEAL-9"}, []),
        (SECOND, [("CAREC-R411", f"{E2}/ID")]),
        ({**SECOND, f"{I2}/TransportEquipment[1]/ID": "MSCU6639870"}, []),
        ({**SECOND, f"{I1}/TransportEquipment[1]/ID": None}, []),
        ({f"{E2}/ID": "CSQU3054383"}, [("CAREC-R413", f"{E2}/ID")]),
        ({f"{E1}/ID": None, f"{I1}/TransportEquipment[1]/ID": None},
         [("CAREC-R412", f"{C}/ContainerCode")]),
        ({f"{C}/ContainerCode": "0"}, []),
        ({f"{I2}/SequenceNumeric": "1"}, [("CAREC-R414", f"{I2}/SequenceNumeric")]),
    ],
)  # fmt: skip
def test_equipment_seals_and_items_name_each_other(
    manifest: MakeManifest, code_lists: CodeLists, changes: Changes, wanted: list[tuple[str, str]]
) -> None:
    assert found(manifest(changes), code_lists) == wanted


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("850110", []),
        ("8501109900", []),
        ("850199", ["CAREC-R409"]),
        ("7701000000", ["CAREC-R409"]),
        ("8501", ["CAREC-R408"]),
        ("990100", []),
    ],
)
def test_goods_are_classified_where_the_harmonized_system_has_a_place(
    manifest: MakeManifest, code_lists: CodeLists, code: str, wanted: list[str]
) -> None:
    assert [one for one, _ in found(manifest({CODE: code}), code_lists)] == wanted


def test_the_edition_of_2022_says_nothing_of_earlier_days(
    manifest: MakeManifest, code_lists: CodeLists
) -> None:
    document = manifest({CODE: "850199"})

    assert found(document, code_lists, date(2021, 12, 31)) == []
    assert found(document, code_lists, date(2022, 1, 1)) == [("CAREC-R409", CODE)]


def test_without_the_list_no_code_is_doubted(manifest: MakeManifest) -> None:
    assert found(manifest({CODE: "850199"}), read_code_lists({})) == []
