"""What becomes of every leaf: carried, or one of refused, dropped, passed over and unmapped."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from exchange_node.mapping.drawing import Draft
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.tree import Node, Source

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
    left_out = _left_out(profile, source.body, draft)
    refused, compared = draft.notes.refused, draft.compared
    by_path = _ByPath(profile, source.body)
    fates: list[Fate | None] = []
    for leaf in source.leaves:
        if leaf in carried:
            fates.append(None)
        elif leaf in refused:
            fates.append(Fate("r", refused[leaf], ""))
        elif leaf in left_out:
            fates.append(Fate("d", left_out[leaf], ""))
        elif leaf in compared:
            fates.append(Fate("d", "compared with what is carried", compared[leaf]))
        else:
            fates.append(by_path.of(leaf))
    return fates


def _left_out(profile: Profile, body: Node, draft: Draft) -> Mapping[Node, str]:
    """Return the leaves below nodes that are left out as a whole, with the reason."""
    found: dict[Node, str] = {}
    for node, first in draft.gathering.repeats.items():
        said = {(one.key, one.text) for one in (first, *first.below())}
        reason = f"says the same as {first.path(body)}"
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
        plain = self._plain(leaf)
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
