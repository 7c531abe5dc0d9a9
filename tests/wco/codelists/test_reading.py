from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.wco.codelists import (
    COLUMNS,
    decode,
    edition_of,
    place_of,
    read_code_lists,
    read_list,
    write_list,
)

HEAD = "\t".join(COLUMNS)
GOOD = "KZ1\tAlmaty\t2026-01-01\t2026-12-31\tOrder 5\t2026-01-02"


def found(*lines: str, name: str = "", country: str = "") -> list[tuple[str, str]]:
    _, findings = read_list("\n".join((HEAD, *lines)), name=name, country=country)
    assert all(one.text and one.mend_text for one in findings)
    return [(one.code, one.pointer) for one in findings]


def test_a_good_list_has_no_finding() -> None:
    codes, findings = read_list(f"{HEAD}\r\n{GOOD}\r\n\r\n", name="customs_offices", country="KZ")

    assert findings == ()
    assert [(one.code, one.name, one.source, one.line) for one in codes] == [
        ("KZ1", "Almaty", "Order 5", 2)
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("KZ1\tAlmaty", "CAREC-L006"),
        ("KZ1\tAlmaty\t\t\tOrder\tx\ty", "CAREC-L006"),
        ("\tAlmaty\t\t\tOrder\t", "CAREC-L007"),
        ("KZ 1\tAlmaty\t\t\tOrder\t", "CAREC-L008"),
        ("КZ1\tAlmaty\t\t\tOrder\t", "CAREC-L008"),
        ("KZ1 \tAlmaty\t\t\tOrder\t", "CAREC-L009"),
        ("KZ1\tAlmaty  city\t\t\tOrder\t", "CAREC-L009"),
        ("KZ1\tAlmaty\u00a0city\t\t\tOrder\t", "CAREC-L009"),
        ("KZ1\tAlmaty\u200bcity\t\t\tOrder\t", "CAREC-L010"),
        ("KZ1\tAlmaty\x00\t\t\tOrder\t", "CAREC-L010"),
        ("KZ1\tAlmaty\t\t\tOrder\t\r2", "CAREC-L010"),
        ("KZ1\t=HYPERLINK()\t\t\tOrder\t", "CAREC-L011"),
        ("KZ1\t@SUM(1)\t\t\tOrder\t", "CAREC-L011"),
        ("KZ1\t+cmd\t\t\tOrder\t", "CAREC-L011"),
        ("KZ1\t-2\t\t\tOrder\t", "CAREC-L011"),
        ('KZ1\t"Almaty, city"\t\t\tOrder\t', "CAREC-L012"),
        ("KZ1\tAlmaty\t01.02.2026\t\tOrder\t", "CAREC-L013"),
        ("KZ1\tAlmaty\t20260201\t\tOrder\t", "CAREC-L013"),
        ("KZ1\tAlmaty\t\t2026-02-30\tOrder\t", "CAREC-L013"),
        ("KZ1\tAlmaty\t\t\tOrder\tyesterday", "CAREC-L013"),
        ("KZ1\tAlmaty\t2026-02-02\t2026-02-01\tOrder\t", "CAREC-L014"),
    ],
)
def test_a_faulty_line_is_named_with_its_fault(line: str, code: str) -> None:
    assert (code, "line 3") in found(GOOD, line)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ("KZ1\tAgain\t2026-01-01\t2026-12-31\tOrder\t", "CAREC-L015"),
        ("KZ1\tAgain\t2026-12-31\t\tOrder\t", "CAREC-L016"),
        ("KZ1\tAgain\t\t2026-01-01\tOrder\t", "CAREC-L016"),
        ("KZ1\tAgain\t\t\tOrder\t", "CAREC-L016"),
    ],
)
def test_two_lines_of_one_code_share_no_day(second: str, code: str) -> None:
    assert found(GOOD, second) == [(code, "line 3")]


def test_a_code_may_come_back_on_later_days() -> None:
    assert found(GOOD, "KZ1\tAgain\t2027-01-01\t\tOrder\t") == []


def test_every_fault_of_a_list_is_named_at_once_errors_first() -> None:
    assert found("\t\t\t\tx\t", GOOD, "KZ2\t\t\tsoon\tx\t", GOOD) == [
        ("CAREC-L007", "line 2"),
        ("CAREC-L013", "line 4"),
        ("CAREC-L015", "line 5"),
        ("CAREC-L018", "line 4"),
    ]


@pytest.mark.parametrize(
    ("code", "country", "is_wrong"),
    [("KZ1", "KZ", False), ("UZ1", "KZ", True), ("UZ1", "", False), ("kz1", "", True),
     ("KZ", "KZ", True), ("KZ-1", "KZ", True), ("KZ" + "1" * 16, "KZ", True)],
)  # fmt: skip
def test_an_office_s_code_is_its_country_and_more(
    code: str, country: str, *, is_wrong: bool
) -> None:
    findings = found(f"{code}\tAlmaty\t\t\tOrder\t", name="customs_offices", country=country)

    assert (findings == [("CAREC-L017", "line 2")]) is is_wrong


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("", "CAREC-L003"),
        ("code;name_en;valid_from", "CAREC-L003"),
        ("code\tname", "CAREC-L003"),
        ("code\tname_en\tname_ru", "CAREC-L004"),
        ("code\tname_en\tcode", "CAREC-L005"),
    ],
)
def test_the_first_line_names_the_columns(head: str, code: str) -> None:
    codes, findings = read_list(f"{head}\nA\tb\tc")

    assert codes == ()
    assert [(one.code, one.pointer) for one in findings] == [(code, "line 1")]


def test_columns_come_in_any_order_and_only_two_are_needed() -> None:
    codes, findings = read_list("name_en\tcode\nAlmaty\tKZ1")

    assert [(one.code, one.name) for one in codes] == [("KZ1", "Almaty")]
    assert [one.code for one in findings] == ["CAREC-L019"]


def test_a_byte_order_mark_is_said_and_does_no_harm() -> None:
    codes, findings = read_list(f"\ufeff{HEAD}\n{GOOD}")

    assert [one.code for one in codes] == ["KZ1"]
    assert [(one.code, one.is_error) for one in findings] == [("CAREC-L002", False)]


def test_a_list_without_lines_or_sources_is_doubtful_and_no_error() -> None:
    assert found() == [("CAREC-L020", "line 1")]
    assert found("KZ1\tAlmaty\t\t\t\t") == [("CAREC-L019", "line 2")]


@pytest.mark.parametrize(
    ("data", "line"),
    [("Алматы".encode("cp1251"), 1), (b"code\nKZ\xff", 2), ("code".encode("utf-16"), 1)],
)
def test_what_is_no_utf_8_is_named_with_its_line(data: bytes, line: int) -> None:
    text, findings = decode(data)

    assert text == ""
    assert [(one.code, one.pointer) for one in findings] == [("CAREC-L001", f"line {line}")]
    assert findings[0].text
    assert findings[0].mend_text


def test_an_edition_is_refused_at_its_first_error() -> None:
    with pytest.raises(InvalidSettingError, match="line 3"):
        edition_of(place_of("things"), f"{HEAD}\n{GOOD}\n\tx\t\t\t\t")


@given(st.binary(max_size=200))
def test_laws_any_bytes_are_a_text_or_a_finding(data: bytes) -> None:
    text, findings = decode(data)

    assert findings or text.encode() == data


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.lists(CELLS, max_size=7).map("\t".join), max_size=8))
def test_laws_any_text_is_read_or_refused_in_our_own_words(lines: list[str]) -> None:
    text = "\n".join((HEAD, *lines))
    codes, findings = read_list(text, name="customs_offices", country="KZ")

    assert all(one.text and one.mend_text for one in findings)
    try:
        lists = read_code_lists({"things.tsv": text})
    except InvalidSettingError:
        return
    assert {one.code for one in lists.codes("things")} == {one.code for one in codes}


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"\A[A-Z]{2}[0-9]{1,6}\Z"),
            st.from_regex(r"\A[A-Za-zА-я一-龥]{1,9}\Z"),
            st.none() | st.dates(),
        ),
        max_size=9,
        unique_by=lambda one: one[0],
    )
)
def test_laws_what_is_written_is_read_again(rows: list[tuple[str, str, object]]) -> None:
    text = "\n".join((HEAD, *(f"{code}\t{name}\t{day or ''}\t\tus\t" for code, name, day in rows)))
    codes, findings = read_list(text)

    assert not [one for one in findings if one.is_error]
    assert read_list(write_list(codes))[0] == codes
