from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from lxml import etree

from exchange_node.domain.errors import InvalidProfileError
from exchange_node.mapping import Line, Mapped, Report, packed, unpacked
from exchange_node.mapping.findings import NO_ROOM_FOR_ORIGINAL, TOO_LONG
from exchange_node.wco.notation import path_of

Draw = Callable[..., Mapped]

NAMES = ("a", "b", "c", "d")
FATES = ("mapped", "refused", "dropped", "passed_over", "unmapped")
TEXTS = st.sampled_from(
    ["", "x", "y", "7", "1.23456789", "болты", "a;b", "N" * 600, "Ж" * 300, "2026-03-02", " 1  2 "]
)
Tree = tuple[str, str, list["Tree"]]
NODES: st.SearchStrategy[Tree] = st.recursive(
    st.builds(lambda name, text: (name, text, []), st.sampled_from(NAMES), TEXTS),
    lambda inner: st.builds(
        lambda name, text, below: (name, text, below),
        st.sampled_from(NAMES), TEXTS, st.lists(inner, max_size=4),
    ),
    max_leaves=14,
)  # fmt: skip
FROM = st.sampled_from(["a", "b", "c/d", ".", "../a", "/b", "a[1]", "c[d]/d", "@t", "d[2..]"])
WAYS = st.one_of(
    FROM.map(lambda path: f'from = "{path}"'),
    st.lists(FROM, min_size=1, max_size=3).map(lambda paths: f"from = {_texts(paths)}"),
    st.lists(FROM, min_size=1, max_size=3).map(lambda paths: f"join = {_texts(paths)}"),
    FROM.map(lambda path: f'all = "{path}"'),
    FROM.map(lambda path: f'sum = "{path}"'),
    st.just('value = "1"'),
    FROM.map(lambda path: f'from = "{path}", default = {{ value = "1" }}, because = "so"'),
    FROM.map(lambda path: f'from = "{path}", crosswalk = {{ x = "KZ", "7" = "" }}'),
    FROM.map(lambda path: f'from = "{path}", split = ";", part = "2"'),
    FROM.map(lambda path: f'from = "{path}", when = "b=x"'),
)
OF_TOP = ("DeclarationOfficeID", "TotalPackageQuantity", "AcceptanceDateTime", "Agent/Name",
          "AdditionalInformation/StatementDescription", "Consignment/Carrier/Name",
          "CurrencyExchange/RateNumeric")  # fmt: skip
OF_ITEM = ("Commodity/Description", "SequenceNumeric", "GoodsMeasure/GrossMassMeasure",
           "Packaging/MarksNumbersID", "AdditionalDocument/ID", "/Agent/ID")  # fmt: skip
GROUP = st.sampled_from(
    ["", 'where = "a"', 'distinct = "a"', 'only = "2.."', 'split = ";"', "always = true",
     'requires = "SequenceNumeric"', 'link = { here = "b", there = "a", open = true }']
)  # fmt: skip
DROPS = st.lists(st.sampled_from(["**/d", "a", "c/**", "b[a]/**"]), max_size=2)


def _texts(texts: list[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in texts) + "]"


@st.composite
def profiles(draw: st.DrawFn) -> str:
    ways = draw(st.lists(st.tuples(st.sampled_from(OF_TOP), WAYS), max_size=5))
    parts = ["[groups.declaration.lines]"]
    parts += [f'l{n} = {{ {way}, to = "{to}" }}' for n, (to, way) in enumerate(ways)]
    for number in range(draw(st.integers(0, 2))):
        each, how = draw(st.sampled_from(["a", "b", "c", "c/d", "/a"])), draw(GROUP)
        parts += [f"[groups.g{number}]", f'each = "{each}"', how]
        parts += ['to = "Consignment/ConsignmentItem"', f"[groups.g{number}.lines]"]
        inner = draw(st.lists(st.tuples(st.sampled_from(OF_ITEM), WAYS), max_size=4))
        parts += [f'i{n} = {{ {way}, to = "{to}" }}' for n, (to, way) in enumerate(inner)]
    for path in draw(DROPS):
        parts += ["[[drop]]", 'reason = "ours"', f'paths = ["{path}"]']
    return "\n".join(parts)


def written(trees: list[Tree]) -> str:
    def element(tree: Tree) -> etree._Element:
        one = etree.Element(tree[0])
        one.text = tree[1]
        if tree[1] == "y":
            one.set("t", "7")
        for below in tree[2]:
            one.append(element(below))
        return one

    root = etree.Element("D")
    for tree in trees:
        root.append(element(tree))
    return etree.tostring(root, encoding="unicode")


@given(profiles(), st.lists(NODES, max_size=6))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_laws_of_loss_every_leaf_has_one_fate_whatever_the_profile(
    draw: Draw, profile: str, trees: list[Tree]
) -> None:
    xml = written(trees)
    try:
        mapped = draw(profile, xml)
    except InvalidProfileError:
        reject()

    report = mapped.report
    in_file = sorted(_leaves_of(etree.fromstring(xml)))
    assert sorted(row.value for row in _once(report)) == in_file
    fates = Counter(
        source for fate in FATES for source in {row.source for row in getattr(report, fate)}
    )
    assert fates == Counter(report.leaves), "a leaf has not exactly one fate"
    kept = Report(lambda: unpacked(packed(report.columns)))
    assert kept.as_dict() == report.as_dict()
    _nothing_is_lost_silently(mapped)


def _leaves_of(root: etree._Element) -> list[str]:
    every = [one.text or "" for one in root.iter()] + [one.get("t", "") for one in root.iter()]
    return [one.strip() for one in every if one.strip()]


def _once(report: Report) -> list[Line]:
    rows = {row.source: row for fate in FATES for row in getattr(report, fate)}
    return list(rows.values())


def _nothing_is_lost_silently(mapped: Mapped) -> None:
    """What was cut or rounded stands whole beside it, or is whole in the report."""
    beside = {
        (one.pointer.rpartition("/")[0], one.attributes.get("element", ""), one.value)
        for one in mapped.document.leaves()
        if one.path.endswith(("ext:FullText", "ext:OriginalText"))
    }
    told = {one.code for one in mapped.findings}
    for row in mapped.report.cut:
        at, _, tag = path_of(row.target).rpartition("/")
        pointer = row.target.rpartition("/")[0]
        is_number = tag.endswith(("Measure", "Numeric"))
        assert (pointer, tag, row.note) in beside or is_number, (at, row)
        assert " ".join(row.note.split()) == row.note
    for row in mapped.report.translated:
        if "spelt" in row.note:
            original = row.note.partition("spelt in Latin from ")[2]
            place = (row.target.rpartition("/")[0], path_of(row.target).rpartition("/")[2])
            assert (*place, original) in beside or NO_ROOM_FOR_ORIGINAL.code in told


LONG = "N" * 200


def test_a_text_is_not_cut_where_its_whole_has_no_place(draw: Draw) -> None:
    line = '[groups.declaration.lines]\nd = { from = "A", to = "Consignment/ext:Driver/ext:Name" }'

    mapped = draw(line, f"<D><A>{LONG}</A></D>")

    assert TOO_LONG.code in {one.code for one in mapped.findings}
    assert mapped.document.values("Declaration/Consignment/ext:Driver/ext:Name") == (LONG,)
    assert mapped.report.cut == ()


@pytest.mark.parametrize("how", ["cut = true", "keep = true"])
def test_a_line_that_cuts_or_keeps_needs_a_place_for_it(draw: Draw, how: str) -> None:
    to = "Consignment/ConsignmentItem/Commodity/DangerousGoods/UNDGID"
    if how == "cut = true":
        to = "Consignment/ext:Driver/ext:Name"

    with pytest.raises(InvalidProfileError, match="ext:"):
        draw(f'[groups.declaration.lines]\nd = {{ from = "A", to = "{to}", {how} }}', "<D/>")


def test_what_was_rounded_is_kept_whole(draw: Draw) -> None:
    line = '[groups.declaration.lines]\nd = { from = "A", to = "CurrencyExchange/RateNumeric" }'

    mapped = draw(line, "<D><A>1.2345678</A></D>")

    assert [(row.value, row.note) for row in mapped.report.cut] == [("1.23457", "1.2345678")]


def test_a_spelling_without_room_for_the_original_is_said(draw: Draw) -> None:
    to = "Consignment/ext:TransitOffice/ext:ID"
    line = f'[groups.declaration.lines]\nd = {{ from = "A", to = "{to}" }}'

    mapped = draw(line, "<D><A>Алматы</A></D>")

    assert NO_ROOM_FOR_ORIGINAL.code in {one.code for one in mapped.findings}
    assert [row.note for row in mapped.report.translated] == ["spelt in Latin from Алматы"]
