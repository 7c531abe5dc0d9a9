"""Containers, wagons and customs seals: counted, named once, linked with the items both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.rules.movement.reckoning import Group, groups
from exchange_node.wco.rules.movement.totals import count

CUSTOMS_SEALS = Rule(
    code="CAREC-R404",
    severity=Severity.WARNING,
    sentence="{pointer} says {value} customs seals, {sum} are named",
    mend="Name each customs seal, or correct their number.",
)
EQUIPMENT = Rule(
    code="CAREC-R406",
    severity=Severity.WARNING,
    sentence="{value!r} at {pointer} carries an item, but the consignment has no such equipment",
    mend="List the equipment once for the consignment, or correct the link.",
)
SEAL_TWICE = Rule(
    code="CAREC-R410",
    severity=Severity.WARNING,
    sentence="the customs seal {value!r} at {pointer} stands at {other} already",
    mend="One seal closes one unit: correct the number of one of the two.",
)
IDLE_EQUIPMENT = Rule(
    code="CAREC-R411",
    severity=Severity.WARNING,
    sentence="no item names the equipment {value!r} at {pointer}, though others are named by items",
    mend="Link each item with the equipment that carries it, or take the empty one out.",
)
CONTAINERISED = Rule(
    code="CAREC-R412",
    severity=Severity.WARNING,
    sentence="{pointer} says {value} for goods in containers, and {found} pieces of equipment are"
    " listed",
    mend="Correct the mark, or list the containers.",
)
EQUIPMENT_TWICE = Rule(
    code="CAREC-R413",
    severity=Severity.WARNING,
    sentence="the equipment {value!r} at {pointer} stands in the consignment already",
    mend="List each piece once, with all its customs seals.",
)
RULES = (
    CUSTOMS_SEALS, EQUIPMENT, SEAL_TWICE, IDLE_EQUIPMENT, CONTAINERISED, EQUIPMENT_TWICE,
)  # fmt: skip

_CONSIGNMENT = "Declaration/Consignment"
_UNIT = f"{_CONSIGNMENT}/TransportEquipment"
_OF_CONSIGNMENT = (
    "ContainerCode",
    "TransportEquipment/ID",
    "ConsignmentItem/TransportEquipment/ID",
)
_YES = "1"


def check_equipment(document: Document) -> tuple[Finding, ...]:
    """Return where equipment, seals and items of a manifest do not fit each other."""
    findings: list[Finding] = []
    for consignment in groups(document, _CONSIGNMENT, _OF_CONSIGNMENT).values():
        findings += _links(consignment)
        findings += _mark(consignment)
    units = groups(document, _UNIT, ("ID", "Seal/ID", "SealsAffixedQuantity"))
    for unit in units.values():
        seals = Decimal(len(unit.all("Seal/ID")))
        findings += count(CUSTOMS_SEALS, unit.first("SealsAffixedQuantity"), seals)
    findings += _seals(units)
    return tuple(findings)


def _links(consignment: Group) -> Iterator[Finding]:
    listed: dict[str, Leaf] = {}
    for leaf in consignment.all("TransportEquipment/ID"):
        if leaf.value in listed:
            yield EQUIPMENT_TWICE.found(pointer=leaf.pointer, value=leaf.value)
        listed.setdefault(leaf.value, leaf)
    carrying: set[str] = set()
    for leaf in consignment.all("ConsignmentItem/TransportEquipment/ID"):
        carrying.add(leaf.value)
        if leaf.value not in listed:
            yield EQUIPMENT.found(pointer=leaf.pointer, value=leaf.value)
    if carrying:
        for value, leaf in listed.items():
            if value not in carrying:
                yield IDLE_EQUIPMENT.found(pointer=leaf.pointer, value=value)


def _mark(consignment: Group) -> Iterator[Finding]:
    """Hold the mark for goods in containers to the list; a trailer in it is no container."""
    mark = consignment.first("ContainerCode")
    units = len(consignment.all("TransportEquipment/ID"))
    if mark is not None and mark.value == _YES and not units:
        yield CONTAINERISED.found(pointer=mark.pointer, value=mark.value, found=units)


def _seals(units: Mapping[str, Group]) -> Iterator[Finding]:
    """Find a seal on two units; consignments in one container name that container and its seals."""
    seen: dict[str, tuple[str, str, Leaf]] = {}
    for place, unit in units.items():
        number = unit.first("ID")
        name = number.value if number is not None else place
        for leaf in unit.all("Seal/ID"):
            before, owner, other = seen.setdefault(leaf.value, (place, name, leaf))
            is_same_unit = before != place and owner == name
            if other is not leaf and not is_same_unit:
                yield SEAL_TWICE.found(pointer=leaf.pointer, value=leaf.value, other=other.pointer)
