"""Sample trees → every path with a value: how often, where it repeats, what its values are like.

A path is the profile's own: names from the declaration down, without positions. In EDIFACT a
segment means nothing without its qualifier, so each value of one is a path of its own
(`LOC[3227=9]`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from exchange_node.domain.errors import ExcessiveDeclarationError
from exchange_node.mapping.drafting.samples.shapes import Codes, Shape, shape_of
from exchange_node.mapping.tree import Node, Source

Path = tuple[str, ...]
MOST_PATHS = 2_000
"""Different paths with a value, in all samples together."""
MOST_VALUES = 200
"""Different values of one path that are looked at."""
QUALIFIERS = (
    "3227",
    "3035",
    "2005",
    "1153",
    "6311",
    "6313",
    "4451",
    "8051",
    "8053",
    "6069",
    "5025",
)
"""Data elements of EDIFACT that say what a segment is about."""
_QUALIFIER = re.compile(r"[A-Za-z0-9]{1,6}\Z")
_SEGMENT = re.compile(r"[A-Z]{3}\Z")
_COMPOSITE = re.compile(r"[CS][0-9]{3}\Z")
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_UNWRITABLE = re.compile(r"[\[\]/=|\x00-\x1f\x7f]|\A@?\s|\s\Z|\A\$|\A\.{1,2}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One path with a value.

    Attributes:
        path: its steps, as a profile writes them.
        count: how often it stands in all samples.
        samples: in how many samples it stands.
        values: different values, the first of them.
        is_qualifier: it only says what its segment is about, and its path says that already.
    """

    path: Path
    count: int
    samples: int
    values: tuple[str, ...]
    shape: Shape
    is_qualifier: bool = False

    @property
    def is_writable(self) -> bool:
        """Whether the language can name it."""
        return not any(_UNWRITABLE.search(_BRACKETS.sub("", one)) for one in self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What the samples hold.

    Attributes:
        leaves: in the order in which they were met.
        repeating: paths of nodes that stand several times below one node.
        samples: how many samples there are.
        holders: paths of leaves that have leaves of their own: an element with attributes.
    """

    leaves: tuple[Leaf, ...]
    repeating: frozenset[Path]
    samples: int
    holders: frozenset[Path] = frozenset()

    def home_of(self, path: Path) -> Path:
        """Return the node that a leaf tells of: the one it is in, or itself where it has leaves."""
        return path if path in self.holders else path[:-1]

    def repeats_in(self, path: Path, below: Path = ()) -> tuple[Path, ...]:
        """Return the nodes on a path that repeat, from the outermost, below one of them."""
        return tuple(
            path[:end]
            for end in range(len(below) + 1, len(path) + 1)
            if path[:end] in self.repeating
        )


@dataclass(slots=True)
class _Seen:
    count: int = 0
    samples: set[int] = field(default_factory=set)
    values: dict[str, None] = field(default_factory=dict)
    is_qualifier: bool = False


def observe(sources: Iterable[Source], codes: Codes) -> Observed:
    """Look through the trees of samples.

    Raises:
        ExcessiveDeclarationError: they have more different paths than a profile is drafted of.
    """
    seen: dict[Path, _Seen] = {}
    repeating: set[Path] = set()
    count = 0
    for number, source in enumerate(sources):
        count += 1
        paths: dict[Node, Path] = {source.body: ()}
        counted: dict[tuple[int, str], int] = {}
        for leaf in source.leaves:
            path = _path(leaf, paths, counted, repeating)
            one = seen.setdefault(path, _Seen())
            if len(seen) > MOST_PATHS:
                why = f"more than {MOST_PATHS} different paths"
                raise ExcessiveDeclarationError(notation="samples", why=why)
            one.count += 1
            one.samples.add(number)
            one.is_qualifier = leaf.key in QUALIFIERS and "[" in "/".join(path[:-1])
            if len(one.values) < MOST_VALUES:
                one.values[leaf.text] = None
    return Observed(
        leaves=tuple(
            Leaf(
                path=path or (".",), count=one.count, samples=len(one.samples),
                values=tuple(one.values), shape=shape_of(tuple(one.values), codes),
                is_qualifier=one.is_qualifier,
            )
            for path, one in seen.items()
        ),
        repeating=frozenset(repeating),
        samples=count,
        holders=frozenset(path[:end] for path in seen for end in range(1, len(path))) & seen.keys(),
    )  # fmt: skip


def _path(
    node: Node, paths: dict[Node, Path], counted: dict[tuple[int, str], int], repeating: set[Path]
) -> Path:
    """Return the path of a node; note on the way which nodes repeat."""
    way: list[Node] = []
    up: Node | None = node
    while up is not None and up not in paths:
        way.append(up)
        up = up.above
    path = paths[up] if up is not None else ()
    for one in reversed(way):
        step = _step(one)
        above = one.above
        path = (*path, step)
        paths[one] = path
        place = (id(above), step)
        counted[place] = counted.get(place, 0) + 1
        if counted[place] > 1:
            repeating.add(path)
    return path


def _step(node: Node) -> str:
    """Return the name of a node; that of a segment with what it says it is about."""
    if not _SEGMENT.match(node.key):
        return node.key
    said = {one: node.children[one] for one in QUALIFIERS if one in node.children}
    for name, composite in node.children.items():
        if not _COMPOSITE.match(name):
            continue
        inner = composite[0].children
        said |= {f"{name}/{one}": inner[one] for one in QUALIFIERS if one in inner}
    tests = (f"[{name}={found[0].text}]" for name, found in said.items()
             if _QUALIFIER.match(found[0].text))  # fmt: skip
    return node.key + "".join(tests)
