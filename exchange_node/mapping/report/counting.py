"""Columns → how many rows stand under each heading; no row is made for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exchange_node.mapping.drawn import Origin
from exchange_node.mapping.report.columns import ORIGINS, Columns
from exchange_node.mapping.report.fates import HEADINGS

COVERED = "md"
"""Fates that count as covered: the value stands in the document, or is left out with a reason."""


def counts_of(found: Columns) -> Mapping[str, int]:
    """Return the number of rows by heading."""
    own = found.leaves + found.facts
    carried = [leaf for leaf in found.out_leaf if leaf >= 0]
    for _, leaves in found.several:
        carried += leaves
    if found.parts:
        carried = [whole_of(found, leaf) for leaf in carried]
    facts = {leaf for leaf, _ in found.suppliers}
    counts = {name: found.fates.count(letter) for letter, name in HEADINGS.items()}
    return {
        "mapped": sum([leaf < own for leaf in carried]),
        "defaulted": found.out_origin.count(ORIGINS.index(Origin.DEFAULT)),
        "cut": sum([bool(whole) for _, _, whole, _ in found.changed]),
        "translated": sum([bool(tables or text) for _, tables, _, text in found.changed]),
        "refused": counts["refused"],
        "dropped": counts["dropped"] + found.wrapped,
        "passed_over": counts["passed_over"],
        "unmapped": counts["unmapped"],
        "missing": len(found.missing),
        "facts_used": sum([leaf in facts for leaf in carried]) if facts else 0,
    }


def coverage_of(*found: Columns) -> float:
    """Return the share of leaves that are mapped or left out on purpose, of one file or of many."""
    leaves = sum(one.leaves for one in found)
    covered = sum(one.fates.count(letter) for one in found for letter in COVERED)
    return covered / leaves if leaves else 1.0


def whole_of(found: Columns, leaf: int) -> int:
    """Return the leaf that a part is part of; a leaf itself."""
    first = found.leaves + found.facts + found.wrapped
    return leaf if leaf < first else found.parts[leaf - first]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """How many values, by WCO path, are not what the declaration says, or not all of it."""

    defaulted: Mapping[str, int]
    filled: Mapping[str, int]
    cut: Mapping[str, int]


def supplied_in(found: Columns) -> Supplied:
    """Return where the profile's defaults and facts stand in, and where values were cut."""
    default, fact = ORIGINS.index(Origin.DEFAULT), ORIGINS.index(Origin.FACT)
    of_origin = {default: list[int](), fact: list[int]()}
    for out, origin in enumerate(found.out_origin):
        if origin in of_origin:
            of_origin[origin].append(out)
    cut = [out for out, _, whole, _ in found.changed if whole]
    frames: list[str] = []
    for up, word in zip(found.frame_up, found.frame_word, strict=True):
        name = found.words[word]
        frames.append(name if up < 0 else f"{frames[up]}/{name}")

    def paths(outs: Iterable[int]) -> Mapping[str, int]:
        names = [(frames[found.out_frame[one]], found.words[found.out_word[one]]) for one in outs]
        return Counter(f"{frame}/{name}" for frame, name in names)

    return Supplied(
        defaulted=paths(of_origin[default]), filled=paths(of_origin[fact]), cut=paths(cut)
    )
