"""Whether a goods declaration adds up: items, packages, masses, equipment (68A beside 67A).

The rules are those of a manifest and all of them warn. An amendment or a cancellation names only
what it changes, so nothing is added up in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from exchange_node.domain.finding import Finding
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.rules.movement.equipment import EQUIPMENT
from exchange_node.wco.rules.movement.goods import excess
from exchange_node.wco.rules.movement.reckoning import kilograms, number
from exchange_node.wco.rules.movement.totals import BULK, ITEMS, PACKAGES, count, mass

ORIGINAL = "9"
_GOODS = "Declaration/GoodsShipment"
ITEM = f"{_GOODS}/GovernmentAgencyGoodsItem"
_COMMODITY = f"{ITEM}/Commodity"


def check_shipment(document: Document) -> tuple[Finding, ...]:
    """Return where the numbers of a goods declaration do not fit each other."""
    findings = [*_equipment(document), *_net_masses(document)]
    if document.value("Declaration/FunctionCode") in ("", ORIGINAL):
        findings += _sums(document)
    return tuple(findings)


def _sums(document: Document) -> Iterator[Finding]:
    items = {_place(one) for one in document.leaves() if one.path.startswith(f"{ITEM}/")}
    if not items:
        return
    yield from count(ITEMS, _head(document, "GoodsItemQuantity"), Decimal(len(items)))
    kinds = set(document.values(f"{ITEM}/Packaging/TypeCode"))
    packages = [number(one.value) for one in document.at(f"{ITEM}/Packaging/QuantityQuantity")]
    if packages and not kinds & BULK:
        yield from count(PACKAGES, _head(document, "TotalPackageQuantity"), _sum(packages))
    masses = document.at(f"{_COMMODITY}/GoodsMeasure/GrossMassMeasure")
    # An item without a mass of its own leaves the sum open.
    if {_place(one) for one in masses} == items:
        parts = _sum([kilograms(one) for one in masses])
        yield from mass(_head(document, "TotalGrossMassMeasure"), parts)


def _head(document: Document, name: str) -> Leaf | None:
    return next(iter(document.at(f"Declaration/{name}")), None)


def _net_masses(document: Document) -> Iterator[Finding]:
    measure = f"{_COMMODITY}/GoodsMeasure"
    gross = {_place(one): kilograms(one) for one in document.at(f"{measure}/GrossMassMeasure")}
    for leaf in document.at(f"{measure}/NetNetWeightMeasure"):
        net, whole = kilograms(leaf), gross.get(_place(leaf))
        if net is not None and whole is not None and net > whole:
            yield excess(leaf, whole)


def _equipment(document: Document) -> Iterator[Finding]:
    known = set(document.values(f"{_GOODS}/Consignment/TransportEquipment/ID"))
    for leaf in document.at(f"{_COMMODITY}/TransportEquipment/ID"):
        if leaf.value not in known:
            yield EQUIPMENT.found(pointer=leaf.pointer, value=leaf.value)


def _place(leaf: Leaf) -> str:
    """Return the pointer of the item that a leaf stands in."""
    return "/".join(leaf.pointer.split("/", 3)[:3])


def _sum(parts: list[Decimal | None]) -> Decimal | None:
    known = [one for one in parts if one is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(parts) else None
