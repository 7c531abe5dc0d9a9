"""Check digits: containers (ISO 6346), wagons, ships (IMO), movements that a document refers to.

A number that does not look like one of its kind is left alone: many that are right look otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.identifiers import ContainerNumber
from exchange_node.wco.document import Document

CONTAINER = Rule(
    code="CAREC-R405",
    severity=Severity.WARNING,
    sentence="the container number {value!r} at {pointer} is wrong: {why}",
    mend="Read the number off the container again.",
)
WAGON = Rule(
    code="CAREC-R415",
    severity=Severity.WARNING,
    sentence="the wagon number {value!r} at {pointer} is wrong: its last digit would be {digit}",
    mend="Read the number off the wagon again; the last of its 8 or 12 digits checks the others.",
)
SHIP = Rule(
    code="CAREC-R416",
    severity=Severity.WARNING,
    sentence="the IMO number {value!r} at {pointer} is wrong: its last digit would be {digit}",
    mend="Check the ship's number; the last of its seven digits checks the others.",
)
RULES = (CONTAINER, WAGON, SHIP)

_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_WAGON = re.compile(r"[0-9]{8}|[0-9]{12}")
_SHIP = re.compile(r"(?:IMO ?)?([0-9]{7})")
_EQUIPMENT = (
    "Declaration/Consignment/TransportEquipment/ID",
    "Declaration/GoodsShipment/Consignment/TransportEquipment/ID",
    "Declaration/Consignment/ext:Transhipment/ext:EquipmentID",
    "InterGov/Declaration/Consignment/TransportEquipment/ID",
    "InterGov/ext:RiskAlert/ext:Subject/ext:EquipmentID",
)
_MEANS = (
    ("Declaration/BorderTransportMeans", ""),
    ("Declaration/ext:FurtherTransportMeans", "ext:"),
    ("Declaration/Consignment/DepartureTransportMeans", ""),
    ("Declaration/Consignment/ArrivalTransportMeans", ""),
    ("Declaration/Consignment/ext:FurtherTransportMeans", "ext:"),
    ("InterGov/Declaration/BorderTransportMeans", ""),
)
_IS_SHIP, _IS_WAGON = "10", "20"
"""Kinds of identification, as the list `means_identification` has them."""


def check_numbers(document: Document) -> tuple[Finding, ...]:
    """Return the numbers of equipment and means whose check digit is wrong."""
    return (*_containers(document), *_means(document))


def _containers(document: Document) -> Iterator[Finding]:
    for path in _EQUIPMENT:
        for leaf in document.at(path):
            if not _CONTAINER.fullmatch(leaf.value):
                continue
            try:
                ContainerNumber.parse(leaf.value)
            except MalformedIdentifierError as err:
                why = err.facts["why"]
                yield CONTAINER.found(pointer=leaf.pointer, value=leaf.value, why=why)


def _means(document: Document) -> Iterator[Finding]:
    for path, prefix in _MEANS:
        kinds = {
            leaf.pointer.rpartition("/")[0]: leaf.value
            for leaf in document.at(f"{path}/{prefix}IdentificationTypeCode")
        }
        for leaf in document.at(f"{path}/{prefix}ID") if kinds else ():
            kind = kinds.get(leaf.pointer.rpartition("/")[0])
            value = leaf.value.strip()
            if kind == _IS_WAGON and _WAGON.fullmatch(value):
                rule, digit, last = WAGON, wagon_digit(value[:-1]), value[-1]
            elif kind == _IS_SHIP and (ship := _SHIP.fullmatch(value)):
                rule, digit, last = SHIP, ship_digit(ship[1][:-1]), value[-1]
            else:
                continue
            if digit != last:
                yield rule.found(pointer=leaf.pointer, value=leaf.value, digit=digit)


def wagon_digit(stem: str) -> str:
    """Return the check digit of a wagon's first 7 digits (1520 mm) or 11 (UIC).

    Every second digit counting from the right is doubled, the digits of all products are added,
    and the check digit fills the sum up to tens. Source: UIC leaflet 438-2, appendix; the eight
    digits of 1520 mm railways are checked the same way.
    """
    total = 0
    for place, char in enumerate(reversed(stem)):
        product = int(char) * (1 if place % 2 else 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def ship_digit(stem: str) -> str:
    """Return the check digit of an IMO ship number's first six digits.

    Source: IMO resolution A.1117(30): they weigh 7 down to 2, and the sum's last digit checks.
    """
    return str(
        sum(int(char) * weight for char, weight in zip(stem, range(7, 1, -1), strict=True)) % 10
    )
