"""The sample declaration → the same with as many items as wanted, and its facts under a new MRN."""

from __future__ import annotations

import copy
import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from exchange_node import rehearsal, safe_xml
from exchange_node.domain.identifiers import check_digit

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SAMPLES = Path(rehearsal.__file__).parent / "samples"
DECLARATION = SAMPLES / "kz-uz-transit.xml"
FACTS = SAMPLES / "kz-uz-transit.facts.toml"

# Totals of the shipment → what they add up on each item; the number of items adds up nothing.
_TOTALS = {
    "TotalGoodsNumber": "",
    "TotalPackageNumber": "PakageQuantity",
    "TotalCustCost": "InvoicedCost",
    "TotalInvoiceAmount": "InvoicedCost",
}


def sample_declaration() -> bytes:
    """Return the sample declaration as it comes with the program."""
    return DECLARATION.read_bytes()


def item_count(declaration: bytes) -> int:
    """Return how many items a declaration has."""
    return len(_goods(safe_xml.parse(declaration)))


def enlarged(declaration: bytes, items: int) -> bytes:
    """Return the declaration with so many items: its own, again and again.

    Every copy gets its own number and document numbers of its own, and the totals are added up
    anew: without that the document would carry findings that no real one carries.
    """
    root = safe_xml.parse(declaration)
    goods = _goods(root)
    patterns = [copy.deepcopy(one) for one in goods]
    parent = goods[0].getparent()
    assert parent is not None  # noqa: S101 - an item stands in its shipment
    place = parent.index(goods[0])
    for one in goods:
        parent.remove(one)
    for number in range(1, items + 1):
        one = copy.deepcopy(patterns[(number - 1) % len(patterns)])
        _set(one, "GoodsNumeric", str(number))
        for document in _named(one, "PrDocumentNumber"):
            document.text = f"{document.text}-{number:03d}"
        parent.insert(place + number - 1, one)
    for total, part in _TOTALS.items():
        values = [Decimal(one.text or "0") for one in _named(root, part)] if part else []
        _set(root, total, str(sum(values) if part else items))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def facts_for(number: int) -> str:
    """Return the sample's facts under an MRN of its own, so that no movement comes twice."""
    plain = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    stem = f"26KZ{number:013d}"
    plain["Facts"]["MRN"] = stem + check_digit(stem)
    # The sample's day is past, and a node enquires at once after what has not arrived by it.
    plain["Facts"]["TransitLimitDate"] = "2099-12-31"
    return json.dumps(plain, default=str)


def _goods(root: Element) -> list[Element]:
    return _named(root, "ESADout_CUGoods")


def _named(root: Element, name: str) -> list[Element]:
    return list(root.iter(f"{{*}}{name}"))


def _set(root: Element, name: str, text: str) -> None:
    for one in _named(root, name):
        one.text = text
