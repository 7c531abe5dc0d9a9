"""Profiles + the registry → what is known under which name: source names with their WCO elements.

The profiles that a node has are the best dictionary there is: each of their lines says what a
format calls a WCO element. The registry adds the names and the meaning of the elements themselves.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from exchange_node.mapping.drafting.samples.words import Words
from exchange_node.mapping.profile.expression import All, Expression, First, Join, Pick
from exchange_node.mapping.profile.naming import TARGET, joined
from exchange_node.mapping.profile.notation import Crosswalk
from exchange_node.mapping.profile.numbers import Converted, Count, Plain, Total
from exchange_node.mapping.profile.path import Path, steps_from
from exchange_node.mapping.profile.profile import Group, Profile, Profiles
from exchange_node.mapping.profile.shaping import Shaped, Shaping
from exchange_node.wco.registry import Entry, Registry

LEVELS = (1.0, 0.7, 0.4, 0.2)
"""What a word counts in the last step of a path, in the one before it, and further up."""
FACTS = "Facts"
NEVER = re.compile(
    r"ext:(FullText|OriginalText|CodeOriginal|NationalField)|/(Submitter|Pointer|Authentication|CurrencyExchange)(/|$)"
    r"|AccessCode$|(?<!Consignment)(?<!ConsignmentItem)/(ext:)?SequenceNumeric$"
)
"""Elements that no line of a draft fills by a guess."""

Bag = Mapping[str, float]
"""Idea → what it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One name that is known of a WCO element.

    Attributes:
        target: the WCO path.
        bag: the ideas in the name.
        origin: `TransitOperation/LRN of ncts-cc015c`; empty for the element's own name.
        profile: of the name; empty for the element's own.
        crosswalk: the table that the codes there go through.
    """

    target: str
    bag: Bag
    origin: str = ""
    profile: str = ""
    crosswalk: Crosswalk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """All that is known.

    Attributes:
        elements: WCO path → its entry; those alone that a draft may fill.
        weights: idea → how telling it is.
        places: idea → the names it stands in, by their number, with what it counts there.
        sizes: what all ideas of a name count, in the order of names.
        together: WCO path → others that profiles fill from the same value, with how many do.
        profiles: WCO path → how many profiles fill it.
        personal: WCO paths that hold personal data.
    """

    kind: str
    registry: Registry
    elements: Mapping[str, Entry]
    names: tuple[Known, ...]
    weights: Mapping[str, float]
    places: Mapping[str, Sequence[tuple[int, float]]]
    sizes: Sequence[float]
    together: Mapping[str, Mapping[str, int]]
    profiles: Mapping[str, int]
    personal: frozenset[str]
    words: Words

    def bag(self, path: tuple[str, ...]) -> Bag:
        """Return the ideas of a path, the last step first in weight."""
        return bag_of(path, self.words)

    def nearest(self, bag: Bag) -> dict[str, tuple[float, Known]]:
        """Return for each element the name that is most like a bag, and how much: 0 to 1."""
        shared: dict[int, float] = {}
        for word, count in bag.items():
            weight = self.weights.get(word, 1.0)
            for number, there in self.places.get(word, ()):
                shared[number] = shared.get(number, 0.0) + min(count, there) * weight
        own = _size(bag, self.weights)
        best: dict[str, tuple[float, Known]] = {}
        for number, found in shared.items():
            one = self.names[number]
            like = 2 * found / (own + self.sizes[number])
            if one.target not in best or like > best[one.target][0]:
                best[one.target] = (like, one)
        return best


def _size(bag: Bag, weights: Mapping[str, float]) -> float:
    return sum(count * weights.get(word, 1.0) for word, count in bag.items())


def bag_of(path: tuple[str, ...], words: Words) -> Bag:
    """Return the ideas of a path with what each counts."""
    bag: dict[str, float] = {}
    for depth, step in enumerate(reversed(path)):
        level = LEVELS[min(depth, len(LEVELS) - 1)]
        for idea in words.of(step):
            bag[idea] = max(bag.get(idea, 0.0), level)
    return bag


def dictionary(
    profiles: Profiles, registry: Registry, words: Words, *, kind: str, without: frozenset[str]
) -> Dictionary:
    """Gather what profiles and registry know; profiles in `without` are not asked."""
    elements = {
        one.path: one
        for one in registry.of_kind(kind)
        if not one.is_class and not NEVER.search(one.path)
    }
    names: list[Known] = []
    together: dict[str, Counter[str]] = {}
    fills: Counter[str] = Counter()
    personal: set[str] = set()
    for profile in profiles:
        if profile.name in without or profile.document.value != kind:
            continue
        by_source: dict[tuple[str, ...], set[str]] = {}
        for path, target, found, is_personal in _lines(profile):
            if target not in elements or not path or path[0] == FACTS:
                continue
            if is_personal:
                personal.add(target)
            by_source.setdefault(path, set()).add(target)
            names.append(
                Known(
                    target=target, bag=bag_of(path, words),
                    origin=f"{'/'.join(path)} of {profile.name}", profile=profile.name,
                    crosswalk=found,
                )
            )  # fmt: skip
        fills.update({target for targets in by_source.values() for target in targets})
        pairs = {(a, b) for every in by_source.values() for a in every for b in every if a != b}
        for one, other in pairs:
            together.setdefault(one, Counter())[other] += 1
    names += _own_names(elements, registry, words)
    weights = _weights(names)
    places: dict[str, list[tuple[int, float]]] = {}
    for number, known in enumerate(names):
        for word, count in known.bag.items():
            places.setdefault(word, []).append((number, count))
    return Dictionary(
        kind=kind,
        registry=registry,
        elements=elements,
        names=tuple(names),
        weights=weights,
        places=places,
        sizes=[_size(known.bag, weights) for known in names],
        together=together,
        profiles=fills,
        personal=frozenset(personal),
        words=words,
    )


def _own_names(elements: Mapping[str, Entry], registry: Registry, words: Words) -> Iterator[Known]:
    for path, entry in elements.items():
        steps = tuple(path.split("/")[1:])
        yield Known(target=path, bag=bag_of(steps, words))
        above = registry.entry(path.rpartition("/")[0], entry.kind)
        meaning = (above.meaning if above is not None else "", entry.meaning)
        yield Known(target=path, bag=bag_of(tuple(filter(None, meaning)), words))
        for name in words.names.get(path, ()):
            yield Known(
                target=path, bag=bag_of((name,), words), origin=f"{name!r}, as it is called"
            )


def _weights(names: list[Known]) -> dict[str, float]:
    """Return how telling ideas are: what stands in the names of few elements says more."""
    targets: dict[str, set[str]] = {}
    for one in names:
        for word in one.bag:
            targets.setdefault(word, set()).add(one.target)
    every = len({one.target for one in names}) or 1
    return {word: 0.3 + math.log(every / len(found)) for word, found in targets.items()}


Line = tuple[tuple[str, ...], str, Crosswalk | None, bool]


def _lines(profile: Profile) -> Iterator[Line]:
    """Yield source path, WCO path, table and whether it is personal, of every line."""

    def visit(group: Group, target: str, contexts: list[tuple[str, ...]]) -> Iterator[Line]:
        here = joined(target, group.to)
        inner = [steps_from(path, one) for path in group.each for one in contexts] or contexts
        for line in group.lines:
            for path, table in picked(line.draw):
                for context in inner:
                    for to in line.to:
                        yield steps_from(path, context), joined(here, to), table, line.personal
        for below in group.groups:
            yield from visit(below, here, inner)

    yield from visit(profile.top, TARGET, [()])


def picked(draw: Expression | None) -> Iterator[tuple[Path, Crosswalk | None]]:
    """Yield every path whose own value an expression may be, with the table it goes through."""
    match draw:
        case Pick() | All():
            yield draw.path, None
        case First(options=several) | Join(parts=several):
            for one in several:
                yield from picked(one)
        case Shaped(shaping=Shaping(part=(int(first), _))) if first:
            return  # a later part of a text that is something else
        case Shaped(inner=inner, shaping=shaping):
            for path, table in picked(inner):
                yield path, shaping.crosswalk or table
        case Plain(inner=inner) | Converted(inner=inner):
            yield from picked(inner)
        case Total() | Count() | _:
            return
