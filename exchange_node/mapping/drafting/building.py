"""Placed leaves → groups and lines as the profile language has them.

A class that repeats is a group of its own, and so is one whose elements stand together in one node
of the samples; what is neither is a line of the group around it, with a longer path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from exchange_node.mapping.drafting.dictionary import Dictionary
from exchange_node.mapping.drafting.matching import Candidate, Matched
from exchange_node.mapping.drafting.samples.observing import Leaf, Observed, Path
from exchange_node.mapping.drafting.structure import CONSIGNMENT, ITEM, PARTS, breaks
from exchange_node.mapping.drafting.toml import quoted

TOP = "Declaration"
_SEQUENCE = re.compile(r"(ext:)?SequenceNumeric\Z")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line: what it fills, seen from its group, and what from.

    Attributes:
        origin: the path of its leaf as seen from the group's node.
        candidate: why; None for a line that every profile has, which is `fixed`.
        fixed: where its value comes from, as the language writes it.
        summed: the leaf whose numbers it adds up.
    """

    to: str
    origin: str = ""
    candidate: Candidate | None = None
    fixed: str = ""
    summed: Leaf | None = None


@dataclass(slots=True, kw_only=True)
class Block:
    """A group.

    Attributes:
        target: the WCO class it writes, from the body root; `to` is seen from the group above.
        node: the node it is written for; `each` is seen from that of the group above.
    """

    name: str
    target: str
    to: str = ""
    within: str = ""
    node: Path = ()
    each: str = ""
    rows: list[Row] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def every(self) -> Iterator[Block]:
        """Yield this group and those in it."""
        yield self
        for one in self.blocks:
            yield from one.every()


def build(matched: Matched, observed: Observed, known: Dictionary) -> Block:
    """Return the groups of a draft; the lines that every profile has among them."""
    builder = _Builder(matched, observed, known)
    top = Block(name="declaration", target=TOP)
    builder.fill(top, matched.placed)
    builder.frame(top)
    return top


def seen_from(node: Path, path: Path) -> str:
    """Return a path as it is written at a node."""
    if path in (node, (".",)):
        return "."
    if path[: len(node)] == node:
        return "/".join(path[len(node) :])
    return "/" + "/".join(path)


class _Builder:
    """Puts candidates into groups."""

    __slots__ = ("_known", "_matched", "_names", "_observed")

    def __init__(self, matched: Matched, observed: Observed, known: Dictionary) -> None:
        self._matched = matched
        self._observed = observed
        self._known = known
        self._names: set[str] = {"declaration"}

    def fill(self, block: Block, candidates: Iterable[Candidate]) -> None:
        """Give a group its lines and the groups in it."""
        inner: dict[str, list[Candidate]] = {}
        for one in candidates:
            way = self._break(block.target, one.target)
            if way is None:
                self._row(block, one)
            else:
                inner.setdefault(way, []).append(one)
        for way, found in inner.items():
            for node, cluster in self._clusters(block, way, found):
                self._inside(block, way, node, cluster)
        self._numbered(block)

    def _inside(self, block: Block, way: str, node: Path, cluster: Sequence[Candidate]) -> None:
        """Make a group of a cluster, or lines of the group around it where it has no own node."""
        is_level = way in (CONSIGNMENT, ITEM)
        if not is_level and (node == block.node or (len(cluster) < 2 and not self._repeats(way))):
            for one in cluster:
                self._row(block, one)
            if self._repeats(way):
                self._first_of(block, way)
            return
        each = seen_from(block.node, node) if node != block.node else ""
        made = Block(
            name=self._name(way.rpartition("/")[2], self._names), target=way,
            to=way.removeprefix(block.target + "/"), within=block.name, node=node, each=each,
        )  # fmt: skip
        block.blocks.append(made)
        self.fill(made, cluster)

    def _row(self, block: Block, one: Candidate) -> None:
        origin = seen_from(block.node, one.leaf.path)
        to = one.target.removeprefix(block.target + "/")
        block.rows.append(Row(to=to, origin=origin, candidate=one))

    def _break(self, above: str, target: str) -> str | None:
        """Return the first class on the way that is no mere part of the class above it."""
        steps = target.removeprefix(above + "/").split("/")[:-1]
        for end in range(1, len(steps) + 1):
            way = "/".join([above, *steps[:end]])
            if steps[end - 1] not in PARTS or self._repeats(way):
                return way
        return None

    def _repeats(self, way: str) -> bool:
        entry = self._known.registry.entry(way, self._known.kind)
        return entry is not None and entry.maximum != 1

    def _clusters(
        self, block: Block, way: str, found: Sequence[Candidate]
    ) -> list[tuple[Path, list[Candidate]]]:
        """Return the nodes that a class is written for, each with its leaves."""
        shown = self._matched.structure
        if way == CONSIGNMENT:
            return [(shown.consignment or (), list(found))]
        if way == ITEM:
            return [(shown.item or block.node, list(found))]
        clusters: dict[Path, list[Candidate]] = {}
        if not self._repeats(way):
            clusters[_shared([one.leaf.path for one in found], block.node)] = list(found)
            return list(clusters.items())
        registry, kind = self._known.registry, self._known.kind
        for one in sorted(found, key=lambda one: len(breaks(one.target, registry, kind))):
            node = self._container(block, way, one)
            home = max(
                (there for there in clusters if there == node[: len(there)] != block.node),
                key=len, default=node,
            )  # fmt: skip
            if any(other.target == one.target for other in clusters.get(home, ())):
                home = node
            clusters.setdefault(home, []).append(one)
        return list(clusters.items())

    def _container(self, block: Block, way: str, one: Candidate) -> Path:
        """Return the node that a repeating class is written for, of one leaf in it."""
        path = one.leaf.path
        base = block.node if path[: len(block.node)] == block.node else ()
        repeats = self._observed.repeats_in(path, base)
        deeper = len(breaks(one.target, self._known.registry, self._known.kind)) - len(
            breaks(way + "/x", self._known.registry, self._known.kind)
        )
        if repeats:
            return repeats[max(len(repeats) - 1 - deeper, 0)]
        home = self._observed.home_of(path)
        parent = home[: max(len(home) - deeper, len(base))]
        return parent if len(parent) > len(base) else block.node

    def _name(self, written: str, taken: set[str]) -> str:
        name = _HUMP.sub("-", written.replace("ext:", "").replace("/", "-")).lower()
        number = 2
        while name in taken:
            name = f"{name.rstrip('0123456789').rstrip('-')}-{number}"
            number += 1
        taken.add(name)
        return name

    def _numbered(self, block: Block) -> None:
        """Give a class its place, where it has one and the samples do not say it."""
        for entry in self._known.registry.children(block.target, self._known.kind):
            if not _SEQUENCE.match(entry.name) or not self._repeats(block.target):
                continue
            if not any(row.to == entry.name for row in block.rows):
                block.rows.insert(0, Row(to=entry.name, fixed='from = "$place"'))

    def _first_of(self, block: Block, way: str) -> None:
        """Give the only one of a class that is written by lines its number."""
        for entry in self._known.registry.children(way, self._known.kind):
            to = f"{way}/{entry.name}".removeprefix(block.target + "/")
            if _SEQUENCE.match(entry.name) and not any(row.to == to for row in block.rows):
                block.rows.append(Row(to=to, fixed='value = "1"'))

    def frame(self, top: Block) -> None:
        """Add the lines that every profile has, and totals that nothing says."""
        filled = {one.target for one in self._matched.placed}
        item = self._matched.structure.item
        lines = {"FunctionCode": 'value = "9"', "Submitter/ID": 'from = "$sender"'}
        summed: dict[str, Leaf] = {}
        if item is not None:
            lines["GoodsItemQuantity"] = f"count = {quoted('/'.join(item))}"
        for total, each in (
            ("TotalGrossMassMeasure", f"{ITEM}/GoodsMeasure/GrossMassMeasure"),
            ("TotalPackageQuantity", f"{ITEM}/Packaging/QuantityQuantity"),
        ):
            part = next((one for one in self._matched.placed if one.target == each), None)
            if part is not None:
                lines[total] = f"sum = {quoted('/'.join(part.leaf.path))}"
                summed[total] = part.leaf
        rows = [
            Row(to=to, fixed=fixed, summed=summed.get(to))
            for to, fixed in lines.items()
            if f"{TOP}/{to}" not in filled
        ]
        top.rows[:0] = rows


def _shared(paths: Sequence[Path], above: Path) -> Path:
    """Return the deepest node that all leaves are in; the one above where there is no deeper."""
    first = paths[0][:-1]
    for path in paths[1:]:
        while path[: len(first)] != first or path == first:
            first = first[:-1]
    is_below = first[: len(above)] == above and len(first) > len(above)
    return first if is_below or (first and first[: len(above)] != above) else above
