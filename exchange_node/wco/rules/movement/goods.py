"""Single items: net and gross mass, the commodity code and whether there is one, item numbers."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from datetime import date
from decimal import Decimal

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.codelists import HS, CodeLists
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.rules.movement.reckoning import kilograms, unit_of

NET_MASS = Rule(
    code="CAREC-R407",
    severity=Severity.WARNING,
    sentence="the net mass at {pointer} is {value} {unit}, more than the gross mass of {gross} kg",
    mend="Check both masses of the item.",
)
HS_CODE = Rule(
    code="CAREC-R408",
    severity=Severity.WARNING,
    sentence="the commodity code {value!r} at {pointer} is no HS code of six digits or more",
    mend="Classify the goods to at least six digits.",
)
NO_SUCH_HS_CODE = Rule(
    code="CAREC-R409",
    severity=Severity.WARNING,
    sentence="the commodity code {value!r} at {pointer}: the Harmonized System has no {code} on"
    " {day}",
    mend="Classify the goods again; the code may be mistyped, or of an earlier edition.",
)
ITEM_NUMBER = Rule(
    code="CAREC-R414",
    severity=Severity.WARNING,
    sentence="the item number {value} at {pointer} stands there already",
    mend="Number the items from 1, each once.",
)
RULES = (NET_MASS, HS_CODE, NO_SUCH_HS_CODE, ITEM_NUMBER)

_ITEM = "Declaration/Consignment/ConsignmentItem"
_HS = re.compile(r"[0-9]{6,}")
_NATIONAL = ("98", "99")
"""Chapters that the convention leaves to each country (HS, chapters 98 and 99)."""


def check_goods(
    document: Document, code_lists: CodeLists, on: date, day: date
) -> tuple[Finding, ...]:
    """Return what is wrong with single items; their codes hold on `day`, and `on` is today."""
    return (*_net_masses(document), *check_items(document, _ITEM, {"HS"}, code_lists, on, day))


def check_items(
    document: Document,
    item: str,
    kinds: Container[str],
    code_lists: CodeLists,
    on: date,
    day: date,
) -> tuple[Finding, ...]:
    """Return items numbered twice, and goods that the Harmonized System has no place for.

    Args:
        document: what is checked.
        item: the path of an item.
        kinds: kinds of commodity codes (UNCL 7143) whose first six digits are those of the System.
        code_lists: the lists that are held.
        on: today.
        day: the day of the document.
    """
    classification = f"{item}/Commodity/Classification"
    return (
        *_codes(document, classification, kinds, (code_lists, on, day)),
        *_places(document.at(f"{item}/SequenceNumeric")),
    )


def _net_masses(document: Document) -> Iterator[Finding]:
    nets = document.at(f"{_ITEM}/GoodsMeasure/NetNetWeightMeasure")
    if not nets:
        return
    gross_at = {
        leaf.pointer.rpartition("/")[0]: leaf
        for leaf in document.at(f"{_ITEM}/GoodsMeasure/GrossMassMeasure")
    }
    for leaf in nets:
        net = kilograms(leaf)
        gross = kilograms(gross_at.get(leaf.pointer.rpartition("/")[0]))
        if net is not None and gross is not None and net > gross:
            yield excess(leaf, gross)


def excess(net: Leaf, gross: Decimal) -> Finding:
    """Say that a net mass is more than the gross mass, in kilograms, of the same goods."""
    return NET_MASS.found(
        pointer=net.pointer, value=net.value, unit=unit_of(net), gross=f"{gross:f}"
    )


def _codes(
    document: Document,
    path: str,
    kinds: Container[str],
    held: tuple[CodeLists, date, date],
) -> Iterator[Finding]:
    """Hold what is said to be an HS code to the edition of its day, if that is held here."""
    code_lists, on, day = held
    edition = code_lists.edition(HS, on)
    is_held = edition is not None and any(one[0].is_valid(day) for one in edition.codes.values())
    said = document.at(f"{path}/IdentificationTypeCode")
    of_hs = {one.pointer.rpartition("/")[0] for one in said if one.value in kinds}
    known: dict[str, bool] = {}
    for leaf in document.at(f"{path}/ID"):
        if leaf.pointer.rpartition("/")[0] not in of_hs:
            continue
        if not _HS.fullmatch(leaf.value):
            yield HS_CODE.found(pointer=leaf.pointer, value=leaf.value)
            continue
        code = leaf.value[:6]
        if code not in known:
            known[code] = (
                not is_held
                or code.startswith(_NATIONAL)
                or code_lists.knows(HS, code, day, told=on)
            )
        if not known[code]:
            yield NO_SUCH_HS_CODE.found(pointer=leaf.pointer, value=leaf.value, code=code, day=day)


def _places(numbers: Iterable[Leaf]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for leaf in numbers:
        place = (leaf.pointer.split("/", 2)[1], leaf.value)
        if place in seen:
            yield ITEM_NUMBER.found(pointer=leaf.pointer, value=leaf.value)
        seen.add(place)
