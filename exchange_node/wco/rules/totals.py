"""Whether a manifest adds up: masses, packages, items, customs seals, container numbers.

All of it warns: what was declared is passed on as it was declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.identifiers import ContainerNumber
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.rules.journey import number

GROSS_MASS = Rule(
    code="CAREC-R401",
    severity=Severity.WARNING,
    sentence="the gross mass at {pointer} is {value} kg, its parts add up to {sum} kg",
    mend="Check the masses of the items and the total; one of them is wrong.",
)
PACKAGES = Rule(
    code="CAREC-R402",
    severity=Severity.WARNING,
    sentence="{pointer} says {value} packages, the items have {sum}",
    mend="Check the packages of the items and the total; one of them is wrong.",
)
ITEMS = Rule(
    code="CAREC-R403",
    severity=Severity.WARNING,
    sentence="{pointer} says {value} items, there are {sum}",
    mend="Recount the items.",
)
CUSTOMS_SEALS = Rule(
    code="CAREC-R404",
    severity=Severity.WARNING,
    sentence="{pointer} says {value} customs seals, {sum} are named",
    mend="Name each customs seal, or correct their number.",
)
CONTAINER = Rule(
    code="CAREC-R405",
    severity=Severity.WARNING,
    sentence="the container number {value!r} at {pointer} is wrong: {why}",
    mend="Read the number off the container again.",
)
EQUIPMENT = Rule(
    code="CAREC-R406",
    severity=Severity.WARNING,
    sentence="{value!r} at {pointer} carries an item, but the consignment has no such equipment",
    mend="List the equipment once for the consignment, or correct the link.",
)
NET_MASS = Rule(
    code="CAREC-R407",
    severity=Severity.WARNING,
    sentence="the net mass at {pointer} is {value} kg, more than the gross mass of {gross} kg",
    mend="Check both masses of the item.",
)
HS_CODE = Rule(
    code="CAREC-R408",
    severity=Severity.WARNING,
    sentence="the commodity code {value!r} at {pointer} is no HS code of six digits or more",
    mend="Classify the goods to at least six digits.",
)
RULES = (GROSS_MASS, PACKAGES, ITEMS, CUSTOMS_SEALS, CONTAINER, EQUIPMENT, NET_MASS, HS_CODE)

TOLERANCE_KG = Decimal("0.5")
TOLERANCE_SHARE = Decimal("0.001")
"""Rounding of items is no finding: half a kilogram or a thousandth of the total (our choice)."""
IN_KG = {"KGM": Decimal(1), "GRM": Decimal("0.001"), "TNE": Decimal(1000), "DTN": Decimal(100)}
BULK = frozenset({"VG", "VL", "VO", "VQ", "VR", "VS", "VY"})
LOOKS_LIKE_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_HS = re.compile(r"[0-9]{6,}")

_ITEM = "Declaration/Consignment/ConsignmentItem"
_BELOW_ITEM = f"{_ITEM}/"
_CONSIGNMENT = "Declaration/Consignment"
_EQUIPMENT = f"{_CONSIGNMENT}/TransportEquipment"
_OF_DECLARATION = ("TotalGrossMassMeasure", "TotalPackageQuantity", "GoodsItemQuantity")
_OF_CONSIGNMENT = ("TotalGrossMassMeasure", "TotalPackageQuantity", "TransportEquipment/ID")
_OF_ITEM = (
    "GoodsMeasure/GrossMassMeasure",
    "GoodsMeasure/NetNetWeightMeasure",
    "Packaging/QuantityQuantity",
    "Packaging/TypeCode",
    "Commodity/Classification/ID",
    "Commodity/Classification/IdentificationTypeCode",
    "TransportEquipment/ID",
)


@dataclass(slots=True)
class _Group:
    """Leaves that belong together, by the rest of their path."""

    leaves: dict[str, list[Leaf]] = field(default_factory=dict)

    def first(self, tail: str) -> Leaf | None:
        return next(iter(self.leaves.get(tail, ())), None)

    def all(self, tail: str) -> list[Leaf]:
        return self.leaves.get(tail, [])


def check_totals(document: Document) -> tuple[Finding, ...]:
    """Return where the numbers of a manifest do not fit each other."""
    consignments = _groups(document, _CONSIGNMENT, _OF_CONSIGNMENT)
    items = _items(document)
    for place in items:
        consignments.setdefault(place.rpartition("/")[0], _Group())
    findings: list[Finding] = []
    mass_of_items: dict[str, Decimal | None] = {}
    packages_of_items: dict[str, Decimal | None] = {}
    for place, item in items.items():
        owner = place.rpartition("/")[0]
        _add(mass_of_items, owner, _kg(item.first("GoodsMeasure/GrossMassMeasure")))
        _add(packages_of_items, owner, _packages(item))
        findings += _net_mass(item)
        findings += _hs_codes(item)
    for owner, group in consignments.items():
        findings += _mass(group.first("TotalGrossMassMeasure"), mass_of_items.get(owner))
        told = group.first("TotalPackageQuantity")
        findings += _count(PACKAGES, told, packages_of_items.get(owner))
        findings += _equipment(group, [items[one] for one in items if one.startswith(owner + "/")])
    head = _groups(document, "Declaration", _OF_DECLARATION).get("Declaration", _Group())
    findings += _mass(head.first("TotalGrossMassMeasure"), _sum(mass_of_items.values()))
    packages = _sum(packages_of_items.values())
    findings += _count(PACKAGES, head.first("TotalPackageQuantity"), packages)
    findings += _count(
        ITEMS, head.first("GoodsItemQuantity"), Decimal(len(items)) if items else None
    )
    for unit in _groups(document, _EQUIPMENT, ("Seal/ID", "SealsAffixedQuantity")).values():
        seals = Decimal(len(unit.all("Seal/ID")))
        findings += _count(CUSTOMS_SEALS, unit.first("SealsAffixedQuantity"), seals)
    return tuple(findings)


def _groups(document: Document, path: str, tails: tuple[str, ...]) -> dict[str, _Group]:
    """Gather what is asked of each element of a path, by its pointer."""
    depth = path.count("/") + 1
    found: dict[str, _Group] = {}
    for tail in tails:
        for leaf in document.at(f"{path}/{tail}"):
            place = "/".join(leaf.pointer.split("/", depth)[:depth])
            group = found.get(place)
            if group is None:
                group = found[place] = _Group()
            group.leaves.setdefault(tail, []).append(leaf)
    return found


def _items(document: Document) -> dict[str, _Group]:
    """Gather what is asked of each item; one of which nothing is asked counts too."""
    found = _groups(document, _ITEM, _OF_ITEM)
    every: dict[str, _Group] = {}
    above = ""
    for leaf in document.leaves():
        if leaf.path.startswith(_BELOW_ITEM) and not (above and leaf.pointer.startswith(above)):
            # Leaves of one item stand together: its pointer is parted once.
            place = "/".join(leaf.pointer.split("/", 3)[:3])
            above = place + "/"
            every[place] = found.get(place) or _Group()
    return every


def _kg(leaf: Leaf | None) -> Decimal | None:
    if leaf is None:
        return None
    factor = IN_KG.get(leaf.attributes.get("unitCode", "KGM"))
    value = number(leaf.value)
    return None if factor is None or value is None else value * factor


def _packages(item: _Group) -> Decimal | None:
    """Count the packages of an item; None where bulk or an unreadable number forbids it."""
    counts = [number(leaf.value) for leaf in item.all("Packaging/QuantityQuantity")]
    kinds = {leaf.value for leaf in item.all("Packaging/TypeCode")}
    return None if kinds & BULK or not counts else _sum(counts)


def _add(sums: dict[str, Decimal | None], owner: str, part: Decimal | None) -> None:
    """Add to a sum; one unknown part makes it unknown."""
    before = sums.get(owner, Decimal(0))
    sums[owner] = None if before is None or part is None else before + part


def _sum(parts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum; None where there is no part, or one is unknown."""
    known = list(parts)
    total = Decimal(0)
    for one in known:
        if one is None:
            return None
        total += one
    return total if known else None


def _mass(leaf: Leaf | None, parts: Decimal | None) -> Iterator[Finding]:
    total = _kg(leaf)
    if leaf is None or total is None or parts is None:
        return
    if abs(total - parts) > max(TOLERANCE_KG, total * TOLERANCE_SHARE):
        yield GROSS_MASS.found(pointer=leaf.pointer, value=leaf.value, sum=f"{parts:f}")


def _count(rule: Rule, leaf: Leaf | None, counted: Decimal | None) -> Iterator[Finding]:
    told = number(leaf.value) if leaf is not None else None
    if leaf is not None and counted is not None and told is not None and told != counted:
        yield rule.found(pointer=leaf.pointer, value=leaf.value, sum=f"{counted:f}")


def _net_mass(item: _Group) -> Iterator[Finding]:
    leaf = item.first("GoodsMeasure/NetNetWeightMeasure")
    net, gross = _kg(leaf), _kg(item.first("GoodsMeasure/GrossMassMeasure"))
    if leaf is not None and net is not None and gross is not None and net > gross:
        yield NET_MASS.found(pointer=leaf.pointer, value=leaf.value, gross=f"{gross:f}")


def _hs_codes(item: _Group) -> Iterator[Finding]:
    kinds = item.all("Commodity/Classification/IdentificationTypeCode")
    for code, kind in zip(item.all("Commodity/Classification/ID"), kinds, strict=False):
        if kind.value == "HS" and not _HS.fullmatch(code.value):
            yield HS_CODE.found(pointer=code.pointer, value=code.value)


def _equipment(consignment: _Group, items: list[_Group]) -> Iterator[Finding]:
    listed = consignment.all("TransportEquipment/ID")
    for leaf in listed:
        if not LOOKS_LIKE_CONTAINER.fullmatch(leaf.value):
            continue
        try:
            ContainerNumber.parse(leaf.value)
        except MalformedIdentifierError as err:
            why = err.facts["why"]
            yield CONTAINER.found(pointer=leaf.pointer, value=leaf.value, why=why)
    known = {leaf.value for leaf in listed}
    for item in items:
        for leaf in item.all("TransportEquipment/ID"):
            if leaf.value not in known:
                yield EQUIPMENT.found(pointer=leaf.pointer, value=leaf.value)
