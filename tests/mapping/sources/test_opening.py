from __future__ import annotations

import json

import pytest

from exchange_node.domain.errors import (
    ExcessiveDeclarationError,
    MalformedXmlError,
    UnknownFormatError,
    UnreadableDeclarationError,
    UnsafeXmlError,
)
from exchange_node.domain.finding import Rule
from exchange_node.mapping import Profiles, detect, findings, opened, read_profiles
from exchange_node.mapping.recognising import read_as
from exchange_node.mapping.sources import opening
from tests.mapping.sources.conftest import Read

XML = '[detect]\nroots = ["D"]\n'
CSV = '[read]\nkind = "csv"\nencoding = "windows-1251"\n'
JSON = '[detect]\nkeys = ["ref"]\n[read]\nkind = "json"\n'


@pytest.mark.parametrize(
    ("data", "profile"),
    [
        (b'{"reference": "R", "consignments": []}', "generic-json"),
        (b'\xef\xbb\xbf \n[{"consignments": [], "reference": 1}]', "generic-json"),
        ('{"reference": "R", "consignments": []}'.encode("utf-16"), "generic-json"),
        (b"reference;consignments.number;items.number\nR;1;1\n", "generic-csv"),
        (b"items.number\tx\tconsignments.number\treference\n", "generic-csv"),
        (b"UNB+UNOA:1+A+B+1:1+1'UNH+1+CUSDEC:D:96B:UN'UNT+2+1'UNZ+1+1'", "edifact-cusdec"),
        (b"UNH+1+CUSCAR:D:99B:UN'UNT+2+1'", "edifact-cuscar"),
        ("<ASYCUDA/>".encode("utf-16"), "asycuda-sad"),
    ],
)
def test_a_format_is_recognised_in_every_notation(
    profiles: Profiles, data: bytes, profile: str
) -> None:
    assert detect(data, profiles).name == profile


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b'{"invoice": 1, "lines": []}', "a JSON object with the keys invoice, lines"),
        (b"[1, 2]", "JSON without an object"),
        (b"invoice;total\n7;8\n", "a text that begins with 'invoice;total'"),
        (b"UNH+1+INVOIC:D:96A:UN'UNT+2+1'", "an EDIFACT interchange of INVOIC:D:96A"),
        (b"<Invoice>7", "a document with the root Invoice (line 1, column"),
    ],
)
def test_what_no_profile_knows_is_told_by_what_it_is(
    profiles: Profiles, data: bytes, seen: str
) -> None:
    with pytest.raises(UnknownFormatError) as caught:
        detect(data, profiles)

    assert seen in str(caught.value)


def test_the_profile_that_names_most_columns_counts_and_then_the_first_by_name() -> None:
    def profile(columns: str) -> str:
        return f'[detect]\ncolumns = [{columns}]\n[read]\nkind = "csv"\n'

    several = read_profiles(
        {"b": profile('"x"'), "a": profile('"x"'), "c": profile('"x", "y"'), "d": profile('"z"')}
    )

    assert detect(b"x,y\n1,2\n", several).name == "c"
    assert detect(b"x,w\n1,2\n", several).name == "a"


def test_a_table_is_recognised_by_names_that_are_aliases() -> None:
    text = (
        '[detect]\ncolumns = ["gross"]\n[read]\nkind = "csv"\n[read.aliases]\n"Брутто" = "gross"\n'
    )

    assert detect("Брутто\n5\n".encode(), read_profiles({"own": text})).name == "own"


@pytest.mark.parametrize("data", [b"", b" \n", b"\xef\xbb\xbf", b"\0\0"])
def test_an_empty_file_is_refused(profiles: Profiles, data: bytes) -> None:
    with pytest.raises(UnreadableDeclarationError, match="the file is empty"):
        detect(data, profiles)


def test_a_file_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_BYTES", 100)

    with pytest.raises(ExcessiveDeclarationError, match="101 bytes"):
        opened(b"a" * 101)


def test_a_table_in_the_encoding_of_the_profile_is_read_in_it(read: Read) -> None:
    told = read(CSV, "товар\nяблоки\n".encode("windows-1251"))

    assert told.leaves == [("row/товар", "яблоки")]
    assert told.codes == []


def test_utf_8_is_believed_before_what_the_profile_says(read: Read) -> None:
    told = read(CSV, "a\nb\nяблоки\n")

    assert told.leaves[-1][1] == "яблоки"
    assert told.findings == [
        (findings.OTHER_ENCODING.code,
         {"value": "WINDOWS-1251", "encoding": "UTF-8", "line": "3"}),
    ]  # fmt: skip


def test_a_few_bytes_that_happen_to_be_utf_8_prove_nothing(read: Read) -> None:
    told = read(CSV, "a\nВё №5\n".encode("windows-1251"))

    assert told.leaves == [("row/a", "Вё №5")]
    assert told.codes == []


def test_lines_in_two_encodings_are_each_read_in_their_own(read: Read) -> None:
    told = read(CSV, "a\nяблоки\n".encode() + "орехи\n".encode("windows-1251"))

    assert [text for _, text in told.leaves] == ["яблоки", "орехи"]
    assert told.findings[0][0] == findings.MIXED_ENCODINGS.code
    assert told.findings[0][1]["line"] == "3"


def test_bytes_that_are_no_text_are_found_with_their_place(read: Read) -> None:
    told = read('[read]\nkind = "csv"\n', b"a,b\nx,caf\xe9\ny,z\n")

    assert told.leaves[1] == ("row[1]/b", "caf�")
    assert told.findings == [
        (findings.UNDECODABLE.code,
         {"value": "E9", "encoding": "UTF-8", "line": "2", "column": "6"}),
    ]  # fmt: skip


def test_nul_bytes_are_found_and_keep_their_place(read: Read) -> None:
    told = read('[read]\nkind = "csv"\n', b"a,b\nx,y\0z\0\n")

    assert told.leaves[1] == ("row/b", "y�z�")
    assert told.findings == [
        (findings.NO_TEXT.code, {"value": "U+0000", "line": "2", "column": "4", "count": "2"}),
    ]  # fmt: skip


def test_a_truncated_document_is_read_as_far_as_it_goes(read: Read) -> None:
    told = read(XML, "<D>\n <a>1</a>\n <b>2")

    assert told.leaves == [("a", "1"), ("b", "2")]
    assert [(code, facts["line"]) for code, facts in told.findings] == [(findings.BROKEN.code, "3")]


def test_a_document_with_nul_bytes_is_read_around_them(read: Read) -> None:
    told = read(XML, b"<D>\n<a>1\0</a><b>2</b></D>")

    assert told.leaves == [("a", "1�"), ("b", "2")]
    assert told.codes == [findings.NO_TEXT.code]


@pytest.mark.parametrize(
    ("declared", "written", "code"),
    [
        ("utf-8", "windows-1251", findings.UNDECODABLE),
        ("windows-1251", "utf-8", findings.OTHER_ENCODING),
        ("utf-16", "utf-8", findings.OTHER_ENCODING),
        ("martian", "utf-8", findings.BROKEN),
    ],
)
def test_a_document_that_names_another_encoding_than_it_is_in_is_read_all_the_same(
    read: Read, declared: str, written: str, code: Rule
) -> None:
    text = f'<?xml version="1.0"\n encoding="{declared}"?>\n<D><a>яблоки</a>\n<b>2</b></D>'

    told = read(XML, text.encode(written))

    assert told.lines == [("a", 3), ("b", 4)]
    assert told.leaves[1] == ("b", "2")
    assert told.codes == [code.code]
    if written == "utf-8":
        assert told.leaves[0] == ("a", "яблоки")


def test_a_broken_document_without_a_value_is_refused(read: Read) -> None:
    with pytest.raises(MalformedXmlError, match="line 1"):
        read(XML, "<D><a>")


def test_a_broken_document_with_a_doctype_is_not_read_at_all(read: Read) -> None:
    with pytest.raises((UnsafeXmlError, MalformedXmlError)):
        read(XML, "<!DOCTYPE D [<!ENTITY b 'c'>]><D><a>1&b;</a>")


def test_two_hundred_thousand_rows_are_read(read: Read) -> None:
    told = read('[read]\nkind = "csv"\n', "a,b\n" + "1,2\n" * 200_000)

    assert len(told.source.leaves) == 400_000
    assert told.lines[-1] == ("row[200000]/b", 200_001)


def test_a_json_text_of_many_items_is_read(read: Read) -> None:
    text = json.dumps({"ref": "R", "items": [{"n": number} for number in range(50_000)]})

    assert len(read(JSON, text).source.leaves) == 50_001


@pytest.mark.parametrize("text", ["<D&#xD800;a='1'/>", "<D><a>1&#xDFFF;</a>"])
def test_a_broken_document_with_half_a_character_is_refused(read: Read, text: str) -> None:
    with pytest.raises(MalformedXmlError):
        read(XML, text)


@pytest.mark.parametrize("begins", ["<Ref>", "[Ref]", "{Ref}", "UNA:+.? Ref", "UNB+Ref"])
def test_a_table_that_somebody_names_may_begin_like_anything(begins: str) -> None:
    profile = read_profiles({"test": CSV + 'delimiter = ";"\n'}).by_name["test"]
    file = f"{begins};Office\nR1;KZ1\n".encode()

    told = read_as(opened(file, profile.detection.kind), profile)

    assert [one.text for one in told.leaves] == ["R1", "KZ1"]
