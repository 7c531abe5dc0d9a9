"""What became of the leaves that carry nothing: refused, left out, passed over, or unmapped."""

from __future__ import annotations

from collections.abc import Mapping

from exchange_node.mapping.drawing import Draft
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.report.places import Places
from exchange_node.mapping.report.rows import Line
from exchange_node.mapping.tree import Node, Source


def left_over(
    profile: Profile, source: Source, draft: Draft, places: Places
) -> dict[str, tuple[Line, ...]]:
    """Return a row for every leaf that carries nothing, each under exactly one heading."""
    carried = draft.carried()
    left_out = _left_out(profile, source.body, draft)
    by_path = _ByPath(profile)
    rows: dict[str, list[Line]] = {
        "refused": [], "dropped": [], "passed_over": [], "unmapped": []
    }  # fmt: skip
    for leaf in source.leaves:
        if leaf in carried:
            continue
        kind, note, rule = _fate(leaf, draft, left_out) or by_path.of(places.plain(leaf))
        rows[kind].append(
            Line(
                source=places.path(leaf),
                source_line=leaf.line,
                rule=rule,
                note=note,
                value=leaf.text,
                supplied_by=leaf.supplier,
            )
        )
    rows["dropped"] += [
        Line(
            source=places.path(leaf),
            source_line=leaf.line,
            value=leaf.text,
            note="outside the declaration, in what it was wrapped in",
        )
        for leaf in source.envelope
    ]
    return {kind: tuple(found) for kind, found in rows.items()}


def _left_out(profile: Profile, body: Node, draft: Draft) -> dict[Node, str]:
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


def _fate(leaf: Node, draft: Draft, left_out: Mapping[Node, str]) -> tuple[str, str, str] | None:
    if leaf in draft.notes.refused:
        return "refused", draft.notes.refused[leaf], ""
    if leaf in left_out:
        return "dropped", left_out[leaf], ""
    if leaf in draft.compared:
        return "dropped", "compared with what is carried", draft.compared[leaf]
    return None


class _ByPath:
    """What a profile says of leaves by their path alone: the same of all with the same path."""

    __slots__ = ("_known", "_profile")

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._known: dict[str, tuple[str, str, str]] = {}

    def of(self, plain: str) -> tuple[str, str, str]:
        """Return heading, note and rule."""
        known = self._known.get(plain)
        if known is None:
            known = self._known[plain] = self._find(plain)
        return known

    def _find(self, plain: str) -> tuple[str, str, str]:
        for drop in self._profile.drops:
            if drop.pattern is not None and drop.pattern.fullmatch(plain):
                return "dropped", drop.reason, ""
        readers = self._profile.named.get(plain)
        if readers:
            note = "another value stood in its place, or no condition held"
            return "passed_over", note, readers[0]
        return "unmapped", "", ""
