from __future__ import annotations

import pytest

from exchange_node.domain.errors import ExcessiveDeclarationError
from exchange_node.mapping import findings, read_profiles
from exchange_node.mapping.profile.recognition.layouts import Delimited
from exchange_node.mapping.sources import delimited, planting
from exchange_node.mapping.sources.planting import Planting
from tests.mapping.sources.conftest import Read

FLAT = """
[read]
kind = "csv"
[[read.levels]]
columns = ["Ref", "Office*"]
[[read.levels]]
name = "Item"
"""
DEEP = """
[read]
kind = "csv"
delimiter = [",", ";", "\\t"]
[read.aliases]
"№ накладной" = "Waybill"
[[read.levels]]
key = ["Ref"]
columns = ["Office"]
[[read.levels]]
name = "Consignment"
key = ["Waybill"]
columns = ["Consignor*"]
[[read.levels]]
name = "Item"
"""
RECORDS = """
[read]
kind = "csv"
delimiter = ";"
record = 1
opens = "H"
[read.records.H]
name = "."
columns = ["", "Ref", "Office"]
[read.records.C]
name = "Consignment"
columns = ["", "Waybill"]
[read.records.I]
name = "Item"
within = "C"
columns = ["", "Goods", "Mass"]
"""


def test_what_the_rows_share_is_read_once_and_each_row_is_an_item(read: Read) -> None:
    told = read(FLAT, "Ref,Office,Goods,Mass\nR1,KZ1,Apples,10\nR1,KZ1,Pears,20\n")

    assert told.leaves == [
        ("Ref", "R1"), ("Office", "KZ1"),
        ("Item[1]/Goods", "Apples"), ("Item[1]/Mass", "10"),
        ("Item[2]/Goods", "Pears"), ("Item[2]/Mass", "20"),
    ]  # fmt: skip
    assert dict(told.lines)["Item[2]/Mass"] == 3
    assert told.codes == []


def test_a_shared_value_that_differs_is_found_and_kept(read: Read) -> None:
    told = read(FLAT, "Ref,Office,Goods\nR1,KZ1,Apples\nR1,KZ2,Pears\n,,Plums\n")

    assert ("Office[2]", "KZ2") in told.leaves
    assert ("Item[3]/Goods", "Plums") in told.leaves
    assert told.findings == [
        (findings.SAYS_OTHERWISE.code,
         {"value": "KZ2", "line": "3", "column": "Office", "first": "2", "other": "KZ1",
          "node": "declaration"}),
    ]  # fmt: skip


def test_rows_are_grouped_by_the_keys_of_their_levels(read: Read) -> None:
    told = read(
        DEEP,
        "Ref;Office;№ накладной;Consignor;Goods\n"
        "R1;O1;W1;A;apples\nR1;O1;W2;B;pears\n;;W1;;plums\nR2;O1;W1;A;nuts\n",
    )

    assert told.leaves == [
        ("Ref", "R1"), ("Office", "O1"),
        ("Consignment[1]/№ накладной", "W1"), ("Consignment[1]/Consignor", "A"),
        ("Consignment[1]/Item[1]/Goods", "apples"),
        ("Consignment[2]/№ накладной", "W2"), ("Consignment[2]/Consignor", "B"),
        ("Consignment[2]/Item/Goods", "pears"),
        ("Consignment[1]/Item[2]/Goods", "plums"),
    ]  # fmt: skip
    assert told.source.bodies == 2
    assert [text for _, text in told.envelope] == ["R2", "O1", "W1", "A", "nuts"]


def test_records_hang_below_the_last_one_of_the_type_above(read: Read) -> None:
    told = read(RECORDS, "H;R1;KZ1\nC;W1\nI;apples;10\nI;pears;20\nC;W2\nI;nuts;5\n")

    assert told.leaves == [
        ("Ref", "R1"), ("Office", "KZ1"), ("Consignment[1]/Waybill", "W1"),
        ("Consignment[1]/Item[1]/Goods", "apples"), ("Consignment[1]/Item[1]/Mass", "10"),
        ("Consignment[1]/Item[2]/Goods", "pears"), ("Consignment[1]/Item[2]/Mass", "20"),
        ("Consignment[2]/Waybill", "W2"),
        ("Consignment[2]/Item/Goods", "nuts"), ("Consignment[2]/Item/Mass", "5"),
    ]  # fmt: skip


def test_a_record_that_nobody_knows_or_that_strays_is_found_and_kept(read: Read) -> None:
    told = read(RECORDS, "H;R1;KZ1\nI;apples;10;surplus\nX;1;2\nC;W1\n")

    assert told.codes == [
        findings.STRAY_RECORD.code, findings.MORE_VALUES.code, findings.UNKNOWN_RECORD.code,
    ]  # fmt: skip
    assert {("Item/Goods", "apples"), ("Item/4", "surplus"), ("X/2", "1"), ("X/3", "2"),
            ("Consignment/Waybill", "W1")} <= set(told.leaves)  # fmt: skip


def test_a_second_opening_record_begins_another_declaration(read: Read) -> None:
    told = read(RECORDS, "H;R1;KZ1\nC;W1\nH;R2;KZ1\nC;W2\n")

    assert told.source.bodies == 2
    assert ("Consignment/Waybill", "W1") in told.leaves
    assert "W2" not in dict(told.leaves).values()


def test_quotes_hold_delimiters_and_ends_of_lines(read: Read) -> None:
    told = read(FLAT, 'Ref,Office,Goods\r\nR1,O1,"apples, ""red""\r\nand green"\r\nR1,O1,pears\r\n')

    assert told.leaves[2] == ("Item[1]/Goods", 'apples, "red"\r\nand green')
    assert told.lines[3] == ("Item[2]/Goods", 4)


def test_a_quote_that_is_never_closed_costs_its_row_alone(read: Read) -> None:
    told = read(FLAT, 'Ref,Office,Goods\nR1,O1,"apples\nR1,O1,pears\nR1,O1,nuts\n')

    assert told.codes == [findings.BROKEN.code]
    assert told.findings[0][1]["line"] == "2"
    assert [text for path, text in told.leaves if path.startswith("Item")] == ["pears", "nuts"]


def test_rows_with_more_or_fewer_values_than_columns_are_found(read: Read) -> None:
    told = read(FLAT, "Ref,Office,Goods\nR1,O1,a,b,c\nR1,O1\n,,\n\n")

    assert [(code, facts["line"]) for code, facts in told.findings] == [
        (findings.MORE_VALUES.code, "2"), (findings.FEWER_VALUES.code, "3"),
    ]  # fmt: skip
    assert ("Item[1]/4", "b") in told.leaves


def test_columns_are_named_by_the_profile_where_there_is_no_header(read: Read) -> None:
    profile = '[read]\nkind = "csv"\nheader = false\nskip = 1\ncolumns = ["Ref", "Mass"]\n'

    told = read(profile, "an export of today\nR1,5,x\n")

    assert told.leaves == [("row/Ref", "R1"), ("row/Mass", "5"), ("row/3", "x")]


def test_names_of_columns_may_be_paths(read: Read) -> None:
    profile = '[read]\nkind = "csv"\nnest = "."\n'

    told = read(profile, "consignor.name,consignor.address.city,a/b\nN,C,v\n")

    assert told.leaves == [
        ("row/consignor/name", "N"), ("row/consignor/address/city", "C"), ("row/a_b", "v"),
    ]  # fmt: skip


def test_texts_that_mean_nothing_leave_nothing_behind(read: Read) -> None:
    profile = '[read]\nkind = "csv"\nnothing = ["NULL", "-"]\n'

    assert read(profile, "a,b,c\nNULL,-,1\n").leaves == [("row/c", "1")]


def test_more_of_a_finding_than_is_listed_is_counted(read: Read) -> None:
    told = read(FLAT, "Ref,Office,Goods\n" + "R1,O1\n" * 150)

    assert told.codes == [findings.FEWER_VALUES.code] * 100 + [findings.FURTHER.code]
    assert told.findings[-1][1]["count"] == "50"


def test_more_rows_than_are_let_in_are_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_ROWS", 10)

    with pytest.raises(ExcessiveDeclarationError, match="more than 10 rows"):
        read(FLAT, "Ref,Office,Goods\n" + "R1,O1,a\n" * 20)


def test_a_blank_key_says_the_same_as_the_row_before(read: Read) -> None:
    told = read(
        DEEP,
        "Ref;Office;№ накладной;Goods\nR1;O;W1;a\nR1;O;W2;b\nR1;O;W1;c\n;;;d\nR2;O;W3;e\n"
        "R1;O;W2;f\n;;;g\n",
    )

    placed = {text: path for path, text in told.leaves if path.endswith("Goods")}
    assert placed["d"].startswith("Consignment[1]/")
    assert placed["g"].startswith("Consignment[2]/")
    assert "e" not in placed


def test_a_table_that_is_cut_off_in_its_last_row_is_found(read: Read) -> None:
    table = "Ref,Office,Goods\nR1,O1,a\nR1,O1"

    assert read(FLAT, table).findings == [
        (findings.FEWER_VALUES.code, {"value": "", "line": "3", "count": "2", "expected": "3"}),
        (findings.CUT_OFF.code, {"value": "LF", "line": "3"}),
    ]  # fmt: skip
    assert read(FLAT, table + "\n").codes == [findings.FEWER_VALUES.code]
    assert read(FLAT, table + ",b").codes == [findings.NO_LAST_END.code]
    assert read(RECORDS, "H;R1;O1\nC;W1\nI;App").codes == [findings.CUT_OFF.code]
    assert read(RECORDS, "H;R1;O1\nC;W1\nI;App\n").codes == []


def test_a_name_of_more_steps_than_are_let_in_is_refused(read: Read) -> None:
    profile = '[read]\nkind = "csv"\nnest = "."\n'
    most = ".".join("a" * delimited.MAX_STEPS)

    assert read(profile, f"{most},b\n1,2\n").leaves
    with pytest.raises(ExcessiveDeclarationError, match="64 steps"):
        read(profile, f"{most}.a,b\n1,2\n")


def test_a_name_longer_than_is_let_in_is_refused(read: Read) -> None:
    most = "a" * planting.MAX_NAME

    assert read(FLAT, f"{most},b\n1,2\n").leaves
    with pytest.raises(ExcessiveDeclarationError, match="a name of 513 characters"):
        read(FLAT, f"{most}a,b\n1,2\n")


def test_short_rows_are_not_made_as_wide_as_the_header() -> None:
    cells = ["R1"]
    layout = Delimited(delimiters=(",",))
    compiled = read_profiles({"test": FLAT}).by_name["test"]
    levels = delimited._Levels(Planting(compiled.detection), layout, ["Ref", "Office", "Goods"])

    assert levels.read(iter([(2, cells)])) == (2, True)
    assert cells == ["R1"]
