"""The registry as tables that need no looking up: for each class, what may stand in it and how.

Writing and checking ask the same few questions of every element: may it stand here, where in the
order, how often, in which format. They are answered once for each place of the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from exchange_node.wco.notation import EXT, MD, may_repeat
from exchange_node.wco.registry import Entry, Registry


class Kid:
    """What may stand in a class: one element of the registry, with all that is asked of it.

    Attributes:
        name: its step in a path.
        rank: its place in schema order among what may stand in the class.
        kind: the table of the class that it is; None for a value.
        is_single: whether there may be but one.
        is_shown: whether a pointer to it has a position.
        enters_freely: an element of the extension inside a class of the model: it may stand
            anywhere behind the model's own.
        qualified: the tag as lxml writes it.
        opening, closing, head: the tags as text; `head` is the opening one without its end.
        fits: whether a value that is not too long has its format.
        limit, most: most characters; where there is no limit, None and 0.
        least: fewest characters, where any characters do; else 0.
        is_plain: whether any characters do, if they are neither too few nor too many.
        attributes: each with whether it must be there.
        has_unit: whether a measure without a unit gets one.
        is_bare: whether a value without attributes is written as its text alone.
    """

    __slots__ = (
        "attributes", "closing", "decimals", "enters_freely", "entry", "fits", "has_unit",
        "head", "is_bare", "is_moment", "is_plain", "is_shown", "is_single", "kind", "least",
        "limit", "maximum", "minimum", "most", "name", "opening", "qualified", "rank",
    )  # fmt: skip

    def __init__(self, entry: Entry, parent: Entry, rank: int, kind: Table | None) -> None:
        prefix = "ext:" if entry.namespace == EXT else ""
        self.entry = entry
        self.name = entry.name
        self.rank = rank
        self.kind = kind
        self.minimum = entry.minimum
        self.maximum = entry.maximum
        self.is_single = entry.maximum == 1
        self.is_shown = may_repeat(parent.name, entry.name)
        self.is_moment = entry.is_moment
        self.limit = entry.max_length
        self.least = entry.min_length if entry.format.startswith("an") else 0
        self.most = entry.max_length or 0
        self.is_plain = bool(self.least and self.most and not entry.code_list)
        self.fits = _fitting(entry)
        self.decimals = entry.decimals
        self.attributes = tuple(entry.attributes.items())
        self.enters_freely = entry.namespace == EXT and parent.namespace not in (EXT, MD)
        self.qualified = f"{{{entry.namespace}}}{entry.tag}"
        self.head = f"<{prefix}{entry.tag}"
        self.opening = f"{self.head}>"
        self.closing = f"</{prefix}{entry.tag}>"
        self.has_unit = bool(entry.attributes.get("unitCode")) and entry.tag.endswith("Measure")
        self.is_bare = not (self.has_unit or self.is_moment)


Shape = tuple[tuple[Kid | None, str, bool], ...]
"""What stands in a class: None for what the registry has not; its step in a pointer; whether there
are several of it."""


class Table:
    """One class: what may stand in it, by name, by tag and in order.

    Attributes:
        needed: what must stand in it.
        asked: what must stand in it, and the classes in which something must stand.
        shapes: what stood in such classes and was right there, for `rules.structure`; bounded.
    """

    __slots__ = ("asked", "by_name", "by_tag", "entry", "in_order", "needed", "shapes")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.in_order: tuple[Kid, ...] = ()
        self.by_name: dict[str, Kid] = {}
        self.by_tag: dict[str, Kid] = {}
        self.needed: tuple[Kid, ...] = ()
        self.shapes: dict[tuple[object, ...], Shape] = {}
        self.asked: tuple[Kid, ...] = ()

    def fill(self, kids: tuple[Kid, ...]) -> None:
        """Enter what may stand in the class."""
        self.in_order = kids
        self.by_name = {one.name: one for one in kids}
        self.by_tag = {one.qualified: one for one in kids}
        self.needed = tuple(one for one in kids if one.minimum)
        self.asked = tuple(
            one for one in kids if one.minimum or (one.kind is not None and one.kind.asked)
        )


def _fitting(entry: Entry) -> Callable[[str], bool]:
    """Return the test of a format, short where few characters cannot have too many digits."""
    if not entry.decimals or entry.max_length is None:
        return entry.fits
    most, match = entry.max_length, entry.fits

    def fits(value: str) -> bool:
        if len(value) <= most and value.isascii() and value.isdigit():
            return True
        return match(value)

    return fits


def table_of(registry: Registry, path: str, kind: str) -> Table | None:
    """Return the table of a class, with those of every class below it, made once; None: no class.

    Tables of a registry stay with it (`Registry.tables`).
    """
    made = cast("Table | None", registry.tables.get((kind, path)))
    if made is not None:
        return made
    entry = registry.entry(path, kind)
    if entry is None or not entry.is_class:
        return None
    table = Table(entry)
    table.fill(
        tuple(
            Kid(one, entry, rank, table_of(registry, one.path, kind))
            for rank, one in enumerate(registry.children(path, kind))
        )
    )
    registry.tables[kind, path] = table  # only now: another thread may look for it meanwhile
    return table
