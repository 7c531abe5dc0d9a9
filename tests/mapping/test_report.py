from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import AlteredRecordError
from exchange_node.mapping import Mapped, Report, packed, unpacked
from exchange_node.mapping.report import coverage_of

Draw = Callable[..., Mapped]
LINES = """
[groups.declaration.lines]
office = { from = "Office", to = "DeclarationOfficeID" }
total = { from = "Total", to = "TotalPackageQuantity", default = { value = "1" }, because = "one" }
[groups.item]
each = "Item"
to = "Consignment/ConsignmentItem"
[groups.item.lines]
text = { from = "Text", to = "Commodity/Description" }
place = { from = "$place", to = "SequenceNumeric" }
[groups.seals]
each = "Seals"
split = ";"
to = "Consignment/TransportEquipment"
[groups.seals.lines]
number = { from = ".", to = "ID" }
[[drop]]
reason = "ours"
paths = ["Own"]
"""
XML = """<E><W>wrapped</W><D a="1"><Office>KZ1</Office><Own>x</Own><More/>tail
<Item><Text>Болты</Text></Item><Item><Text>Nuts</Text></Item><Item><Text/></Item>
<Seals>A1;A2</Seals></D></E>"""


def test_what_was_kept_tells_the_same(draw: Draw) -> None:
    report = draw(LINES, XML).report

    kept = Report(lambda: unpacked(packed(report.columns)))

    assert kept.as_dict() == report.as_dict()
    assert kept.counts == report.counts


def test_counts_are_those_of_the_rows(draw: Draw) -> None:
    report = draw(LINES, XML, 'Total = "3"').report

    told = {name: len(getattr(report, name)) for name in report.counts}

    assert report.counts == told
    assert told["facts_used"] == 1


def test_rows_say_where_they_stand(draw: Draw) -> None:
    report = draw(LINES, XML).report

    carried = {(row.source, row.target, row.value) for row in report.mapped}

    assert carried == {
        ("Office", "Declaration/DeclarationOfficeID", "KZ1"),
        ("Item[1]/Text", "Declaration/Consignment[1]/ConsignmentItem[1]/Commodity/Description",
         "Болты"),
        ("Item[1]/Text",
         "Declaration/Consignment[1]/ConsignmentItem[1]/Commodity/ext:OriginalText[1]", "Болты"),
        ("Item[2]/Text", "Declaration/Consignment[1]/ConsignmentItem[2]/Commodity/Description",
         "Nuts"),
        ("Seals", "Declaration/Consignment[1]/TransportEquipment[1]/ID", "A1;A2"),
        ("Seals", "Declaration/Consignment[1]/TransportEquipment[2]/ID", "A1;A2"),
    }  # fmt: skip
    assert {row.source for row in report.unmapped} == {"", "@a"}
    assert [(row.source, row.note) for row in report.dropped] == [
        ("Own", "ours"),
        ("/E/W", "outside the declaration, in what it was wrapped in"),
    ]
    assert [(row.value, row.note) for row in report.defaulted] == [("1", "one")]


def test_a_part_of_a_part_is_a_part_of_its_leaf(draw: Draw) -> None:
    lines = """
[groups.outer]
each = "A"
split = ";"
[groups.inner]
within = "outer"
each = "."
split = ","
to = "Consignment/TransportEquipment"
[groups.inner.lines]
number = { from = ".", to = "ID" }
"""

    report = draw(lines, "<D><A>1,2;3</A></D>").report

    assert [(row.source, row.target[-7:]) for row in report.mapped] == [
        ("A", f"t[{number}]/ID") for number in (1, 2, 3)
    ]
    assert (report.coverage, report.passed_over) == (1.0, ())


def test_coverage_of_many_files_counts_their_leaves(draw: Draw) -> None:
    one = draw(LINES, "<D><Office>KZ1</Office><Own>x</Own></D>").report
    other = draw(LINES, "<D><A>1</A><B>2</B></D>").report

    assert (one.coverage, other.coverage) == (1.0, 0.0)
    assert coverage_of(one.columns, other.columns) == 0.5
    assert coverage_of() == 1.0


@pytest.mark.parametrize(
    "junk",
    [b"", b"junk", zlib.compress(b"junk"), zlib.compress(b"[9,[]]\n"), zlib.compress(b"1\n")],
)
def test_what_is_no_report_is_refused_as_one(junk: bytes) -> None:
    with pytest.raises(AlteredRecordError):
        unpacked(junk)


@given(st.binary(max_size=60))
def test_laws_of_kept_reports_junk_is_refused_as_junk(junk: bytes) -> None:
    with pytest.raises(AlteredRecordError):
        unpacked(zlib.compress(junk))
