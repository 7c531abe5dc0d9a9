"""Numbers of a document as they are reckoned with, and elements gathered by their class."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from exchange_node.wco.document import Document, Leaf

IN_KG = {"KGM": Decimal(1), "GRM": Decimal("0.001"), "TNE": Decimal(1000), "DTN": Decimal(100)}


@dataclass(slots=True)
class Group:
    """Leaves that belong together, by the rest of their path."""

    leaves: dict[str, list[Leaf]] = field(default_factory=dict)

    def first(self, tail: str) -> Leaf | None:
        """Return the first leaf there."""
        return next(iter(self.leaves.get(tail, ())), None)

    def all(self, tail: str) -> list[Leaf]:
        """Return every leaf there."""
        return self.leaves.get(tail, [])


def groups(document: Document, path: str, tails: tuple[str, ...]) -> dict[str, Group]:
    """Gather what is asked of each element of a path, by its pointer."""
    depth = path.count("/") + 1
    found: dict[str, Group] = {}
    for tail in tails:
        for leaf in document.at(f"{path}/{tail}"):
            place = "/".join(leaf.pointer.split("/", depth)[:depth])
            group = found.get(place)
            if group is None:
                group = found[place] = Group()
            group.leaves.setdefault(tail, []).append(leaf)
    return found


def kilograms(leaf: Leaf | None) -> Decimal | None:
    """Return a mass in kilograms; None for none, or one in a unit that is no mass."""
    if leaf is None:
        return None
    factor = IN_KG.get(unit_of(leaf))
    value = number(leaf.value)
    return None if factor is None or value is None else value * factor


def unit_of(leaf: Leaf) -> str:
    """Return the unit of a measure (UN/ECE Recommendation 20); kilograms if it says none."""
    return leaf.attributes.get("unitCode", "KGM")


def number(text: str) -> Decimal | None:
    """Return a decimal number; None for what is none, so that format findings speak of it."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
