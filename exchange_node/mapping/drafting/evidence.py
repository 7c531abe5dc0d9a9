"""The values of a leaf, held against one WCO element: what speaks for it, and what against.

A weight of -1 says that the values cannot stand there at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from exchange_node.mapping.drafting.samples.observing import Leaf
from exchange_node.mapping.drafting.samples.shapes import Shape
from exchange_node.wco.codelists import CodeLists
from exchange_node.wco.registry import Entry

IMPOSSIBLE = -1.0
_TEXT = re.compile(r"(Name|Description|Line|CityName|StatementDescription)\Z")
MRN = "Declaration/ID"
CONTAINERS = "TransportEquipment/ID"
HS = "Classification/ID"
OFFICES = "customs_offices"
COUNTRIES = "iso3166"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What values say of one element.

    Attributes:
        weight: -1 to 1; 0 where they say nothing.
        said: in words, for the reader of the draft.
        alone: what the values are worth without any name: 0 to 1.
    """

    weight: float = 0.0
    said: str = ""
    alone: float = 0.0


NO = Evidence(weight=IMPOSSIBLE)


# Each of these is a list of signs: the first that is met answers.
def evidence(  # noqa: PLR0911
    leaf: Leaf, entry: Entry, codes: Mapping[str, frozenset[str]]
) -> Evidence:
    """Hold the values of a leaf against an element."""
    shape = leaf.shape
    if entry.is_moment:
        return Evidence(weight=0.2, said="dates") if shape.dates else NO
    if shape.dates and not shape.is_whole:
        return NO
    if entry.is_number and not entry.code_list:
        return _number(shape, entry)
    told = _told(shape, entry)
    if told is not None:
        return told
    if entry.code_list:
        return _code(leaf, entry, codes)
    if _TEXT.search(entry.path):
        if shape.is_number or shape.is_container or shape.is_hs:
            return NO
        return Evidence(weight=-0.25) if shape.longest <= 3 else Evidence()
    if entry.max_length is not None and shape.longest > entry.max_length:
        return Evidence(weight=-0.3)
    if entry.name.endswith("Code") and shape.longest > 20:
        return NO
    return Evidence()


def _told(shape: Shape, entry: Entry) -> Evidence | None:  # noqa: PLR0911 - as above
    """Return what a check digit or a heading gives away."""
    path = entry.path
    if shape.is_mrn:
        if path == MRN:
            return Evidence(weight=0.35, said="the check digit of an MRN holds", alone=0.7)
        return Evidence(weight=-0.3)
    if shape.is_container:
        if path.endswith(CONTAINERS):
            return Evidence(weight=0.3, said="check digits of containers hold (ISO 6346)",
                            alone=0.65)  # fmt: skip
        return Evidence(weight=-0.3)
    if path.endswith(HS):
        if shape.is_hs:
            return Evidence(weight=0.25, said="begins with subheadings of the Harmonized System",
                            alone=0.5)  # fmt: skip
        return Evidence(weight=-0.1) if shape.is_whole and shape.longest >= 4 else NO
    return None


def _number(shape: Shape, entry: Entry) -> Evidence:
    if entry.name.endswith("UNDGID"):
        return Evidence(weight=0.1) if shape.is_whole and shape.longest == 4 else NO
    if shape.is_money and entry.name.endswith("Amount"):
        return Evidence(weight=0.15, said="amounts with a currency")
    if not (shape.is_number or shape.numbers) or shape.is_container or shape.is_mrn:
        return NO
    if not entry.decimals and not shape.is_whole and not shape.numbers:
        return NO
    return Evidence(weight=0.05, said="numbers")


def _code(  # noqa: PLR0911 - as above
    leaf: Leaf, entry: Entry, codes: Mapping[str, frozenset[str]]
) -> Evidence:
    shape = leaf.shape
    if entry.code_list == OFFICES:
        if shape.is_office:
            return Evidence(weight=0.15, said="shaped like codes of customs offices")
        return NO if shape.longest > 17 or " " in "".join(leaf.values) else Evidence(weight=-0.05)
    known = codes.get(entry.code_list, frozenset())
    if not known:
        return Evidence()
    if known.issuperset(leaf.values):
        weight = 0.2 if entry.code_list in (COUNTRIES, "iso4217", "rec21") else 0.1
        return Evidence(weight=weight, said=f"codes of {entry.code_list}")
    if shape.longest > 20 or shape.is_container:
        return NO
    if entry.code_list == COUNTRIES and shape.longest > 3:
        return NO
    return Evidence(weight=-0.15, said=f"not all of them codes of {entry.code_list}")


def code_sets(lists: CodeLists, names: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return the codes of the lists that elements draw on."""
    return {name: frozenset(one.code for one in lists.codes(name)) for name in names}
