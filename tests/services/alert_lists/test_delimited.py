from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidListError
from exchange_node.services.alert_lists.delimited import (
    MOST_BYTES,
    MOST_LINES,
    inert,
    meant,
    rows_of,
    text_of,
    written,
)

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
STARTS = st.sampled_from(
    [
        "",
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "'",
        "'=",
        "''",
        "＝",
        ",",
        "a;=",
        "a\t+",
        "a\n-",
        'a;"=',
        "a;'@",
    ]
)
ANY_CELL = st.builds(str.__add__, STARTS, CELLS)


@given(
    st.integers(2, 5).flatmap(
        lambda wide: st.lists(st.lists(ANY_CELL, min_size=wide, max_size=wide))
    )
)
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    header = [f"column{one}" for one in range(len(rows[0]) if rows else 2)]
    there = [tuple(one) for one in rows if any(inert(cell) for cell in one)]

    read = rows_of(text_of(written([header, *rows])))

    assert [one.cells for one in read] == [tuple(header), *there]


@given(ANY_CELL)
def test_no_cell_that_is_written_is_a_formula(cell: str) -> None:
    assert not inert(cell).startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    )
    assert meant(inert(cell)) == cell


@given(st.lists(ANY_CELL, min_size=2, max_size=4))
def test_no_part_of_a_cell_is_a_formula_where_lists_are_written_with_semicolons(
    cells: list[str],
) -> None:
    text = text_of(written([cells]))

    for part in re.split("[;\t\r\n]", text):
        assert not re.match('["]*[=+\\-@＝＋－＠]', part)


@pytest.mark.parametrize("content", [b"a\x00b", b"a,b\n1,\x00"])
def test_what_has_a_zero_byte_is_no_text(content: bytes) -> None:
    with pytest.raises(InvalidListError, match=r"line \d has U\+0000"):
        text_of(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        rows = rows_of(text_of(content))
    except InvalidListError:
        return
    assert all(one.line >= 1 and any(one.cells) for one in rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_first_sign_of_the_header_that_may_delimit_does(delimiter: str) -> None:
    text = f"a{delimiter}b\n1,2;3\t4{delimiter}5".replace("1,2;3\t4", '"1,2;3\t4"')

    assert [one.cells for one in rows_of(text)] == [("a", "b"), ("1,2;3\t4", "5")]


def test_a_row_has_the_line_that_it_begins_on() -> None:
    read = rows_of('a,b\r\n"one\r\nmore",2\r\n\r\n3,4\r\n')

    assert [(one.line, one.cells) for one in read] == [
        (1, ("a", "b")),
        (2, ("one\r\nmore", "2")),
        (5, ("3", "4")),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("a,b".encode("utf-16"), "UTF-16"),
        (b"a,b\nx,\xff", "no UTF-8, first on line 2"),
        (b"a" * (MOST_BYTES + 1), "bytes"),
    ],
)
def test_what_is_no_text_of_ours_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(InvalidListError, match=why):
        text_of(content)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('a,b\n"x,y', "line 2"),
        ('a,b\n"x"y,z', "line 2"),
        ("a,b\n" + "x" * 200_000 + ",y", "line 2"),
        ("a\n" + "x\n" * (MOST_LINES + 1), "rows"),
    ],
)
def test_what_cannot_be_told_apart_is_refused_with_its_line(text: str, why: str) -> None:
    with pytest.raises(InvalidListError, match=why):
        rows_of(text)


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert rows_of(text_of(b"\xef\xbb\xbfa,b\n"))[0].cells == ("a", "b")
