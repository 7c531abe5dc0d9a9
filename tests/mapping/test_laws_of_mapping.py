from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange_node.config import shipped
from exchange_node.domain.errors import InvalidFactsError, InvalidProfileError, NodeError
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import Facts, Mapped, detect, map_declaration, read_facts, read_profiles
from exchange_node.mapping.drawing.conversion import cut
from exchange_node.mapping.drawing.spelling import latin
from exchange_node.mapping.profile.notation import read_number

PROFILES = shipped.national_profiles()
LIBRARY = shipped.library()
SAMPLE = shipped.shipped("exchange_node", "rehearsal", "samples", "kz-uz-transit.xml").read_bytes()
ELEMENTS = len(list(etree.fromstring(SAMPLE).iter("{*}*")))
ODD = ["", " ", "0", "-1", "9" * 40, "2026-02-30", "Ж" * 90, "a b " * 400, "1/2/3", "é"]
VALUES = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]), max_size=20),
)
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["remove", "text", "double", "rename", "attribute"]),
        st.integers(0, ELEMENTS - 1),
        VALUES,
    ),
    max_size=8,
)
FACTS = st.dictionaries(
    st.sampled_from(sorted(PROFILES.by_name["esadout-cu"].named)),
    VALUES.filter(str.strip),
    max_size=4,
)


def changed(changes: list[tuple[str, int, str]]) -> bytes:
    root = etree.fromstring(SAMPLE)
    for kind, number, value in changes:
        every = [one for one in root.iter("{*}*") if one is not root]
        one = every[number % len(every)]
        parent = one.getparent()
        assert parent is not None
        if kind == "remove":
            parent.remove(one)
        elif kind == "double":
            parent.append(etree.fromstring(etree.tostring(one)))
        elif kind == "rename":
            one.tag = "Renamed"
        elif kind == "attribute":
            one.set("note", value)
        elif not len(one):
            one.text = value
    return etree.tostring(root)


def submitted(data: bytes, facts: Facts) -> Mapped:
    return map_declaration(
        data, detect(data, PROFILES), facts, LIBRARY, sender=PartyId("customs.kz"),
        agency="Customs", at=datetime(2026, 3, 2, 8, tzinfo=UTC), reference="R-1",
    )  # fmt: skip


BARE = submitted(SAMPLE, Facts())


@given(CHANGES, FACTS)
@settings(max_examples=40)
def test_laws_of_every_declaration(
    changes: list[tuple[str, int, str]], facts: dict[str, str]
) -> None:
    data = changed(changes)
    told = read_facts(
        "\n".join(f"{_quoted(path)} = {_quoted(value)}" for path, value in facts.items())
    )

    try:
        mapped = submitted(data, told)
    except NodeError:
        return

    report = mapped.report
    leaves = report.leaves
    fates = [
        {row.source for row in rows}
        for rows in (report.mapped, report.refused, report.passed_over, report.unmapped,
                     [row for row in report.dropped if "outside" not in row.note])
    ]  # fmt: skip
    for leaf in leaves:
        assert sum(leaf in fate for fate in fates) == 1, f"{leaf} has not exactly one fate"
    body = {leaf.pointer: leaf.value for leaf in mapped.document.leaves()}
    traced = {one.pointer: one.value for one in report.trace}
    assert set(body) == set(traced), "a value without a trace, or a trace without a value"
    assert 0 <= report.coverage <= 1
    assert {row.target for row in report.missing}.isdisjoint(body)


@given(FACTS.filter(bool))
@settings(max_examples=30)
def test_laws_of_facts_they_never_overwrite(facts: dict[str, str]) -> None:
    told = read_facts(
        "\n".join(f"{_quoted(path)} = {_quoted(value)}" for path, value in facts.items())
    )

    before = BARE.report
    after = submitted(SAMPLE, told).report

    now = {one.pointer: one for one in after.trace}
    for one in before.trace:
        is_companion = "/ext:" in one.pointer  # counted among its like, so its place may shift
        if one.origin != "source" or is_companion or one.pointer not in now:
            continue
        same = now[one.pointer]
        sources = {row.source for row in one.sources}
        assert sources <= {row.source for row in same.sources}, "a fact took a place"
        if not any(row.supplied_by for row in same.sources):
            assert same.value == one.value


@given(st.text(), st.integers(1, 100))
def test_laws_of_cutting(text: str, most: int) -> None:
    if len(text) <= most:
        return

    short = cut(text, most)

    assert len(short) <= most
    assert text.startswith(short)


@given(st.text())
def test_laws_of_spelling_in_latin(text: str) -> None:
    once = latin(text)

    assert latin(once) == once
    assert text.isascii() <= (once == text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12
    )
)
def test_laws_of_numbers(number: Decimal) -> None:
    assert read_number(format(number, "f")) == number


@given(st.text(max_size=60))
def test_laws_of_profiles_junk_is_refused_as_junk(text: str) -> None:
    with contextlib.suppress(InvalidProfileError):
        read_profiles({"junk": text})


@given(st.text(max_size=60))
def test_laws_of_facts_junk_is_refused_as_junk(text: str) -> None:
    with contextlib.suppress(InvalidFactsError):
        read_facts(text)


@pytest.mark.parametrize(
    "junk", [b"<ASYCUDA/>", b"<CC015C/>", b"<ESADout_CU/>", b"<CC029C><a><b/></a></CC029C>"]
)
def test_nothing_at_all_is_no_traceback(junk: bytes) -> None:
    assert submitted(junk, Facts()).findings


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(f"\\u{ord(c):04x}" if c in "\n\r\t\x7f\x85\u2028\u2029" else c for c in escaped)
        + '"'
    )
