from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.config import shipped
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import map_declaration, opened, read_facts
from exchange_node.mapping.late import Late, is_late
from exchange_node.mapping.recognising import read_as
from exchange_node.mapping.sources.xml import reading

if TYPE_CHECKING:
    from exchange_node.mapping.tree import Node, Source

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PROFILE = shipped.national_profiles().by_name["asycuda-sad"]
ODD = st.sampled_from(
    [
        "<A>x</A><B><C>1</C><C>2</C></B>",
        "<A>x</A>\n  <B>\n<C>1</C>\n\n<C>2 &amp; &lt;3&gt;</C></B>",
        "<A>two\nlines &#10; and &#13; more</A><B><C>1</C><C>2</C></B>",
        "<A\n>x</A><B\n\n><C>1</C><C>2</C></B>",
        "<A>x</A><B><C> </C><C>2</C></B>",
        "<A><null/></A><B><C>1</C><C/></B>",
        "<A/><null/><B><C>1</C><C>2</C></B>",
        "<A kind='1'>x</A><B><C>1</C><C>2</C></B>",
        "text <A>x</A> between <B><C>1</C></B>",
        "<A><![CDATA[ <x> ]]></A><B><C>1</C><C>2</C></B>",
        "<A>x</A><!-- said --><B><C>1</C><C>2</C></B>",
        "<A>x</A><Items><C>1</C></Items>",
        "<A xmlns='urn:x'>x</A><B><C>1</C></B>",
        "<A.I._code>x</A.I._code><AI_code>y</AI_code>",
        "",
    ]
)


def declared(items: list[str], end: str = "") -> bytes:
    inside = f"</Item>{end}<Item>".join(items)
    return f"<ASYCUDA><Head>h</Head>\n<Item>{inside}</Item>{end}</ASYCUDA>".encode()


def read(data: bytes) -> Source:
    return read_as(opened(data), PROFILE)


def told(node: Node) -> tuple[object, ...]:
    """Return all that a tree says, in the order of the file."""
    below = [told(one) for same in node.children.values() for one in same]
    return node.name, node.key, node.text, node.line, node.rank, list(node.children), below


@given(
    items=st.lists(ODD, min_size=1, max_size=4),
    times=st.integers(6, 8),
    end=st.sampled_from(["", "\n"]),
)
def test_items_alike_are_read_as_items_one_by_one(items: list[str], times: int, end: str) -> None:
    data = declared([one for one in items for _ in range(times)], end)
    together = read(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "FEWEST", 1_000_000)
        alone = read(data)

    body = together.body
    assert told(body) == told(alone.body)
    assert [one.path(body) for one in together.leaves] == [
        one.path(alone.body) for one in alone.leaves
    ]
    assert [(one.text, one.line, one.plain_path(body)) for one in together.leaves] == [
        (one.text, one.line, one.plain_path(alone.body)) for one in alone.leaves
    ]


def test_of_items_alike_only_what_is_looked_for_is_made() -> None:
    source = read(declared(["<A>x</A><B><C>1</C><C>2</C></B>"] * 9))
    items = source.body.children["Item"]
    third = items[2]
    assert isinstance(third, Late)
    assert all(is_late(one) for one in items)

    (found,) = third.children["A"]

    assert (found.path(source.body), found.text) == ("Item[3]/A", "x")
    assert third.item.made == {found: 0}
    assert third.children["A"] == [found]
    assert list(third.children) == ["A", "B"]
    assert third.leaves()[0] is found
    assert third.children.get("Z") is None
    with pytest.raises(KeyError):
        third.children["Z"]


def test_an_item_that_a_fact_is_put_into_is_read_as_no_other_is() -> None:
    item = "<Goods_description><Description_of_goods>x</Description_of_goods></Goods_description>"
    mapped = map_declaration(
        declared([item] * 9), PROFILE,
        read_facts('Item = [{ Tarification = { HScode = { Commodity_code = "080251" } } }]'),
        shipped.library(), sender=PartyId("customs.tm"), agency="Customs", at=AT, reference="R-1",
    )  # fmt: skip

    codes = mapped.document.at(
        "Declaration/Consignment/ConsignmentItem/Commodity/Classification/ID"
    )
    assert [one.value for one in codes] == ["080251"]
    (used,) = mapped.report.facts_used
    assert used.source == "Item[1]/Tarification/HScode/Commodity_code"
    assert mapped.report.counts["mapped"] >= 9
