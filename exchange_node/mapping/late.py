"""Elements of which there are many alike: what they share kept once, their nodes made when asked.

A declaration of many items says the same elements again and again. Of such items a mould is kept,
which says what stands where, and of each item its texts. A node below an item is made when
somebody looks for it by its name; what is asked of all items by column needs none.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from typing import NamedTuple, TypeGuard

from exchange_node.mapping.tree import Node


class Spot(NamedTuple):
    """One element of an item.

    Attributes:
        above: the number of the spot above it; -1 for the item itself.
        rank: 1-based position among its siblings of the same name; 0 where it stands alone.
        slot: which of the item's texts it carries; -1 for none.
        opening: which of the item's lines it begins on.
        kids: the spots below it by key; None where there is none.
        says: whether it or anything below it carries a text.
    """

    name: str
    key: str
    above: int
    rank: int
    slot: int
    opening: int
    kids: Mapping[str, Sequence[int]] | None
    says: bool


class Mould:
    """What items alike have in common.

    Attributes:
        spots: the elements of an item in document order, itself first.
        carriers: the spots that carry a text, by slot.
        openings: on which of an item's lines they begin, by slot.
        places: the spots above carriers in the order in which the carriers need them, numbered so.
    """

    __slots__ = ("carriers", "openings", "places", "spots")

    def __init__(self, spots: Sequence[Spot]) -> None:
        self.spots = spots
        self.carriers = [at for at, one in enumerate(spots) if one.slot >= 0]
        self.openings = [spots[at].opening for at in self.carriers]
        needed: dict[int, None] = {0: None}
        for at in self.carriers:
            way: list[int] = []
            up = spots[at].above
            while up not in needed:
                way.append(up)
                up = spots[up].above
            needed.update(dict.fromkeys(reversed(way)))
        self.places = {at: number for number, at in enumerate(needed)}

    def path(self, at: int) -> str:
        """Return the path of a spot below its item as a profile names it."""
        names: list[str] = []
        while at > 0:
            names.append(self.spots[at].key)
            at = self.spots[at].above
        return "/".join(reversed(names))


class Item:
    """One of many alike.

    Attributes:
        top: its node.
        texts: what its elements carry, by slot.
        line: of the file, on which it begins.
        lines: how many lines of the file each opening tag is below the first.
        made: the nodes that carry a text and were made, each with its slot.
        is_apart: whether something was put into it that the others have not: a fact.
    """

    __slots__ = ("is_apart", "line", "lines", "made", "mould", "texts", "top")

    def __init__(self, mould: Mould, texts: Sequence[str], line: int, lines: Sequence[int]) -> None:
        self.mould = mould
        self.texts = texts
        self.line = line
        self.lines = lines
        self.made: dict[Node, int] = {}
        self.is_apart = False
        self.top: Late


class Late(Node):
    """An item, or an element of one that has elements."""

    __slots__ = ("item", "spot")

    def __init__(self, item: Item, spot: int, parent: Node | None) -> None:
        about = item.mould.spots[spot]
        self.name = about.name
        self.key = about.key
        self.text = ""
        self.line = item.line + item.lines[about.opening]
        self.parent = parent
        self.rank = about.rank
        self.item = item
        self.spot = spot
        self.children = Kids(self)

    def leaves(self) -> Sequence[Node]:
        """Return the leaves of the item in document order; all of them are made."""
        item = self.item
        fill(item.top)
        by_slot = {slot: node for node, slot in item.made.items()}
        return [by_slot[slot] for slot in range(len(item.texts))]

    def has_data(self) -> bool:
        """Whether this node or anything below it carries a value."""
        return self.item.mould.spots[self.spot].says or (self.item.is_apart and super().has_data())

    def is_declared(self) -> bool:
        """Whether the declaration itself says something here or below."""
        return self.item.mould.spots[self.spot].says or (
            self.item.is_apart and super().is_declared()
        )


class Kids(dict[str, list[Node]]):
    """The children of a late node by key, made name by name; in the order of the file."""

    __slots__ = ("_late", "_todo")

    def __init__(self, late: Late) -> None:
        super().__init__()
        self._late = late
        self._todo: Mapping[str, Sequence[int]] | None = late.item.mould.spots[late.spot].kids

    def get(self, name: str, default: list[Node] | None = None) -> list[Node] | None:  # type: ignore[override]  # the names are texts, and what is not there is no more than None
        """Return the children of a name."""
        found = super().get(name)
        if found is None and self._todo is not None and name in self._todo:
            return self._make(name)
        return default if found is None else found

    def __missing__(self, name: str) -> list[Node]:
        if self._todo is None or name not in self._todo:
            raise KeyError(name)
        return self._make(name)

    def _make(self, name: str) -> list[Node]:
        late = self._late
        item = late.item
        spots = item.mould.spots
        found: list[Node] = []
        for at in self._todo[name] if self._todo is not None else ():
            about = spots[at]
            if about.kids is not None:
                found.append(Late(item, at, late))
                continue
            slot = about.slot
            text = item.texts[slot] if slot >= 0 else ""
            one = Node(about.name, about.key, text, item.line + item.lines[about.opening], late)
            one.rank = about.rank
            if slot >= 0:
                item.made[one] = slot
            found.append(one)
        self[name] = found
        return found

    def fill(self) -> None:
        """Make all of them."""
        if self._todo is not None:
            every = {name: self[name] for name in self._todo}
            self._todo = None
            self.clear()
            self.update(every)

    def __iter__(self) -> Iterator[str]:
        return super().__iter__() if self._todo is None else iter(self._todo)

    def __len__(self) -> int:
        return super().__len__() if self._todo is None else len(self._todo)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) if self._todo is None else name in self._todo

    def values(self) -> ValuesView[list[Node]]:  # type: ignore[override]  # a view as any other
        """Return the children, by name."""
        self.fill()
        return super().values()

    def items(self) -> ItemsView[str, list[Node]]:  # type: ignore[override]  # a view as any other
        """Return names and children."""
        self.fill()
        return super().items()


def late(mould: Mould, texts: Sequence[str], lines: Sequence[int], line: int, parent: Node) -> Late:
    """Return an item of which only the texts are known."""
    item = Item(mould, texts, line, lines)
    item.top = Late(item, 0, parent)
    return item.top


def fill(node: Node) -> None:
    """Make every node below one."""
    for same in node.children.values():
        for one in same:
            if one.children:
                fill(one)


def part(node: Node) -> None:
    """Make the item in which a node stands an item of its own: something is put into it."""
    up: Node | None = node
    while up is not None and not isinstance(up, Late):
        up = up.parent
    if up is not None and not up.item.is_apart:
        fill(up.item.top)
        up.item.is_apart = True


def is_late(node: Node) -> TypeGuard[Late]:
    """Whether a node is an item that is as others are, so that its texts say all about it."""
    return isinstance(node, Late) and not (node.spot or node.item.is_apart)
