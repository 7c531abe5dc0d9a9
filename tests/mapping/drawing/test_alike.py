"""Items drawn together come out as items drawn one by one: an element that carries nothing and has
another name in each item makes every item a shape of its own."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange_node.config import shipped
from exchange_node.domain.errors import NodeError
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import Mapped, detect, map_declaration, opened, read_facts
from exchange_node.mapping.drawing import Draft
from exchange_node.mapping.drawing.alike import shapes
from exchange_node.mapping.recognising import read_as
from exchange_node.mapping.report import Report, packed
from exchange_node.wco.compiled.rows import Row

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PROFILES = shipped.national_profiles()
LIBRARY = shipped.library()
EXAMPLES = shipped.shipped("config", "national") / "examples"
ITEMS = {
    "asycuda-sad": ("Item", "TM"),
    "esadout-cu": ("ESADout_CUGoods", "KZ"),
    "ncts-cc015c": ("ConsignmentItem", "GE"),
}
ODD = [
    "",
    "0",
    "0.0",
    "-1",
    "9" * 40,
    "31/02/26",
    "Ж" * 90,
    "a b " * 400,
    "é",
    "<&%s>",
    "1,5",
    "TM",
]
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.integers(0, 60),
        st.sampled_from(["text", "text", "text", "remove", "double"]),
        st.one_of(st.sampled_from(ODD), st.text("AB1 2.7-", max_size=6)),
    ),
    max_size=14,
)


def items_of(root: etree._Element, name: str) -> list[etree._Element]:
    return list(root.iter(f"{{*}}{name}"))


def grown(profile: str, changes: list[tuple[int, int, str, str]]) -> etree._Element:
    """Return the example with nine items, and some leaves of some of them changed."""
    (file,) = sorted((EXAMPLES / profile).glob("*[!o].xml"))[:1]
    root = etree.fromstring(file.read_bytes())
    for each in root.iter():
        each.tail = None
    pattern = items_of(root, ITEMS[profile][0])[0]
    parent = pattern.getparent()
    assert parent is not None
    for _ in range(8):
        pattern.addnext(copy.deepcopy(pattern))
    items = items_of(root, ITEMS[profile][0])
    for number, item in enumerate(items, start=1):
        for position in item.iter("{*}declarationGoodsItemNumber", "{*}GoodsNumeric"):
            position.text = str(number)
    for chosen, leaf, how, text in changes:
        leaves = [one for one in items[chosen].iter() if not len(one) and one is not items[chosen]]
        one = leaves[leaf % len(leaves)]
        above = one.getparent()
        assert above is not None
        if how == "remove":
            above.remove(one)
        elif how == "double":
            one.addnext(copy.deepcopy(one))
        else:
            one.text = text
    return root


def facts_of(profile: str) -> str:
    found = sorted((EXAMPLES / profile).glob("*.facts.toml"))
    return found[0].read_text(encoding="utf-8") if found else ""


def mapped(profile: str, root: etree._Element) -> Mapped:
    data = etree.tostring(root)
    return map_declaration(
        data, detect(data, PROFILES), read_facts(facts_of(profile)), LIBRARY,
        sender=PartyId.of_country(ITEMS[profile][1]), agency="Customs", at=AT, reference="R-1",
    )  # fmt: skip


def told(found: Mapped) -> tuple[bytes, bytes, str]:
    report: Report = found.report
    return found.document.to_bytes(), packed(report.columns), repr(found.findings)


def apart(profile: str, root: etree._Element) -> etree._Element:
    """Return the same declaration with an element in each item that no other item has."""
    made = copy.deepcopy(root)
    for number, item in enumerate(items_of(made, ITEMS[profile][0])):
        etree.SubElement(item, f"Only{number}")
    return made


@pytest.mark.parametrize("profile", sorted(ITEMS))
@given(changes=CHANGES)
@settings(max_examples=40, deadline=None)
def test_laws_of_items_drawn_together(
    profile: str, changes: list[tuple[int, int, str, str]]
) -> None:
    root = grown(profile, changes)

    try:
        one_by_one = told(mapped(profile, apart(profile, root)))
    except NodeError as err:
        with pytest.raises(type(err)):
            mapped(profile, root)
        return

    assert told(mapped(profile, root)) == one_by_one


def rows_of(profile: str, root: etree._Element) -> int:
    given_to = opened(etree.tostring(root))
    found = detect(given_to, PROFILES)
    draft = Draft(
        found, LIBRARY.registry, read_as(given_to, found),
        given={"sender": "x", "country": ITEMS[profile][1], "agency": "C", "at": AT.isoformat()},
    )  # fmt: skip
    draft.write()
    return sum(isinstance(one, Row) and one.filling is not None for one in draft.outputs)


# In two of them the first items are linked with containers, and drawn by themselves.
@pytest.mark.parametrize(
    ("profile", "drawn"), [("asycuda-sad", 6), ("esadout-cu", 8), ("ncts-cc015c", 6)]
)
def test_items_of_one_shape_are_drawn_together(profile: str, drawn: int) -> None:
    root = grown(profile, [])

    together, alone = rows_of(profile, root), rows_of(profile, apart(profile, root))

    assert (together, alone) == (drawn, 0)


def test_classes_that_draw_from_outside_of_them_are_drawn_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = grown("ncts-cc015c", [])
    house, *others = root.iter("{*}HouseConsignment")
    for other in others:
        above = other.getparent()
        assert above is not None
        above.remove(other)
    for item in items_of(house, "ConsignmentItem")[1:]:
        house.remove(item)
    for number in range(8, 1, -1):
        another = copy.deepcopy(house)
        for at in another.iterfind("{*}sequenceNumber"):
            at.text = str(number)
        house.addnext(another)

    together = told(mapped("ncts-cc015c", root))

    monkeypatch.setattr(shapes, "FEWEST", 1_000)
    assert told(mapped("ncts-cc015c", root)) == together
