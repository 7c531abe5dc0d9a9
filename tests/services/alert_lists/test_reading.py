from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidListError
from exchange_node.services.alert_lists import columns
from exchange_node.services.alert_lists.delimited import rows_of, text_of, written
from exchange_node.services.alert_lists.reading import read_list, template

HEAD = "source_reference,severity,summary,subjects.means_id,subjects.offices.2,measures.1.type_code"


def csv(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *rows)).encode()


def codes(content: bytes) -> list[list[str]]:
    return [[one.code for _, one in entry.faults] for entry in read_list(content)]


def test_a_row_is_an_alert_and_rows_with_its_reference_are_further_subjects() -> None:
    first, second = read_list(csv("A1,2,Goods,01A,KZ1,10", "A1,,,02B,,", "A2,3,Else,03C,,"))

    assert first.plain == {
        "severity": "2",
        "summary": "Goods",
        "measures": [{"type_code": "10"}],
        "subjects": [{"means_id": "01A", "offices": ["KZ1"]}, {"means_id": "02B"}],
    }
    assert first.where(("subjects", 1, "means_id")) == (3, "subjects.means_id")
    assert first.where(("subjects", 0, "offices", 0)) == (2, "subjects.offices.2")
    assert first.where(("subjects", 1, "origin")) == (3, "subjects.origin")
    assert first.where(("category",)) == (2, "category")
    assert (second.line, second.reference) == (4, "A2")


def test_a_list_in_json_has_the_keys_of_a_draft() -> None:
    plain = {"source_reference": "A1", "severity": 2, "subjects": [{"means_id": "01A"}]}
    for text in ([plain], {"alerts": [plain]}):
        (entry,) = read_list(json.dumps(text).encode())
        assert (entry.line, entry.reference) == (1, "A1")
        assert entry.plain == {"severity": 2, "subjects": [{"means_id": "01A"}]}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((",2,Goods,01A,,",), [["LIST-01"]]),
        (("A" * 101 + ",2,Goods,01A,,",), [["LIST-01"]]),
        (("A1,2,Goods," + "x" * 4_001 + ",,",), [["LIST-03"]]),
        (("A1,2,Goods",), [["LIST-04"]]),
        (("A1,2,Goods,01A,,,,",), [["LIST-04"]]),
        (("A1,2,Goods,01A,,", "A2,2,Goods,01A,,", "A1,2,Goods,01A,,"), [[], [], ["LIST-05"]]),
        (("A1,2,Goods,01A,,", "A1,3,Goods,01A,,"), [["LIST-06"]]),
        (("A1,2,Goods,01A,,", "A1,2,Goods,02B,,"), [[]]),
    ],
)
def test_what_is_wrong_with_a_row_stands_with_it(
    rows: tuple[str, ...], found: list[list[str]]
) -> None:
    assert codes(csv(*rows)) == found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"severity,summary\n1,x", "source_reference"),
        (b"source_reference,colour\nA,red", "no key of an alert: colour"),
        (b"source_reference,measures.21.type_code\n", "no key of an alert"),
        (b"source_reference,measures.0.type_code\n", "no key of an alert"),
        (b"source_reference,subjects\n", "no key of an alert"),
        (b"source_reference,subjects.1.means_id\n", "no key of an alert"),
        (b"source_reference,severity,severity\n", "more than once"),
        (b'{"alerts": {}}', "no list"),
        (b'{"alerts": [], "more": 1}', "alerts alone"),
        (b'[{"severity": 1, "severity": 2}]', "twice"),
        (b'[{"severity": NaN}]', "NaN"),
        (b"[1]", "alert 1 is no object"),
        (b"[" * 100_000, "deep"),
        (b'[{"a": ' + b"[" * 30 + b"]" * 30 + b"}]", "deep"),
        (b"[" + b",".join([b"{}"] * 5_001) + b"]", "5000"),
    ],
)
def test_a_list_that_cannot_be_read_as_a_whole_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(InvalidListError, match=why):
        read_list(content)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    for start in (b"source_reference,summary\n", b"["):
        try:
            entries = read_list(start + content)
        except InvalidListError:
            continue
        assert all(one.line >= 1 for one in entries)


def test_the_template_has_every_key_of_a_draft() -> None:
    (header,) = rows_of(text_of(template()))

    assert {one.place[0] for one in columns.columns_of(header.cells)} == {
        columns.REFERENCE,
        columns.SUBJECTS,
        *columns.keys(),
    }
    assert len([one for one in header.cells if one.startswith("subjects.")]) == len(
        columns.subject_keys()
    )


CODE = st.text("ABCDEFGH=+-@',;\n\"", min_size=1, max_size=6)
SUBJECT = st.fixed_dictionaries(
    {"means_id": CODE},
    optional={"party_name": CODE, "offices": st.lists(CODE, min_size=1, max_size=3)},
)
PLAIN = st.fixed_dictionaries(
    {"summary": CODE, "subjects": st.lists(SUBJECT, min_size=1, max_size=3)},
    optional={
        "text": CODE,
        "measures": st.lists(st.fixed_dictionaries({"type_code": CODE}), min_size=1, max_size=3),
    },
)


@given(st.lists(PLAIN, max_size=4))
def test_what_is_written_flat_is_read_again(plains: list[dict[str, object]]) -> None:
    flat = [
        {"source_reference": f"R{number}"} | row
        for number, plain in enumerate(plains)
        for row in columns.flat(plain)
    ]
    names = columns.ordered({"source_reference", *(name for row in flat for name in row)})
    content = written([names, *([row.get(name, "") for name in names] for row in flat)])

    assert [one.plain for one in read_list(content)] == plains
