"""Whether a goods declaration adds up: items, packages, masses, containers (68A beside 67A).

The rules are those of a manifest and all of them warn. An amendment or a cancellation names only
what it changes, so nothing is added up in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.finding import Finding, Rule
from exchange_node.domain.identifiers import ContainerNumber
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.rules import totals
from exchange_node.wco.rules.journey import number

ORIGINAL = "9"
_GOODS = "Declaration/GoodsShipment"
_ITEM = f"{_GOODS}/GovernmentAgencyGoodsItem"
_EQUIPMENT = f"{_GOODS}/Consignment/TransportEquipment"
_COMMODITY = f"{_ITEM}/Commodity"


def check_goods(document: Document) -> tuple[Finding, ...]:
    """Return where the numbers of a goods declaration do not fit each other."""
    findings = [*_containers(document), *_net_masses(document)]
    if document.value("Declaration/FunctionCode") in ("", ORIGINAL):
        findings += _sums(document)
    return tuple(findings)


def _sums(document: Document) -> Iterator[Finding]:
    items = {_place(one) for one in document.leaves() if one.path.startswith(f"{_ITEM}/")}
    if not items:
        return
    head = document.at("Declaration/GoodsItemQuantity")
    yield from _differs(totals.ITEMS, head, Decimal(len(items)))
    counts = document.at(f"{_ITEM}/Packaging/QuantityQuantity")
    kinds = set(document.values(f"{_ITEM}/Packaging/TypeCode"))
    packages = [number(one.value) for one in counts]
    if packages and not kinds & totals.BULK:
        head = document.at("Declaration/TotalPackageQuantity")
        yield from _differs(totals.PACKAGES, head, _sum(packages))
    masses = document.at(f"{_COMMODITY}/GoodsMeasure/GrossMassMeasure")
    parts = _sum([_kg(one) for one in masses])
    # An item without a mass of its own leaves the sum open.
    if parts is None or {_place(one) for one in masses} != items:
        return
    for leaf in document.at("Declaration/TotalGrossMassMeasure"):
        total = _kg(leaf)
        slack = max(totals.TOLERANCE_KG, (total or 0) * totals.TOLERANCE_SHARE)
        if total is not None and abs(total - parts) > slack:
            yield totals.GROSS_MASS.found(pointer=leaf.pointer, value=leaf.value, sum=f"{parts:f}")


def _differs(rule: Rule, leaves: Sequence[Leaf], counted: Decimal | None) -> Iterator[Finding]:
    for leaf in leaves:
        told = number(leaf.value)
        if told is not None and counted is not None and told != counted:
            yield rule.found(pointer=leaf.pointer, value=leaf.value, sum=f"{counted:f}")


def _net_masses(document: Document) -> Iterator[Finding]:
    measure = f"{_COMMODITY}/GoodsMeasure"
    gross = {_place(one): _kg(one) for one in document.at(f"{measure}/GrossMassMeasure")}
    for leaf in document.at(f"{measure}/NetNetWeightMeasure"):
        net, whole = _kg(leaf), gross.get(_place(leaf))
        if net is not None and whole is not None and net > whole:
            yield totals.NET_MASS.found(pointer=leaf.pointer, value=leaf.value, gross=f"{whole:f}")


def _containers(document: Document) -> Iterator[Finding]:
    listed = document.at(f"{_EQUIPMENT}/ID")
    for leaf in listed:
        if not totals.LOOKS_LIKE_CONTAINER.fullmatch(leaf.value):
            continue
        try:
            ContainerNumber.parse(leaf.value)
        except MalformedIdentifierError as err:
            why = err.facts["why"]
            yield totals.CONTAINER.found(pointer=leaf.pointer, value=leaf.value, why=why)
    known = {one.value for one in listed}
    for leaf in document.at(f"{_COMMODITY}/TransportEquipment/ID"):
        if leaf.value not in known:
            yield totals.EQUIPMENT.found(pointer=leaf.pointer, value=leaf.value)


def _place(leaf: Leaf) -> str:
    """Return the pointer of the item that a leaf stands in."""
    return "/".join(leaf.pointer.split("/", 3)[:3])


def _kg(leaf: Leaf) -> Decimal | None:
    factor = totals.IN_KG.get(leaf.attributes.get("unitCode", "KGM"))
    value = number(leaf.value)
    return None if factor is None or value is None else value * factor


def _sum(parts: list[Decimal | None]) -> Decimal | None:
    known = [one for one in parts if one is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(parts) else None
