from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer

from exchange_node.domain.errors import InputError
from exchange_node.mapping import opened, read_profiles
from exchange_node.mapping.profile.path import read_path
from exchange_node.mapping.recognising import read_as
from exchange_node.mapping.sources.edifact.segments import elements_of
from exchange_node.mapping.sources.planting import addressable
from exchange_node.mapping.tree import Source

TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]), max_size=12)
CELL = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]) | st.sampled_from('\n",;'),
    max_size=8,
).map(str.strip)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
COMPONENT = st.text(st.sampled_from("AZ09.,'+:? é"), max_size=6).map(str.strip)
SEGMENT = st.lists(st.lists(COMPONENT, min_size=1, max_size=4), min_size=1, max_size=5)
PROFILES = read_profiles(
    {
        "csv": '[read]\nkind = "csv"\ndelimiter = ";"\n',
        "json": '[read]\nkind = "json"\n',
        "edifact": '[read]\nkind = "edifact"\n[read.groups]\nUNH = ["AAA"]\nAAA = ["BBB"]\n',
        "fixed": '[read]\nkind = "fixed"\n[read.records.row]\nspans = { a = "2..4", b = "7" }\n',
    }
)


def read(kind: str, data: str | bytes) -> Source:
    file = data if isinstance(data, bytes) else data.encode()
    return read_as(opened(file), PROFILES.by_name[kind])


def texts(source: Source) -> list[str]:
    return [one.text for one in source.leaves]


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=6))
@settings(max_examples=60)
def test_laws_of_tables_every_cell_that_says_something_is_a_leaf(rows: list[list[str]]) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerow(["one", "two", "three", "four"])
    writer.writerows(rows)

    source = read("csv", file.getvalue())

    assert texts(source) == [cell for row in rows for cell in row if cell]


def scalars(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    elif value is not None:
        text = json.dumps(value) if isinstance(value, bool) else str(value)
        if text.strip():
            yield text.strip()


@given(st.dictionaries(TEXT, JSON, min_size=1, max_size=4), st.sampled_from([None, 1]))
@settings(max_examples=80)
def test_laws_of_json_every_value_is_a_leaf_in_its_place(
    value: dict[str, object], indent: int | None
) -> None:
    written = json.dumps(value, indent=indent, ensure_ascii=indent is None)

    source = read("json", written)

    assert texts(source) == list(scalars(value))
    lines = written.split("\n")
    for leaf in source.leaves:
        if leaf.text.isascii() and leaf.text.isalnum():
            assert leaf.text in lines[leaf.line - 1]


@given(st.lists(SEGMENT, max_size=6))
@settings(max_examples=60)
def test_laws_of_edifact_every_component_that_says_something_is_a_leaf(
    segments: list[list[list[str]]],
) -> None:
    def escaped(text: str) -> str:
        return "".join(f"?{one}" if one in "'+:?" else one for one in text)

    tags = ["AAA", "BBB", "ZZZ"]
    body = [
        f"{tags[number % 3]}+" + "+".join(":".join(map(escaped, one)) for one in elements) + "'"
        for number, elements in enumerate(segments)
    ]
    count = len(body) + 2

    source = read("edifact", "".join(["UNH+1+TST'\n", *body, f"UNT+{count}+1'"]))

    said = [part for one in segments for element in one for part in element if part]
    assert texts(source) == ["1", "TST", *said, str(count), "1"]
    assert source.findings == []


@given(st.text(st.sampled_from("AB:+?' \u00e9\x00"), max_size=14), st.sampled_from("?\uffff"))
@settings(max_examples=400)
def test_laws_of_edifact_segments_are_cut_as_pydifact_cuts_them(body: str, release: str) -> None:
    signs = Characters.from_str(f":+.{release} '")
    try:
        tokens = Tokenizer().get_tokens(f"{body}'", signs)
        told = next(Parser().convert_tokens_to_raw_segments(tokens), [])
    except EDISyntaxError:
        told = []

    cut = elements_of(f"{body}'", signs)

    assert cut == [(one,) if isinstance(one, str) else tuple(one) for one in told]


@given(st.lists(st.text("ab 1é", max_size=12), max_size=6))
@settings(max_examples=60)
def test_laws_of_columns_no_character_of_a_line_is_lost(lines: list[str]) -> None:
    source = read("fixed", "\n".join(["start", *lines]))

    assert sorted("".join(texts(source)).replace(" ", "")) == sorted(
        "".join(["start", *lines]).replace(" ", "")
    )


@given(
    st.sampled_from(sorted(PROFILES.by_name)),
    st.binary(max_size=60),
    st.sampled_from(["", "begun"]),
)
@settings(max_examples=150)
def test_laws_of_anything_in_our_own_errors_alone_come_out(
    kind: str, data: bytes, begins: str
) -> None:
    start = {"csv": b"a;b\n", "json": b'{"a":', "edifact": b"UNH+1+", "fixed": b""}[kind]
    try:
        source = read(kind, start + data if begins else data)
    except InputError:
        return

    assert all(one.text == one.text.strip() != "" for one in source.leaves)
    assert all(one.line >= 1 for one in source.leaves)


@given(st.text(max_size=20))
def test_laws_of_names_a_path_can_name_every_one(written: str) -> None:
    name = addressable(written)

    assert [step.name for step in read_path(f"above/{name}").steps] == ["above", name]
