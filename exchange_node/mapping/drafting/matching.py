"""Leaves × dictionary → candidates with confidence → one place for each leaf, or none.

Names first, values for or against, then structure: what stands inside the node that repeats with
the goods belongs to the goods item, and leaves of one node belong to one class. The surest pair of
leaf and element is taken first; who comes later and finds the element taken stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from exchange_node.mapping.drafting.dictionary import Dictionary, Known
from exchange_node.mapping.drafting.evidence import IMPOSSIBLE, evidence
from exchange_node.mapping.drafting.samples.observing import Leaf, Observed, Path
from exchange_node.mapping.drafting.structure import (
    Structure,
    breaks,
    in_item,
    is_in_item,
    is_of_goods,
    stem,
    structure,
)

PLACED = 0.6
"""A line of the draft has at least this confidence; what has less is a commented proposal."""
PROPOSED = 0.35
"""A commented proposal has at least this confidence."""
MOST_CANDIDATES = 12
_NAME = 0.75
"""What a name alone is worth, when it is the same."""
_USUAL = 0.04
"""What it adds that most profiles fill an element, and takes away that none does."""
_TOGETHER = 2
"""Profiles, at the least, that fill two elements from one value, for a draft to do so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One leaf for one element.

    Attributes:
        why: what speaks for it, in words.
        known: the name it is like; None where the values speak alone.
        rival: path of the leaf that has the element already; empty where none has.
    """

    leaf: Leaf
    target: str
    confidence: float
    why: tuple[str, ...]
    known: Known | None = None
    rival: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What became of the leaves.

    Attributes:
        placed: pairs that are sure enough.
        proposed: the best candidate of leaves that have none that is.
        without: leaves with no candidate at all.
    """

    placed: tuple[Candidate, ...]
    proposed: tuple[Candidate, ...]
    without: tuple[Leaf, ...]
    structure: Structure


def match(observed: Observed, known: Dictionary, codes: Mapping[str, frozenset[str]]) -> Matched:
    """Find a place for every leaf, as far as there is one."""
    leaves = [one for one in observed.leaves if not one.is_qualifier and one.is_writable]
    by_leaf = {one.path: list(_candidates(one, known, codes)) for one in leaves}
    shown = structure(
        observed, {path: _worth(found, known) for path, found in by_leaf.items()}, known
    )
    fitted = [
        one for found in by_leaf.values() for one in _structured(found, observed, shown, known)
    ]
    coherent = list(_coherent(fitted))
    placed, beaten = _chosen(coherent, observed, shown, known)
    placed += _also(placed, known, codes)
    has_place = {one.leaf.path for one in placed}
    proposed: dict[Path, Candidate] = {}
    for one in sorted(beaten, key=lambda one: -one.confidence):
        if one.leaf.path not in has_place and one.confidence >= PROPOSED:
            proposed.setdefault(one.leaf.path, one)
    return Matched(
        placed=tuple(placed),
        proposed=tuple(proposed.values()),
        without=tuple(
            one
            for one in observed.leaves
            if one.path not in has_place and one.path not in proposed and not one.is_qualifier
        ),
        structure=shown,
    )


def _candidates(
    leaf: Leaf, known: Dictionary, codes: Mapping[str, frozenset[str]]
) -> Iterator[Candidate]:
    """Yield the elements that a leaf could be, the likeliest first."""
    best = known.nearest(known.bag(leaf.path))
    most = max(known.profiles.values(), default=1)
    nothing: tuple[float, Known | None] = (0.0, None)
    found: list[Candidate] = []
    for target, entry in known.elements.items():
        said = evidence(leaf, entry, codes)
        like, one = best.get(target, nothing)
        if said.weight <= IMPOSSIBLE and not (one and _translates(one, leaf)):
            continue
        weight = max(said.weight, 0.0) if one and _translates(one, leaf) else said.weight
        usual = _USUAL * (2 * known.profiles[target] / most - 1) if like else 0.0
        confidence = max(_NAME * like + weight * min(1.0, 0.4 + like) + usual, said.alone)
        if confidence >= PROPOSED / 2:
            why = (*_named(one, like), *filter(None, [said.said]))
            found.append(
                Candidate(leaf=leaf, target=target, confidence=confidence, why=why, known=one)
            )
    found.sort(key=lambda one: (-one.confidence, one.target))
    yield from found[:MOST_CANDIDATES]


def _named(one: Known | None, like: float) -> Iterator[str]:
    if one is not None and like >= 0.2:
        yield f"named like {one.origin}" if one.origin else "named like the element"


def _translates(one: Known, leaf: Leaf) -> bool:
    """Whether the table of a known name knows all the codes of a leaf."""
    table = one.crosswalk
    return table is not None and all(table.find(value) is not None for value in leaf.values)


def _worth(found: Iterable[Candidate], known: Dictionary) -> tuple[float, float]:
    """Return the best confidence of what the goods alone have, and of what they never have."""
    inside = outside = 0.0
    for one in found:
        if is_of_goods(one.target):
            inside = max(inside, one.confidence)
        elif in_item(one.target) not in known.elements:
            outside = max(outside, one.confidence)
    return inside, outside


def _structured(
    found: Iterable[Candidate], observed: Observed, shown: Structure, known: Dictionary
) -> Iterator[Candidate]:
    """Weigh candidates by where their leaf stands."""
    for one in found:
        path, factor = one.leaf.path, 1.0
        if shown.item is not None:
            here, there = shown.is_item(path), is_in_item(one.target)
            if here and not there:
                factor = 0.6
            elif there and not here:
                factor = 0.4
        free = len(observed.repeats_in(path, shown.node_above(path)))
        if free > len(breaks(one.target, known.registry, known.kind)):
            factor *= 0.8
        yield replace(one, confidence=one.confidence * factor)


def _coherent(found: list[Candidate]) -> Iterator[Candidate]:
    """Weigh candidates by what their leaf's neighbours are likeliest to be."""
    votes: dict[Path, dict[str, dict[Path, float]]] = {}
    for one in found:
        voters = votes.setdefault(one.leaf.path[:-1], {}).setdefault(stem(one.target), {})
        path = one.leaf.path
        voters[path] = max(voters.get(path, 0.0), one.confidence)
    for one in found:
        here = votes[one.leaf.path[:-1]]
        neighbours = {path for voters in here.values() for path in voters}
        if len(neighbours) < 2:
            yield one
            continue
        mine = sum(here[stem(one.target)].values())
        most = max(sum(voters.values()) for voters in here.values())
        yield replace(one, confidence=one.confidence + 0.12 * mine / most - 0.06)


def _chosen(
    found: list[Candidate], observed: Observed, shown: Structure, known: Dictionary
) -> tuple[list[Candidate], list[Candidate]]:
    """Take pairs, the surest first; return those that are sure enough, and the others."""
    placed: list[Candidate] = []
    open_: list[Candidate] = []
    taken: dict[tuple[str, Path], Path] = {}
    done: set[Path] = set()
    for one in sorted(found, key=lambda one: (-one.confidence, one.leaf.path, one.target)):
        if one.leaf.path in done:
            continue
        place = (one.target, _room(one, observed, shown, known))
        rival = taken.get(place)
        if rival is not None:
            open_.append(replace(one, rival=rival))
            continue
        if one.confidence < PLACED:
            open_.append(one)
            continue
        taken[place] = one.leaf.path
        done.add(one.leaf.path)
        placed.append(replace(one, confidence=min(one.confidence, 0.99)))
    return placed, open_


def _room(one: Candidate, observed: Observed, shown: Structure, known: Dictionary) -> Path:
    """Return the node that a class is written for: where a class repeats, there are several."""
    above = shown.node_above(one.leaf.path)
    if not breaks(one.target, known.registry, known.kind):
        return ()
    repeats = observed.repeats_in(one.leaf.path, above)
    return repeats[-1] if repeats else observed.home_of(one.leaf.path)


def _also(
    placed: list[Candidate], known: Dictionary, codes: Mapping[str, frozenset[str]]
) -> list[Candidate]:
    """Return what else profiles fill from the same value, where nothing else fills it."""
    taken = {one.target for one in placed}
    more: list[Candidate] = []
    for one in placed:
        for target, count in sorted(known.together.get(one.target, {}).items()):
            share = count / known.profiles[one.target]
            entry = known.elements.get(target)
            if (
                entry is None
                or target in taken
                or count < _TOGETHER
                or share < 0.5
                or is_in_item(target) != is_in_item(one.target)
                or breaks(target, known.registry, known.kind)
                or evidence(one.leaf, entry, codes).weight <= IMPOSSIBLE
            ):
                continue
            taken.add(target)
            why = f"{count} profiles fill it from the same value as {one.target}"
            more.append(replace(one, target=target, confidence=one.confidence * 0.95, why=(why,)))
    return [one for one in more if one.confidence >= PLACED]
