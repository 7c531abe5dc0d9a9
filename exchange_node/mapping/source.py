"""National XML → a tree of nodes: names without namespaces, texts, lines, positions.

One pass over the parsed document builds everything the engine reads; nothing of lxml goes further
than this file. A node is a leaf of the declaration when it carries a text of its own or is an
attribute; markup that only says "no value" (`<null/>`) and schema housekeeping carry none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exchange_node.mapping.profile.profile import Detection
from exchange_node.mapping.tree import Node, adopt

if TYPE_CHECKING:
    from lxml import etree

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
XML = "{http://www.w3.org/XML/1998/namespace}"
DEEPEST_WRAPPER = 8
"""How far below the root a declaration is looked for (our choice: two envelopes of four levels)."""


@dataclass(slots=True, kw_only=True)
class Source:
    """A declaration as the engine reads it.

    Attributes:
        leaves: every leaf of the declaration that carries a value, in document order.
        envelope: the leaves of what it was wrapped in.
        facts: the leaves that facts supplied.
        bodies: how many declarations of the kind the file holds.
    """

    body: Node
    leaves: list[Node] = field(default_factory=list)
    envelope: list[Node] = field(default_factory=list)
    facts: list[Node] = field(default_factory=list)
    bodies: int = 1


def split_tag(tag: str) -> tuple[str, str]:
    """Return namespace and local name of an lxml tag."""
    if tag.startswith("{"):
        namespace, _, name = tag[1:].partition("}")
        return namespace, name
    return "", tag


def bodies(root: etree._Element, detection: Detection) -> list[etree._Element]:
    """Return the elements that may be the declaration: the root, or what a wrapper holds.

    Root names are tried in the profile's order, so that a name that serves as a wrapper too can
    stand last.
    """
    own = split_tag(str(root.tag))[1]
    for name in detection.roots:
        found = [root] if own == name else list(_named(root, name, DEEPEST_WRAPPER))
        if found:
            return found
    return []


def names(root: etree._Element, depth: int = DEEPEST_WRAPPER) -> Iterator[str]:
    """Yield the local names from the root down, as deep as a declaration is looked for."""
    yield split_tag(str(root.tag))[1]
    if depth:
        for child in root:
            yield from names(child, depth - 1)


def _named(element: etree._Element, name: str, depth: int) -> Iterator[etree._Element]:
    for child in element:
        if split_tag(str(child.tag))[1] == name:
            yield child
        elif depth > 1:
            yield from _named(child, name, depth - 1)


def read(root: etree._Element, found: list[etree._Element], detection: Detection) -> Source:
    """Return the source tree of the first of the found bodies; the rest counts as envelope."""
    reader = _Reader(detection, found[0])
    top = reader.node(root, None)
    body = reader.body or top
    return Source(body=body, leaves=reader.leaves, envelope=reader.envelope, bodies=len(found))


class _Reader:
    """Reads one document; remembers the names it has met."""

    __slots__ = ("_aliases", "_body", "_clear", "_inside", "_names", "_nulls", "body", "envelope",
                 "leaves")  # fmt: skip

    def __init__(self, detection: Detection, body: etree._Element) -> None:
        self._aliases: Mapping[str, str] = detection.aliases
        self._clear = detection.see_through
        self._nulls = detection.nulls
        self._names: dict[str, str] = {}
        self._body = body
        self._inside = False
        self.body: Node | None = None
        self.leaves: list[Node] = []
        self.envelope: list[Node] = []

    def node(self, element: etree._Element, parent: Node | None) -> Node:
        """Read an element and everything below it."""
        name = self._name(str(element.tag))
        here = Node(
            name,
            self._aliases.get(name, name),
            (element.text or "").strip(),
            element.sourceline or 0,
            parent,
        )
        is_body = element is self._body
        if is_body:
            self.body, self._inside = here, True
        elif self._inside and name in self._clear:
            here.clear = True
        if here.text:
            self._leaf(here)
        if element.attrib:
            self._attributes(element, here)
        if len(element):
            self._children(element, here)
        if is_body:
            self._inside = False
        return here

    def _children(self, element: etree._Element, here: Node) -> None:
        """Read the children; text between them counts as the element's own."""
        tails: list[str] = []
        for child in element:
            says_nothing = not len(child) and not child.text and not child.attrib
            if not (says_nothing and self._name(str(child.tag)) in self._nulls):
                adopt(here, self.node(child, here))
            if child.tail and child.tail.strip():
                tails.append(child.tail.strip())
        if tails:
            if not here.text:
                self._leaf(here)
            here.text = " ".join([here.text, *tails]).strip()

    def _name(self, tag: str) -> str:
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = split_tag(tag)[1]
        return name

    def _attributes(self, element: etree._Element, here: Node) -> None:
        for tag, value in element.attrib.items():
            written = str(tag)
            if written.startswith((XSI, XML)):
                continue
            name = "@" + split_tag(written)[1]
            one = Node(name, self._aliases.get(name, name), str(value).strip(), here.line, here)
            adopt(here, one)
            if one.text:
                self._leaf(one)

    def _leaf(self, node: Node) -> None:
        (self.leaves if self._inside else self.envelope).append(node)
