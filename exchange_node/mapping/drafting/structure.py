"""Which node of the samples is the goods item, which the consignment; which classes repeat."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from exchange_node.mapping.drafting.dictionary import Dictionary
from exchange_node.mapping.drafting.samples.observing import Observed, Path
from exchange_node.wco.registry import Registry

CONSIGNMENT = "Declaration/Consignment"
ITEM = "Declaration/Consignment/ConsignmentItem"
PARTS = frozenset(
    {"Address", "GoodsMeasure", "Commodity", "InvoiceLine", "Contact", "Communication", "Origin"}
)
"""Classes that are a part of the class above them, for a reader as for a format."""
_GOODS = re.compile(rf"{ITEM}/(Commodity|GoodsMeasure|Packaging|Origin|GovernmentProcedure)/")
_AGAINST = 0.3
"""What a leaf that is no goods' counts against a node: an item may have documents and parties."""
_REPEATED = 0.8
_CALLED = 0.5
_ENOUGH = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Nodes of the samples: None where there is none.

    Attributes:
        item: the node that repeats with the goods.
        consignment: the node above it that repeats with the transport contracts.
    """

    item: Path | None = None
    consignment: Path | None = None

    def is_item(self, path: Path) -> bool:
        """Whether a path is inside the goods item."""
        return self.item is not None and path[: len(self.item)] == self.item

    def node_above(self, path: Path) -> Path:
        """Return the innermost of the two nodes that a path is in; the declaration where none."""
        for node in (self.item, self.consignment):
            if node is not None and path[: len(node)] == node:
                return node
        return ()


def is_in_item(target: str) -> bool:
    """Whether a WCO path is inside the goods item."""
    return target.startswith(f"{ITEM}/")


def in_item(target: str) -> str:
    """Return where the goods item would have what another class has."""
    tail = target.removeprefix(f"{ITEM}/").removeprefix(f"{CONSIGNMENT}/")
    return f"{ITEM}/{tail.removeprefix('Declaration/')}"


def is_of_goods(target: str) -> bool:
    """Whether a WCO path is of the goods alone: what a consignment has too tells no item."""
    return bool(_GOODS.match(target))


def stem(target: str) -> str:
    """Return the class that an element tells of: an address is the party's."""
    path = target.rpartition("/")[0]
    while path.rpartition("/")[2] in PARTS:
        path = path.rpartition("/")[0]
    return path


def breaks(target: str, registry: Registry, kind: str) -> tuple[str, ...]:
    """Return the classes on the way to an element that repeat, below consignment and item."""
    steps = target.split("/")
    ways = ("/".join(steps[:end]) for end in range(2, len(steps) + 1))
    return tuple(
        way
        for way in ways
        if way not in (CONSIGNMENT, ITEM)
        and (entry := registry.entry(way, kind)) is not None
        and entry.maximum != 1
    )


def structure(
    observed: Observed, worth: Mapping[Path, tuple[float, float]], known: Dictionary
) -> Structure:
    """Find the nodes; `worth` is what each leaf would be worth inside the item and outside it."""
    scores: dict[Path, float] = {}
    for path, (inside, outside) in worth.items():
        for end in range(1, len(path)):
            node = path[:end]
            more = inside - outside
            scores[node] = scores.get(node, 0.0) + (more if more > 0 else more * _AGAINST)
    for node in scores:
        if node in observed.repeating:
            scores[node] += _REPEATED
        if any("goods" in known.words.of(step) for step in node[-2:]):
            scores[node] += _CALLED
    item = max(scores, key=lambda node: (scores[node], len(node)), default=None)
    if item is None or scores[item] < _ENOUGH:
        return Structure()
    above = [item[:end] for end in range(1, len(item))]
    consignments = [
        node
        for node in above
        if node in observed.repeating or "consignment" in known.words.of(node[-1])
    ]
    return Structure(item=item, consignment=consignments[-1] if consignments else None)
