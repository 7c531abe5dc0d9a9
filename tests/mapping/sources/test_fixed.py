from __future__ import annotations

from exchange_node.mapping import findings
from tests.mapping.sources.conftest import Read

LINES = """
[read]
kind = "fixed"
record = "1..2"
opens = "HD"
[read.records.HD]
name = "."
spans = { Ref = "3..8", Office = "9..14" }
[read.records.IT]
name = "Item"
spans = { Goods = "3..12", Mass = "15.." }
"""


def test_values_are_cut_by_their_columns(read: Read) -> None:
    told = read(LINES, "HDR1    KZ0001\r\nITапельсины   12.5\r\nITPears        3\r\n")

    assert told.leaves == [
        ("Ref", "R1"), ("Office", "KZ0001"),
        ("Item[1]/Goods", "апельсины"), ("Item[1]/Mass", "12.5"),
        ("Item[2]/Goods", "Pears"), ("Item[2]/Mass", "3"),
    ]  # fmt: skip
    assert dict(told.lines)["Item[2]/Mass"] == 3


def test_what_no_column_covers_is_named_by_its_place(read: Read) -> None:
    told = read(LINES, "HDR1    KZ0001 more\nITPears     xy3\n")

    assert ("15..", "more") in told.leaves
    assert ("Item/13..14", "xy") in told.leaves


def test_a_line_of_an_unknown_type_is_found_and_kept_whole(read: Read) -> None:
    told = read(LINES, "HDR1    KZ0001\nZZwhat is this\n\n")

    assert told.findings == [
        (findings.UNKNOWN_RECORD.code, {"value": "ZZ", "line": "2", "profile": "test"}),
    ]  # fmt: skip
    assert ("ZZ", "ZZwhat is this") in told.leaves


def test_a_line_that_is_cut_off_gives_what_it_has(read: Read) -> None:
    assert read(LINES, "HDR1    KZ00\nITPea").leaves == [
        ("Ref", "R1"), ("Office", "KZ00"), ("Item/Goods", "Pea"),
    ]  # fmt: skip


def test_lines_that_are_alike_need_no_type(read: Read) -> None:
    profile = '[read]\nkind = "fixed"\n[read.records.row]\nspans = { a = "1..2", b = "3" }\n'

    assert read(profile, "xxy\nzz").leaves == [("row[1]/a", "xx"), ("row[1]/b", "y"),
                                               ("row[2]/a", "zz")]  # fmt: skip


def test_a_file_that_is_cut_off_in_its_last_line_is_found(read: Read) -> None:
    assert read(LINES, "HDR1    KZ0001\nITPea").findings == [
        (findings.CUT_OFF.code, {"value": "LF", "line": "2"}),
    ]  # fmt: skip
    assert read(LINES, "HDR1    KZ0001\nITPea\n").codes == []
    assert read(LINES, "HDR1    KZ0001\nITPears        3").codes == [findings.NO_LAST_END.code]
