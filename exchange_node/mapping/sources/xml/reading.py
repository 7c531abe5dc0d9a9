"""National XML → a tree of nodes: names without namespaces, texts, lines, positions.

One pass over the parsed document builds everything the engine reads; nothing of lxml goes further
than this file. A node is a leaf of the declaration when it carries a text of its own or is an
attribute; markup that only says "no value" (`<null/>`) and schema housekeeping carry none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exchange_node.domain.finding import Finding
from exchange_node.mapping.findings import FOREIGN_NAMESPACE
from exchange_node.mapping.late import late
from exchange_node.mapping.profile.recognition import Detection, Kind
from exchange_node.mapping.sources.xml.alike import FEWEST, Cast, alike_in
from exchange_node.mapping.tree import CHILDLESS, Node, Source, adopt, clear

if TYPE_CHECKING:
    from lxml import etree

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
XML = "{http://www.w3.org/XML/1998/namespace}"
DEEPEST_WRAPPER = 8
"""How far below the root a declaration is looked for (our choice: two envelopes of four levels)."""


def split_tag(tag: str) -> tuple[str, str]:
    """Return namespace and local name of an lxml tag."""
    if tag.startswith("{"):
        namespace, _, name = tag[1:].partition("}")
        return namespace, name
    return "", tag


@dataclass(frozen=True, slots=True)
class Xml:
    """A parsed document."""

    root: etree._Element
    findings: Sequence[Finding] = ()

    def fit(self, detection: Detection) -> tuple[int, ...] | None:
        """Whether a profile is for it, and how well: bare before wrapped, namespace known first."""
        found = bodies(self.root, detection) if detection.kind is Kind.XML else []
        if not found:
            return None
        namespace, _ = split_tag(str(found[0].tag))
        return int(found[0] is not self.root), int(not detection.knows(namespace))

    def read(self, detection: Detection) -> Source:
        """Return the tree of the first declaration in it."""
        found = bodies(self.root, detection)
        source = read(self.root, found, detection)
        source.findings += self.findings
        namespace, _ = split_tag(str(found[0].tag))
        if not detection.knows(namespace):
            said = FOREIGN_NAMESPACE.found(value=namespace, profile=detection.profile)
            source.findings.append(said)
        return source

    def messages(self) -> tuple[str, ...]:
        """Return what may be the name of a message type: the names from the root down."""
        return tuple(dict.fromkeys(names(self.root)))

    @property
    def seen(self) -> str:
        """What it is, for those who know no profile for it."""
        seen = f"a document with the root {split_tag(str(self.root.tag))[1]}"
        if not self.findings:
            return seen
        return f"{seen} ({'; '.join(one.text for one in self.findings)})"


def bodies(root: etree._Element, detection: Detection) -> list[etree._Element]:
    """Return the elements that may be the declaration: the root, or what a wrapper holds.

    Root names are tried in the profile's order, so that a name that serves as a wrapper too can
    stand last.
    """
    own = split_tag(str(root.tag))[1]
    for name in detection.roots:
        found = [root] if own == name else list(_named(root, name, DEEPEST_WRAPPER))
        found = [one for one in found if _has(one, detection.having)]
        if found:
            return found
    return []


def _has(element: etree._Element, names: tuple[str, ...]) -> bool:
    return not names or any(split_tag(str(one.tag))[1] in names for one in element)


def names(root: etree._Element, depth: int = DEEPEST_WRAPPER) -> Iterator[str]:
    """Yield the local names from the root down, as deep as a declaration is looked for."""
    yield split_tag(str(root.tag))[1]
    if depth:
        for child in root:
            yield from names(child, depth - 1)


def _named(root: etree._Element, name: str, depth: int) -> Iterator[etree._Element]:
    """Yield the elements of a name below the root, as deep as asked; not those inside another."""
    # Every profile is asked of every file: lxml looks through the tree in C.
    for one in root.iter(f"{{*}}{name}"):
        above: list[etree._Element] = []
        up = one
        while up is not root and (parent := up.getparent()) is not None:
            up = parent
            above.append(up)
        is_inside = any(split_tag(str(outer.tag))[1] == name for outer in above)
        if above and len(above) <= depth and not is_inside:
            yield one


def read(root: etree._Element, found: list[etree._Element], detection: Detection) -> Source:
    """Return the source tree of the first of the found bodies; the rest counts as envelope."""
    reader = _Reader(detection, found[0])
    top = reader.top(root)
    body = reader.body or top
    return Source(body=body, stock=reader.leaves, envelope=reader.envelope, bodies=len(found))


class _Reader:
    """Reads one document; remembers the names it has met."""

    __slots__ = ("_aliases", "_body", "_detection", "_names", "_odd", "_to", "body",
                 "envelope", "leaves")  # fmt: skip

    def __init__(self, detection: Detection, body: etree._Element) -> None:
        self._aliases: Mapping[str, str] = detection.aliases
        self._detection = detection
        self._odd = detection.see_through | detection.nulls
        self._names: dict[str, tuple[str, str, bool]] = {}
        self._body = body
        self.body: Node | None = None
        self.leaves: list[Node] = []
        self.envelope: list[Node] = []
        self._to = self.envelope

    def top(self, root: etree._Element) -> Node:
        """Read the root and everything below it."""
        name, key, _ = self._name(str(root.tag))
        here = Node(name, key, (root.text or "").strip(), root.sourceline or 0, None)
        self._whole(root, here)
        return here

    def _whole(self, element: etree._Element, here: Node) -> None:
        """Read what an element carries, and everything below it."""
        is_body = element is self._body
        if is_body:
            self.body, self._to = here, self.leaves
        if here.text:
            self._to.append(here)
        if element.attrib:
            self._attributes(element, here)
        if len(element):
            self._children(element, here)
        if is_body:
            self._to = self.envelope

    # One loop over every element of the file: parted, the calls would cost what the work costs.
    def _children(self, element: etree._Element, here: Node) -> None:  # noqa: C901, PLR0912
        """Read the children; text between them counts as the element's own."""
        heir = here
        while heir.clear and heir.parent is not None:
            heir = heir.parent
        if heir.children is CHILDLESS:
            heir.children = {}
        children, names, leaves = heir.children, self._names, self._to
        tails: list[str] = []
        casts: Mapping[etree._Element, Cast] = {}
        if len(element) >= FEWEST and leaves is self.leaves:
            casts = alike_in(element, self._named, self._detection)
        for child in element:
            tag: Any = child.tag
            name, key, is_odd = names.get(tag) or self._name(tag)
            text = child.text
            if text:
                text = text.strip()
            if not (is_odd and self._is_null(child, name)):
                node: Node
                cast = casts.get(child) if casts else None
                if cast is not None:
                    node = late(*cast, child.sourceline or 0, here)
                elif is_odd and leaves is self.leaves and name in self._detection.see_through:
                    node = clear(name, key, text or "", child.sourceline or 0, here)
                else:
                    node = Node(name, key, text or "", child.sourceline or 0, here)
                same = children.get(key)
                if same is None:
                    children[key] = [node]
                else:
                    same.append(node)
                    node.rank = len(same)
                    if node.rank == 2:
                        same[0].rank = 1
                if cast is not None:
                    leaves.append(node)
                elif len(child) or child.attrib or child is self._body:
                    self._whole(child, node)
                elif text:
                    leaves.append(node)
            tail = child.tail
            if tail and (tail := tail.strip()):
                tails.append(tail)
        if tails:
            if not here.text:
                self._to.append(here)
            here.text = " ".join([here.text, *tails]).strip()

    def _is_null(self, element: etree._Element, name: str) -> bool:
        """Whether an element only says that there is no value."""
        return (
            name in self._detection.nulls
            and not element.text
            and not len(element)
            and not element.attrib
        )

    def _named(self, tag: str) -> tuple[str, str, bool]:
        """Return what is known of a name, which may be one that was not met before."""
        return self._names.get(tag) or self._name(tag)

    def _name(self, tag: str) -> tuple[str, str, bool]:
        """Return the local name, the name the profile uses, and whether it is read otherwise."""
        name = split_tag(tag)[1]
        known = self._names[tag] = (name, self._aliases.get(name, name), name in self._odd)
        return known

    def _attributes(self, element: etree._Element, here: Node) -> None:
        for tag, value in element.attrib.items():
            written = str(tag)
            if written.startswith((XSI, XML)):
                continue
            name = "@" + split_tag(written)[1]
            one = Node(name, self._aliases.get(name, name), str(value).strip(), here.line, here)
            adopt(here, one)
            if one.text:
                self._to.append(one)
