"""What every notation becomes before it is mapped: a tree of named nodes with texts and places.

A node is a leaf of the declaration when it carries a text of its own. Positions are counted among
siblings of the same name, and written only where a name repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from exchange_node.domain.finding import Finding


class Node:
    """One element or attribute; `key` is its name with the profile's aliases resolved.

    Attributes:
        rank: 1-based position among its siblings of the same name; 0 where it stands alone.
        line: of the source file, 0 for a fact.
        supplier: who supplied a fact, empty for what the declaration says.
        clear: an element that is looked through: its children count as its parent's.
        whole: the leaf that this node is a part of, when a list in one text was split.
        children: by key; the dictionary of a leaf is shared by all of them and never written to.
    """

    __slots__ = ("children", "key", "line", "name", "parent", "rank", "text")

    supplier: str = ""
    clear: bool = False
    whole: Node | None = None

    def __init__(self, name: str, key: str, text: str, line: int, parent: Node | None) -> None:
        self.name = name
        self.key = key
        self.text = text
        self.line = line
        self.parent = parent
        self.rank = 0
        self.children = CHILDLESS

    @property
    def above(self) -> Node | None:
        """The parent as the profile sees it."""
        parent = self.parent
        while parent is not None and parent.clear:
            parent = parent.parent
        return parent

    def path(self, body: Node) -> str:
        """Return the path below the declaration, with positions, as it stands in the file."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None and node is not body:
            steps.append(f"{node.name}[{node.rank}]" if node.rank else node.name)
            node = node.parent
        steps.reverse()
        return "/".join(steps) if node is body else "/" + "/".join(steps)

    def plain_path(self, body: Node) -> str:
        """Return the path as a profile names it: aliases resolved, no positions."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None and node is not body:
            if not node.clear:
                steps.append(node.key)
            node = node.parent
        steps.reverse()
        return "/".join(steps)

    def part(self, text: str) -> Node:
        """Return a node for one part of this leaf's text."""
        one = Odd(self.name, self.key, text, self.line, self.parent)
        one.supplier = self.supplier
        one.rank = self.rank
        one.whole = self.whole or self
        return one

    def has_data(self) -> bool:
        """Whether this node or anything below it carries a value."""
        if self.text:
            return True
        for same in self.children.values():
            for one in same:
                if one.text or (one.children and one.has_data()):
                    return True
        return False

    def is_declared(self) -> bool:
        """Whether the declaration itself says something here or below."""
        if self.text and not self.supplier:
            return True
        for same in self.children.values():
            for one in same:
                if one.is_declared():
                    return True
        return False

    def leaves(self) -> Sequence[Node]:
        """Return the leaves that it stands for in `Source.stock`: a leaf for itself."""
        return (self,)

    def below(self) -> Iterator[Node]:
        """Return every node below this one, each once."""
        for same in self.children.values():
            for one in same:
                yield one
                yield from one.below()


@dataclass(slots=True, kw_only=True)
class Source:
    """A declaration as the engine reads it.

    Attributes:
        stock: every leaf of the declaration that carries a value, in document order; an item that
            is one of many alike (`late`) stands for its leaves.
        envelope: the leaves of what it was wrapped in.
        facts: the leaves that facts supplied.
        bodies: how many declarations of the kind the file holds.
        findings: what was found while it was read.
    """

    body: Node
    stock: list[Node] = field(default_factory=list)
    envelope: list[Node] = field(default_factory=list)
    facts: list[Node] = field(default_factory=list)
    bodies: int = 1
    findings: list[Finding] = field(default_factory=list)

    @property
    def leaves(self) -> list[Node]:
        """Every leaf of the declaration; those of items alike are made for it."""
        return [leaf for one in self.stock for leaf in one.leaves()]


class Odd(Node):
    """A node that is more than an element of the file: a fact, a part, one that is looked through.

    They are few, so what only they have costs the others nothing.
    """

    __slots__ = ("clear", "supplier", "whole")

    def __init__(self, name: str, key: str, text: str, line: int, parent: Node | None) -> None:
        super().__init__(name, key, text, line, parent)
        self.supplier = ""
        self.clear = False
        self.whole = None


CHILDLESS: dict[str, list[Node]] = {}


def adopt(parent: Node, child: Node) -> None:
    """Enter a child under its parent, and under the one that looks through the parent."""
    heir = parent
    while heir.clear and heir.parent is not None:
        heir = heir.parent
    if heir.children is CHILDLESS:
        heir.children = {}
    same = heir.children.get(child.key)
    if same is None:
        heir.children[child.key] = [child]
        return
    same.append(child)
    if len(same) == 2:
        same[0].rank = 1
    child.rank = len(same)


def clear(name: str, key: str, text: str, line: int, parent: Node) -> Node:
    """Return a node that is looked through."""
    one = Odd(name, key, text, line, parent)
    one.clear = True
    return one


def supplied(empty: Node, text: str, supplier: str) -> Node:
    """Put a fact in the place of an empty leaf; return it."""
    one = Odd(empty.name, empty.key, text, empty.line, empty.parent)
    one.supplier = supplier
    one.rank = empty.rank
    heir = empty.above
    if heir is not None:
        same = heir.children[empty.key]
        same[same.index(empty)] = one
    return one
