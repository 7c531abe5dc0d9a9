from __future__ import annotations

import difflib
from collections.abc import Callable, Collection

import pytest

from exchange_node.mapping import Mapped
from exchange_node.mapping.report import Explanation, every_fate, explain
from exchange_node.wco.rules import WcoLibrary

Draw = Callable[..., Mapped]
Ask = Callable[[str], Explanation]
LINES = """
[groups.declaration.lines]
office = { from = "Office", to = "DeclarationOfficeID", crosswalk = { A = "KZ1" } }
[groups.item]
each = "Item"
to = "Consignment/ConsignmentItem"
[groups.item.lines]
text = { from = "Text", to = "Commodity/Description" }
[[drop]]
reason = "ours"
paths = ["Own"]
"""
XML = """<D><Office>A</Office><Own>x</Own><More>y</More>
<Item><Text>Nuts</Text></Item>
<Item><Text>Bolts</Text></Item></D>"""
ITEM = "Declaration/Consignment[1]/ConsignmentItem"


@pytest.fixture(name="ask")
def _ask(draw: Draw, library: WcoLibrary) -> Ask:
    report = draw(LINES, XML).report
    return lambda place: explain(
        report, place, lambda one: "/".join(library.registry.pointer_ids(one))
    )


def test_a_pointer_tells_path_line_rule_and_table(ask: Ask) -> None:
    (one,) = ask("Declaration/DeclarationOfficeID").values

    (source,) = one.sources
    assert (source.source, source.source_line, source.value) == ("Office", 1, "A")
    assert (one.rule, one.value) == ("declaration.office", "KZ1")
    assert one.crosswalks == ("declaration.office",)


@pytest.mark.parametrize(
    ("place", "values"),
    [
        (f"{ITEM}[2]/Commodity/Description", ["Bolts"]),
        ("Declaration/Consignment/ConsignmentItem/Commodity/Description", ["Nuts", "Bolts"]),
        ("Declaration/Consignment/ConsignmentItem[2]", ["Bolts"]),
        (f"/{ITEM}[1]/", ["Nuts"]),
        ("42A/28A/29A/23A/137", ["Nuts", "Bolts"]),
        ("Declaration", ["KZ1", "Nuts", "Bolts"]),
    ],
)
def test_places_of_the_document_may_be_said_in_many_ways(
    ask: Ask, place: str, values: list[str]
) -> None:
    assert [one.value for one in ask(place).values] == values


def test_a_source_path_tells_what_became_of_its_leaves(ask: Ask) -> None:
    told = {
        one.leaf.source: (one.heading, [each.pointer for each in one.carried_by])
        for place in ("Own", "More", "D/Item")
        for one in ask(place).leaves
    }

    assert told == {
        "Own": ("dropped", []),
        "More": ("unmapped", []),
        "Item[1]/Text": ("mapped", [f"{ITEM}[1]/Commodity/Description"]),
        "Item[2]/Text": ("mapped", [f"{ITEM}[2]/Commodity/Description"]),
    }


def test_what_is_missing_tells_what_would_fill_it(ask: Ask) -> None:
    (one,) = ask("Declaration/ID").missing

    assert one.target == "Declaration/ID"


@pytest.mark.parametrize(
    ("place", "near"),
    [
        ("Declaration/Consignment/ConsignmentItem/Comodity/Descripton",
         f"{ITEM}[2]/Commodity/Description"),
        ("Itm/Text", "Item[2]/Text"),
        ("42A/28A/29A/23A/138", "42A/28A/29A/23A/137"),
    ],
)  # fmt: skip
def test_a_wrong_place_is_answered_with_the_nearest(ask: Ask, place: str, near: str) -> None:
    found = ask(place)

    assert found.is_empty
    assert near in found.near


def test_no_more_than_so_many_places_are_compared(
    draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = "".join(f"<A{number}>x</A{number}>" for number in range(3_000))
    report = draw(LINES, XML.replace("<D>", f"<D>{many}")).report
    compared: list[int] = []
    close = difflib.get_close_matches

    def counted(wanted: str, known: Collection[str], n: int, cutoff: float) -> list[str]:
        compared.append(len(known))
        return close(wanted, known, n=n, cutoff=cutoff)

    monkeypatch.setattr(difflib, "get_close_matches", counted)

    found = explain(report, "Itm/Text", lambda one: one)

    assert max(compared) <= 2_000
    assert any(one.endswith("/Text") for one in found.near)


def test_every_leaf_and_every_value_is_explained(ask: Ask, draw: Draw) -> None:
    report = draw(LINES, XML).report

    for leaf in every_fate(report):
        assert [one.leaf.source for one in ask(leaf.leaf.source).leaves] == [leaf.leaf.source]
    for trace in report.trace:
        assert ask(trace.pointer).values == (trace,)


@pytest.mark.parametrize("junk", ["", "/", "[", "]", "[1]", "a[", "//", "[9]/[9]", "Declaration["])
def test_junk_is_answered_with_nothing(ask: Ask, junk: str) -> None:
    assert ask(junk).is_empty
