"""Whether a manifest adds up: masses, packages, items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.rules.movement.reckoning import Group, groups, kilograms, number, unit_of

GROSS_MASS = Rule(
    code="CAREC-R401",
    severity=Severity.WARNING,
    sentence="the gross mass at {pointer} is {value} {unit}, its parts add up to {sum} kg",
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
RULES = (GROSS_MASS, PACKAGES, ITEMS)

TOLERANCE_KG = Decimal("0.5")
TOLERANCE_SHARE = Decimal("0.001")
"""Rounding of items is no finding: half a kilogram or a thousandth of the total (our choice)."""
BULK = frozenset({"VG", "VL", "VO", "VQ", "VR", "VS", "VY"})

_ITEM = "Declaration/Consignment/ConsignmentItem"
_BELOW_ITEM = f"{_ITEM}/"
_CONSIGNMENT = "Declaration/Consignment"
_OF_DECLARATION = ("TotalGrossMassMeasure", "TotalPackageQuantity", "GoodsItemQuantity")
_OF_CONSIGNMENT = ("TotalGrossMassMeasure", "TotalPackageQuantity")
_OF_ITEM = (
    "GoodsMeasure/GrossMassMeasure",
    "Packaging/QuantityQuantity",
    "Packaging/TypeCode",
)


def check_totals(document: Document) -> tuple[Finding, ...]:
    """Return where the numbers of a manifest do not fit each other."""
    consignments = groups(document, _CONSIGNMENT, _OF_CONSIGNMENT)
    items = _items(document)
    for place in items:
        consignments.setdefault(place.rpartition("/")[0], Group())
    findings: list[Finding] = []
    mass_of_items: dict[str, Decimal | None] = {}
    packages_of_items: dict[str, Decimal | None] = {}
    for place, item in items.items():
        owner = place.rpartition("/")[0]
        _add(mass_of_items, owner, kilograms(item.first("GoodsMeasure/GrossMassMeasure")))
        _add(packages_of_items, owner, _packages(item))
    for owner, group in consignments.items():
        findings += mass(group.first("TotalGrossMassMeasure"), mass_of_items.get(owner))
        told = group.first("TotalPackageQuantity")
        findings += count(PACKAGES, told, packages_of_items.get(owner))
    head = groups(document, "Declaration", _OF_DECLARATION).get("Declaration", Group())
    findings += mass(head.first("TotalGrossMassMeasure"), _sum(mass_of_items.values()))
    packages = _sum(packages_of_items.values())
    findings += count(PACKAGES, head.first("TotalPackageQuantity"), packages)
    findings += count(
        ITEMS, head.first("GoodsItemQuantity"), Decimal(len(items)) if items else None
    )
    return tuple(findings)


def _items(document: Document) -> dict[str, Group]:
    """Gather what is asked of each item; one of which nothing is asked counts too."""
    found = groups(document, _ITEM, _OF_ITEM)
    every: dict[str, Group] = {}
    above = ""
    for leaf in document.leaves():
        # Leaves of one item stand together: its pointer is parted once.
        if above and leaf.pointer.startswith(above):
            continue
        if leaf.path.startswith(_BELOW_ITEM):
            place = "/".join(leaf.pointer.split("/", 3)[:3])
            above = place + "/"
            every[place] = found.get(place) or Group()
    return every


def _packages(item: Group) -> Decimal | None:
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


def mass(leaf: Leaf | None, parts: Decimal | None) -> Iterator[Finding]:
    """Yield a finding where a mass that is told is not that of its parts."""
    total = kilograms(leaf)
    if leaf is None or total is None or parts is None:
        return
    if abs(total - parts) > max(TOLERANCE_KG, total * TOLERANCE_SHARE):
        yield GROSS_MASS.found(
            pointer=leaf.pointer, value=leaf.value, unit=unit_of(leaf), sum=f"{parts:f}"
        )


def count(rule: Rule, leaf: Leaf | None, counted: Decimal | None) -> Iterator[Finding]:
    """Yield a finding where a number that is told is not what was counted."""
    told = number(leaf.value) if leaf is not None else None
    if leaf is not None and counted is not None and told is not None and told != counted:
        yield rule.found(pointer=leaf.pointer, value=leaf.value, sum=f"{counted:f}")
