from __future__ import annotations

import re

import pytest

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.wco.codelists import CodeLists
from exchange_node.wco.notation import EXT, Kind
from exchange_node.wco.registry import COLUMNS, OURS, UNVERIFIED, Registry, read_registry

HEAD = "\t".join(COLUMNS)


def row(**changes: str) -> str:
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {"kind": "response", "path": "Response", "tag": "Response", "prefix": "res"}
    cells |= {"wco_id": "07B", "card": "1..1", **changes}
    return "\t".join(cells[name] for name in COLUMNS)


def test_a_leaf_says_its_id_format_number_and_list(registry: Registry) -> None:
    entry = registry.entry("Declaration/Consignment/ConsignmentItem/Packaging/TypeCode")

    assert entry is not None
    assert (entry.wco_id, entry.format, entry.minimum, entry.maximum) == ("141", "an..2", 1, 1)
    assert entry.code_list == "rec21"
    assert entry.max_length == 2
    assert not entry.is_class


def test_an_unknown_path_has_no_entry(registry: Registry) -> None:
    assert registry.entry("Declaration/Nothing") is None
    assert registry.entry("Declaration", "no kind") is None
    assert registry.children("Declaration/Nothing") == ()
    assert not registry.is_class("Declaration/Nothing")


def test_children_come_in_schema_order(registry: Registry) -> None:
    names = [one.name for one in registry.children("Declaration/Consignment/Itinerary")]
    assert names[:2] == ["SequenceNumeric", "RoutingCountryCode"]


def test_an_intergov_path_differs_by_kind(registry: Registry) -> None:
    path = "InterGov/ContactOffice"
    in_alert, in_notice = (
        registry.entry(path, kind) for kind in (Kind.RISK_ALERT, Kind.NOTIFICATION)
    )
    assert in_alert is not None
    assert in_notice is not None
    assert (in_alert.minimum, in_notice.minimum) == (1, 0)


def test_a_pointer_becomes_the_chain_of_ids(registry: Registry) -> None:
    pointer = "Declaration/Consignment[1]/ConsignmentItem[2]/Commodity/Description"
    assert registry.pointer_ids(pointer) == ("42A", "28A", "29A", "23A", "137")


def test_what_has_no_verified_id_keeps_its_name_in_the_chain(registry: Registry) -> None:
    pointer = "Declaration/Consignment[1]/ext:TransitLimitDate"
    assert registry.pointer_ids(pointer) == ("42A", "28A", "ext:TransitLimitDate")
    assert registry.pointer_ids("Declaration/Consignment/TransitDeparture/ID")[-1] == "ID"
    assert registry.pointer_ids("no//pointer") == ()


def test_every_code_list_that_is_named_is_shipped(
    registry: Registry, code_lists: CodeLists
) -> None:
    named = {one.code_list for one in registry.entries} - {""}
    assert named <= set(code_lists.names)


def test_ours_have_no_wco_id_and_wco_ids_have_their_form(registry: Registry) -> None:
    for one in registry.entries:
        if one.namespace == EXT:
            assert one.wco_id == OURS
            assert one.name.startswith("ext:")
        elif one.kind != "metadata":
            shape = r"[0-9]{2}[A-Z]" if one.is_class else r"[A-Z]?[0-9]{3}"
            assert one.wco_id == UNVERIFIED or re.fullmatch(shape, one.wco_id), one.path


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("Declaration/ID", ["x", "ü" * 70, "a b"], ["", " ", "x" * 71]),
        ("Declaration/GoodsItemQuantity", ["0", "99999"], ["", "1.5", "-1", "100000", "١"]),
        ("Declaration/TotalGrossMassMeasure", ["1", "1.500000", "9999999999.123456", "00"],
         ["", "1,5", "1.", ".5", "1.1234567", "12345678901.123456", "1e3", "-1"]),
        ("Declaration/Consignment/ExportCountry/ID", ["KZ"], ["kz", "K", "KAZ", "К3"]),
        ("Declaration/BorderTransportMeans/ModeCode", ["3"], ["30", "x"]),
        ("MetaData/WCOTypeName", ["InterGov", "x" * 500], ["", "  "]),
        ("InterGov/ext:RiskAlert/ext:Subject/ext:ClassificationID", ["22", "2204210000"], ["2"]),
    ],
)  # fmt: skip
def test_a_format_lets_in_what_it_says(
    registry: Registry, path: str, good: list[str], bad: list[str]
) -> None:
    entry = registry.entry(path)
    assert entry is not None
    assert [one for one in good if not entry.fits(one)] == []
    assert [one for one in bad if entry.fits(one)] == []


@pytest.mark.parametrize(
    "lines",
    [
        [""],
        ["kind\tpath"],
        [HEAD, "response\tResponse"],
        [HEAD, row(card="many")],
        [HEAD, row(prefix="zz")],
        [HEAD, row(kind="letter")],
        [HEAD, row(format="x..3")],
        [HEAD, row(), row()],
        [HEAD, row(path="Response/Error/Pointer")],
        [HEAD, row(), row(path="Response/A", format="an..3"), row(path="Response/A/B")],
    ],
)
def test_a_registry_that_is_not_one_is_refused(lines: list[str]) -> None:
    with pytest.raises(InvalidSettingError) as refused:
        read_registry("\n".join(lines))
    assert "wco_ids.tsv line" in str(refused.value)


def test_blank_lines_are_no_entries() -> None:
    assert len(read_registry(f"{HEAD}\n\n{row()}\n").entries) == 1
