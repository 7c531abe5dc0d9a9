"""One invented declaration of each format → the same with as many items as wanted."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from benchmarks.documents import enlarged, facts_for, sample_declaration
from benchmarks.mapping import tables
from exchange_node import safe_xml
from exchange_node.domain.identifiers import check_digit

HERE = Path(__file__).parent / "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How a format's sample grows.

    Attributes:
        item: the element that is repeated; its first stands in the sample.
        numbers: elements of an item that hold its position.
        named: elements of an item that get its position behind their text: no two are alike.
        house: the element around items that is repeated when it is full.
        totals: elements that hold a total → what they add up on an item (nothing: the items).
        country: whose administration submits it.
        renamed: names of the sample that this format calls otherwise.
    """

    file: str
    item: str
    numbers: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    house: str = ""
    totals: Mapping[str, int | float] = field(default_factory=dict)
    country: str
    facts: str = ""
    renamed: tuple[tuple[str, str], ...] = ()


_NUMBERS = ("goodsItemNumber", "declarationGoodsItemNumber")
_CARRIER = 'Facts = { CarrierName = "Invented Haulage", GuaranteeType = "IND" }'
_MRN = f"TransitOperation = {{ MRN = '26GE000081000001J{check_digit('26GE000081000001J')}' }}"
SAMPLES = {
    "asycuda-sad": Sample(
        file="asycuda-sad.xml",
        item="Item",
        named=("Commercial_Description", "Marks1_of_packages", "Attached_document_reference"),
        totals={"Total_number_of_items": 1, "Total_number_of_packages": 20, "Total_weight": 1000},
        country="TM",
        facts=_CARRIER,
    ),
    "ncts-cc015c": Sample(
        file="ncts-cc015c.xml", item="ConsignmentItem", numbers=_NUMBERS,
        named=("descriptionOfGoods", "shippingMarks"), house="HouseConsignment",
        totals={"grossMass": 1000.5}, country="GE", facts=_MRN,
    ),
    "ncts-cc029c": Sample(
        file="ncts-cc015c.xml", item="ConsignmentItem", numbers=_NUMBERS,
        named=("descriptionOfGoods", "shippingMarks"), house="HouseConsignment",
        totals={"grossMass": 1000.5}, country="GE", facts=_MRN, renamed=(("CC015C", "CC029C"),),
    ),
}  # fmt: skip
TABLES: Mapping[str, Callable[[int], bytes]] = {
    "generic-csv": tables.table, "generic-json": tables.objects, "edifact-cusdec": tables.segments,
}  # fmt: skip
FORMATS = ("esadout-cu", *SAMPLES, *TABLES)
ONE_CONSIGNMENT = frozenset({"esadout-cu", "asycuda-sad", "generic-csv", "edifact-cusdec"})
"""Formats whose sample has one consignment, which takes 999 items (registry, class 29A)."""


def declaration(name: str, items: int) -> bytes:
    """Return a declaration of a format with so many items, without indentation."""
    if name in TABLES:
        return TABLES[name](items)
    if name not in SAMPLES:
        root = safe_xml.parse(enlarged(sample_declaration(), items))
        for one in root.iter():
            one.tail = None
            if len(one):
                one.text = None
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return _grown(SAMPLES[name], items)


def _grown(sample: Sample, items: int) -> bytes:
    text = (HERE / sample.file).read_text(encoding="utf-8")
    for ours, theirs in sample.renamed:
        text = text.replace(ours, theirs)
    root = safe_xml.parse(text.encode())
    pattern = next(root.iter(sample.item))
    parent = pattern.getparent()
    if parent is None:
        raise SystemExit(f"{sample.file} is nothing but an item")
    for tag, each in sample.totals.items():
        for total in set(root.iter(tag)) - set(pattern.iter(tag)):
            total.text = str(each * items)
    bare = copy.deepcopy(parent)
    for full in list(bare.iter(sample.item)):
        bare.remove(full)
    for number in range(2, items + 1):
        if sample.house and number % tables.OF_ONE == 1:
            house = copy.deepcopy(bare)
            for at in house.findall("sequenceNumber"):
                at.text = str(number // tables.OF_ONE + 1)
            parent.addnext(house)
            parent = house
        parent.append(_another(sample, pattern, number))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _another(sample: Sample, pattern: etree._Element, number: int) -> etree._Element:
    """Return an item with a number and texts of its own."""
    one = copy.deepcopy(pattern)
    for at in one.iter(*(sample.numbers or ("-",))):
        at.text = str((number - 1) % tables.OF_ONE + 1 if sample.house else number)
    for at in one.iter(*(sample.named or ("-",))):
        at.text = f"{at.text} {number}"
    return one


def facts_of(name: str) -> str:
    """Return the facts that go with a sample."""
    if name in TABLES:
        return tables.cusdec_facts() if name == "edifact-cusdec" else ""
    return SAMPLES[name].facts if name in SAMPLES else facts_for(1)


def country_of(name: str) -> str:
    """Return the country that submits a sample."""
    return SAMPLES[name].country if name in SAMPLES else "KZ"
