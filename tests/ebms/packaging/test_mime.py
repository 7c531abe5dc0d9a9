from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import (
    MimeInconsistencyError,
    NodeError,
    ValueInconsistentError,
)
from exchange_node.domain.transmission.content import SMALL_BYTES, Content, Joined, whole
from exchange_node.ebms.packaging.mime import (
    MimeLimits,
    Part,
    cid,
    content_id_key,
    join,
    read_media_type,
    split,
)
from tests.pieces import Pieces, PieceSpool

ROOT = Part(content=b"<root/>", content_type="application/soap+xml", content_id="root@a")
TYPE = 'multipart/related; type="application/soap+xml"; boundary="B1"'


def package(*lines: str) -> bytes:
    return "\r\n".join(lines).encode("latin-1")


def test_parts_survive_the_way_there_and_back() -> None:
    parts = (
        Part(content=b"\r\n--B\x00\r\n", content_id="p1@a"),
        Part(content=b"", content_id="2@a"),
    )

    assert split(*join(ROOT, parts, boundary="B1")) == (ROOT, *parts)


def test_every_line_end_outside_the_parts_is_crlf() -> None:
    _, body = join(ROOT, (Part(content=b"x", content_id="p1@a"),), boundary="B1")

    assert isinstance(body, bytes)
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", body) is None
    assert body.startswith(b"--B1\r\n")
    assert body.endswith(b"\r\n--B1--\r\n")


def test_a_body_that_is_no_multipart_is_the_root() -> None:
    (only,) = split("application/soap+xml; charset=UTF-8", b"<x/>")

    assert only.content == b"<x/>"


def test_without_start_the_first_part_is_the_root() -> None:
    first, second = split(TYPE, package("--B1", "", "one", "--B1", "", "two", "--B1--"))

    assert (first.content, second.content) == (b"one", b"two")


def test_start_chooses_the_root_wherever_it_stands() -> None:
    body = package(
        "--B1", "Content-ID: <p@a>", "", "p", "--B1", "Content-ID: <r@a>", "", "r", "--B1--"
    )

    assert [one.content for one in split(TYPE + '; start="<r@a>"', body)] == [b"r", b"p"]


def test_a_start_that_no_part_has_is_refused() -> None:
    with pytest.raises(MimeInconsistencyError, match="start names"):
        split(TYPE + "; start=<r@a>", package("--B1", "", "one", "--B1--"))


@pytest.mark.parametrize(
    ("encoding", "content", "want"),
    [
        ("base64", "PGEv\r\nPg==", b"<a/>"),
        ("Quoted-Printable", "a=3Db=\r\nc", b"a=bc"),
        ("8bit", "\xff", b"\xff"),
        ("7BIT", "a", b"a"),
        ("binary", "\x00", b"\x00"),
    ],
)
def test_every_transfer_encoding_of_rfc_2045_is_read(
    encoding: str, content: str, want: bytes
) -> None:
    body = package("--B1", f"Content-Transfer-Encoding: {encoding}", "", content, "--B1--")

    assert split(TYPE, body)[0].content == want


def test_what_stands_around_the_parts_is_ignored() -> None:
    body = package("This is multipart.", "--B1 \t", "", "one", "--B1-- ", "", "bye")

    assert [one.content for one in split(TYPE, body)] == [b"one"]


def test_folded_header_lines_are_unfolded() -> None:
    body = package("--B1", "Content-Type: text/xml;", "\tcharset=utf-8", "", "x", "--B1--")

    assert split(TYPE, body)[0].content_type == "text/xml; charset=utf-8"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--B1--",
        package("--B1", "", "one"),
        package("--B1", "", "one", "--B1"),
        package("--B1", "", "one", "--B1-"),
        package("--B1", "", "one", "--B12", "", "two", "--B1--"),
        package("--B1", "", "one", "--B1--x"),
        package("--B1", "", "one", "--B1--", "", "--B1", "", "two", "--B1--"),
        package("--B1", "no field", "", "one", "--B1--"),
        package("--B1", "Content-ID : <a@b>", "", "one", "--B1--"),
        package("--B1", "Content-ID: <a@b>", "Content-Id: <c@d>", "", "one", "--B1--"),
        package("--B1", "Content-ID: <a\x00@b>", "", "one", "--B1--"),
        package("--B1", "Content-Transfer-Encoding: x-uuencode", "", "one", "--B1--"),
        package("--B1", "Content-Transfer-Encoding: base64", "", "?", "--B1--"),
        package(
            "--B1", "Content-ID: <a@b>", "", "1", "--B1", "Content-ID: <a%40b>", "", "2", "--B1--"
        ),
        package("--B1", "Content-ID: <a@b>", "--B1--"),
        package("--B1", "", "one", "--B1--").replace(b"\r\n", b"\n"),
        package("--B1", "", "one", "--B1--").replace(b"one\r\n", b"one\n"),
        package("--B1", "A: b", "", "one", "--B1--").replace(b"A: b\r\n", b"A: b\nC: d\r\n"),
        package("x" * 2000, "--B1", "", "one", "--B1--"),
        package("--B1", "", "one", "--B1--", "x" * 2000),
    ],
)
def test_a_package_that_is_not_exactly_one_is_refused(body: bytes) -> None:
    with pytest.raises(MimeInconsistencyError):
        split(TYPE, body)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "multipart",
        "multipart/related",
        'multipart/related; boundary=""',
        'multipart/related; boundary="B1 "',
        'multipart/related; boundary="B\xe9"',
        f'multipart/related; boundary="{"B" * 71}"',
        "multipart/related; boundary=B1; boundary=B2",
        'multipart/related; boundary="B1',
        'multipart/related; boundary="B1" start',
        f"multipart/related; boundary=B1; a={'x' * 1000}",
    ],
)
def test_a_content_type_that_names_no_boundary_is_refused(content_type: str) -> None:
    with pytest.raises(MimeInconsistencyError):
        split(content_type, package("--B1", "", "one", "--B1--"))


def test_a_content_type_is_read_with_quotes_and_without() -> None:
    media = read_media_type(r'Multipart/Related; Boundary="a\"b" ; start=<r@a>;')

    assert media.name == "multipart/related"
    assert media.parameters == {"boundary": 'a"b', "start": "<r@a>"}


def test_a_part_header_of_a_megabyte_is_refused() -> None:
    body = package("--B1", "X: " + "x" * 1_000_000, "", "one", "--B1--")

    with pytest.raises(MimeInconsistencyError, match="header of a part"):
        split(TYPE, body)


def test_more_parts_than_are_let_in_are_refused() -> None:
    body = package(*["--B1", "", "x"] * 34, "--B1--")

    with pytest.raises(MimeInconsistencyError, match="more than 33 parts"):
        split(TYPE, body)
    assert len(split(TYPE, body, MimeLimits(max_parts=34))) == 34


def test_a_package_beyond_its_size_is_refused() -> None:
    with pytest.raises(MimeInconsistencyError, match="at most 10"):
        split("application/soap+xml", b"x" * 11, MimeLimits(max_bytes=10))


def test_content_ids_are_compared_decoded() -> None:
    assert cid("a b+c@d") == "cid:a%20b%2Bc@d"
    assert content_id_key("a%20b%2Bc@d") == content_id_key("a b+c@d")


def test_a_boundary_that_occurs_in_a_part_is_not_used() -> None:
    with pytest.raises(MimeInconsistencyError, match="occurs in a part"):
        join(ROOT, (Part(content=b"x--B1x", content_id="p1@a"),), boundary="B1")
    with pytest.raises(MimeInconsistencyError, match="malformed"):
        join(ROOT, (), boundary="B\r\n1")


@pytest.mark.parametrize(
    "part",
    [
        Part(content=b"", content_id="a\r\nX: y@b"),
        Part(content=b"", content_id=""),
        Part(content=b"", content_id="a@b", content_type="text/xml\r\nX: y"),
        Part(content=b"", content_id="a@b", content_type="xml"),
    ],
)
def test_nothing_is_smuggled_into_a_part_header(part: Part) -> None:
    with pytest.raises(ValueInconsistentError):
        join(ROOT, (part,), boundary="B1")


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_laws_of_the_way_there_and_back(contents: list[bytes]) -> None:
    parts = tuple(Part(content=one, content_id=f"{n}@a") for n, one in enumerate(contents))

    assert split(*join(ROOT, parts, boundary="part-0123456789abcdef")) == (ROOT, *parts)


PIECES = st.sampled_from(
    [b"--B1", b"--", b"\r\n", b"\n", b"\r", b" ", b"a", b":", b"Content-ID: <a@b>", b"\x00", b"B1"]
)


def outcome(body: Content) -> list[tuple[bytes, str, str]] | str:
    try:
        parts = split(TYPE, body, new_spool=PieceSpool)
    except NodeError as err:
        return str(err)
    return [(whole(one.content), one.content_type, one.content_id) for one in parts]


@given(st.lists(PIECES, max_size=30).map(b"".join), st.integers(1, 9))
def test_laws_of_where_the_package_lies(body: bytes, length: int) -> None:
    assert outcome(Pieces(body, length)) == outcome(body)


def test_a_large_part_is_cut_out_of_the_package_and_not_copied() -> None:
    large = Pieces(b"x" * (SMALL_BYTES + 1), 50_000)
    content_type, body = join(ROOT, (Part(content=large, content_id="p1@a"),), boundary="B1")

    root, part = split(content_type, body, new_spool=PieceSpool)

    assert root == ROOT
    assert isinstance(body, Joined)
    assert isinstance(part.content, Joined)
    assert whole(part.content) == large.octets


def test_a_boundary_in_a_large_part_is_not_used() -> None:
    large = Pieces(b"x" * SMALL_BYTES + b"--B1", 50_000)

    with pytest.raises(MimeInconsistencyError, match="occurs in a part"):
        join(ROOT, (Part(content=large, content_id="p1@a"),), boundary="B1")


def test_a_large_package_is_bounded_by_its_size() -> None:
    with pytest.raises(MimeInconsistencyError, match="at most 10"):
        split(TYPE, Pieces(b"x" * 11), MimeLimits(max_bytes=10))


@given(st.lists(PIECES, max_size=30).map(b"".join))
def test_laws_of_junk(body: bytes) -> None:
    try:
        parts = split(TYPE, body)
    except NodeError:
        return
    assert parts


@given(st.text(max_size=60))
def test_laws_of_junk_content_types(content_type: str) -> None:
    try:
        split(content_type, b"")
    except NodeError:
        return
    assert "/" in content_type
