"""What becomes of every leaf: carried, or one of refused, dropped, passed over and unmapped."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from exchange_node.mapping.drawing import Draft
from exchange_node.mapping.drawing.alike import Alike, alike_of
from exchange_node.mapping.late import Late, is_late
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.tree import Node, Source
from exchange_node.wco.compiled.rows import Row

HEADINGS = {
    "m": "mapped", "r": "refused", "d": "dropped", "p": "passed_over", "u": "unmapped"
}  # fmt: skip
"""Letter → heading of the report: each of the declaration's leaves has exactly one."""


class Fate(NamedTuple):
    """What became of a leaf that carries nothing."""

    letter: str
    note: str
    rule: str


def fates_of(
    profile: Profile, source: Source, draft: Draft, carried: Container[Node]
) -> Sequence[Fate | None]:
    """Return what became of each of the declaration's leaves; None where it is carried."""
    finding = _Finding(profile, source.body, draft, carried)
    fates: list[Fate | None] = []
    for one in source.stock:
        if is_late(one):
            fates += finding.of_item(one)
        else:
            fates += [finding.of(leaf) for leaf in one.leaves()]
    return fates


class _Finding:
    """Finds what became of the leaves of one declaration."""

    __slots__ = ("_by_path", "_carried", "_compared", "_known", "_left_out", "_refused", "_rows")

    def __init__(
        self, profile: Profile, body: Node, draft: Draft, carried: Container[Node]
    ) -> None:
        self._carried = carried
        self._refused, self._compared = draft.notes.refused, draft.compared
        self._left_out = _left_out(profile, body, draft)
        self._by_path = _ByPath(profile, body)
        self._rows: dict[Node, tuple[Alike, ...]] = {}
        for out in draft.outputs:
            if isinstance(out, Row):
                alike = alike_of(out)
                node = alike.node_of(out)
                self._rows[node] = (*self._rows.get(node, ()), alike)
        self._known: dict[tuple[object, ...], list[Fate | None]] = {}

    def of(self, leaf: Node) -> Fate | None:
        """Return what became of a leaf; None where it is carried."""
        if leaf in self._carried:
            return None
        if leaf in self._refused:
            return Fate("r", self._refused[leaf], "")
        if leaf in self._left_out:
            return Fate("d", self._left_out[leaf], "")
        if leaf in self._compared:
            return Fate("d", "compared with what is carried", self._compared[leaf])
        return self._by_path.of(leaf)

    def of_item(self, late: Late) -> Sequence[Fate | None]:
        """Return what became of the leaves of an item that is one of many.

        What is not told by where they stand, something had to look at: that has its node.
        """
        item, rows = late.item, self._rows.get(late, ())
        key = (item.mould, *rows)
        known = self._known.get(key)
        if known is None:
            carried = frozenset[int]().union(*[one.carrying for one in rows])
            known = self._known[key] = [
                None if slot in carried else self._by_path.below(late, item.mould.path(at))
                for slot, at in enumerate(item.mould.carriers)
            ]
        if not item.made:
            return known
        fates = [*known]
        for leaf, slot in item.made.items():
            if fates[slot] is not None:
                fates[slot] = self.of(leaf)
        return fates


def _left_out(profile: Profile, body: Node, draft: Draft) -> Mapping[Node, str]:
    """Return the leaves below nodes that are left out as a whole, with the reason."""
    found: dict[Node, str] = {}
    known: dict[Node, tuple[set[tuple[str, str]], str]] = {}
    for node, first in draft.gathering.repeats.items():
        if first not in known:
            said = {(one.key, one.text) for one in (first, *first.below())}
            known[first] = said, f"says the same as {first.path(body)}"
        said, reason = known[first]
        for leaf in (node, *node.below()):
            if (leaf.key, leaf.text) in said:
                found[leaf] = reason
    for drop in profile.drops:
        for node in drop.below.select(body, body) if drop.below is not None else ():
            for leaf in (node, *node.below()):
                found[leaf] = drop.reason
    return found


class _ByPath:
    """What a profile says of leaves by their path alone: the same of all with the same path."""

    __slots__ = ("_known", "_plains", "_profile")

    def __init__(self, profile: Profile, body: Node) -> None:
        self._profile = profile
        self._plains: dict[Node | None, str] = {body: "", None: ""}
        self._known: dict[str, Fate] = {}

    def of(self, leaf: Node) -> Fate:
        """Return heading, note and rule."""
        return self._at(self._plain(leaf))

    def below(self, item: Node, path: str) -> Fate:
        """Return heading, note and rule of what stands at a path below an item."""
        return self._at("/".join([one for one in (self._plain(item), path) if one]))

    def _at(self, plain: str) -> Fate:
        known = self._known.get(plain)
        if known is None:
            known = self._known[plain] = self._find(plain)
        return known

    def _plain(self, node: Node) -> str:
        """Return what `Node.plain_path` says, each element's but once."""
        known = self._plains.get(node)
        if known is not None:
            return known
        above = self._plains.get(node.parent)
        if above is None and node.parent is not None:
            above = self._plain(node.parent)
        plain = "/".join([one for one in (above, "" if node.clear else node.key) if one])
        if node.children:
            self._plains[node] = plain
        return plain

    def _find(self, plain: str) -> Fate:
        for drop in self._profile.drops:
            if drop.pattern is not None and drop.pattern.fullmatch(plain):
                return Fate("d", drop.reason, "")
        readers = self._profile.named.get(plain)
        if readers:
            note = "another value stood in its place, or no condition held"
            return Fate("p", note, readers[0])
        return Fate("u", "", "")
