"""Placed values → Document: the order comes from the registry, never from the caller.

Values are written as they are given; whether they are right is for the rules to say. Dates and
moments are given in ISO 8601 and written in WCO's form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.document import NO_ATTRIBUTES, Document
from exchange_node.wco.notation import EXT, MD, ROOTS, path_of, steps, wco_moment
from exchange_node.wco.sifting import attributes_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.wco.registry import Entry, Registry

DATA_MODEL_VERSION = "3.6"
CUSTOMIZATION = "CAREC"
CUSTOMIZATION_VERSION = "1.0"
"""At most three characters (WCO DM 3.6, metadata): our schemas' minor version."""

_ROOT_OF_TYPE = {"DEC": "Declaration", "RES": "Response", "InterGov": "InterGov"}
# Characters that XML 1.0 (section 2.2) has no room for.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

NO_SUCH_PATH = Rule(
    code="CAREC-R005",
    severity=Severity.ERROR,
    sentence="{pointer} is no place in the document: {why}",
    mend="Use a path of wco_schemas/registry/wco_ids.tsv.",
)
NOT_WRITABLE = Rule(
    code="CAREC-R006",
    severity=Severity.ERROR,
    sentence="the value of {pointer} cannot be written in XML: character {character}",
    mend="Remove control characters from the value at its source.",
)
RULES = (NO_SUCH_PATH, NOT_WRITABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The envelope: who is responsible and which WCO base message follows.

    Attributes:
        country: ISO 3166 alpha-2 of the sending administration.
        agency: its name.
        type_name: `DEC`, `RES` or `InterGov`.
        version: of our customisation.
    """

    country: str
    agency: str
    type_name: str
    version: str = CUSTOMIZATION_VERSION


@dataclass(frozen=True, slots=True)
class Placed:
    """A value and where it goes: the pointer of a leaf, position 1 where none is written.

    Positions order what repeats; gaps between them close. A date or moment is ISO 8601. Empty
    values are left out.
    """

    pointer: str
    value: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class _Node:
    """A place in the document to be: its entry, its value or its children by name and position."""

    __slots__ = ("attributes", "children", "entry", "value")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.value = ""
        self.attributes: Mapping[str, str] = NO_ATTRIBUTES
        self.children: dict[tuple[str, int], _Node] = {}


def writable(text: str) -> str:
    """Return a text with U+FFFD for every character that XML has no room for."""
    return _NO_XML.sub("\ufffd", text)


def build(
    registry: Registry, metadata: Metadata, values: Iterable[Placed], *, kind: str | None = None
) -> Document:
    """Build a document from its values, in whatever order they come.

    `kind` says which InterGov message it is; the other roots have one kind each. Measures
    without a unit get KGM.

    Raises:
        InvalidDocumentError: a pointer is no place in the registry, a place is filled twice, or a
            value cannot be written in XML; all of them are named.
    """
    root_name = _ROOT_OF_TYPE.get(metadata.type_name, metadata.type_name)
    entry = registry.entry(root_name, kind)
    if entry is None:
        raise InvalidDocumentError(
            (NO_SUCH_PATH.found(pointer=root_name, why="no message has this root"),)
        )
    top = _Node(entry)
    findings: list[Finding] = []
    is_plain = True
    for one in values:
        if one.value:
            findings += _place(top, one, registry)
            is_plain &= one.attributes.keys() <= attributes_of(path_of(one.pointer))
    if findings:
        raise InvalidDocumentError(tuple(findings))
    root = envelope(metadata)
    _write(root, top, registry)
    return Document(root, is_plain=is_plain)


def _place(top: _Node, placed: Placed, registry: Registry) -> list[Finding]:
    """Put one value into the tree; return what is wrong with it."""
    pointer = placed.pointer
    way = steps(pointer)
    if way is None or way[0][0] != top.entry.path:
        return [NO_SUCH_PATH.found(pointer=pointer, why=f"it does not start at {top.entry.path}")]
    for text in (placed.value, *placed.attributes.values()):
        if bad := _NO_XML.search(text):
            return [NOT_WRITABLE.found(pointer=pointer, character=f"U+{ord(bad[0]):04X}")]
    node = top
    for name, position in way[1:]:
        entry = registry.entry(f"{node.entry.path}/{name}", top.entry.kind)
        if entry is None:
            why = f"{node.entry.name} holds no {name}"
            return [NO_SUCH_PATH.found(pointer=pointer, value=placed.value, why=why)]
        node = node.children.setdefault((name, position), _Node(entry))
    if node.entry.is_class:
        return [NO_SUCH_PATH.found(pointer=pointer, value=placed.value, why="it is a class")]
    if node.value:
        return [NO_SUCH_PATH.found(pointer=pointer, value=placed.value, why="it is filled twice")]
    node.value = placed.value
    node.attributes = placed.attributes
    return []


def envelope(metadata: Metadata) -> Element:
    """Return the envelope without its body, for this room alone."""
    root = etree.Element(f"{{{MD}}}MetaData", nsmap={None: MD, "ext": EXT})
    for tag, text in (
        ("WCODataModelVersionCode", DATA_MODEL_VERSION),
        ("WCOTypeName", metadata.type_name),
        ("ResponsibleCountryCode", metadata.country),
        ("ResponsibleAgencyName", metadata.agency),
        ("AgencyAssignedCustomizationCode", CUSTOMIZATION),
        ("AgencyAssignedCustomizationVersionCode", metadata.version),
    ):
        etree.SubElement(root, f"{{{MD}}}{tag}").text = writable(text)
    return root


def _write(parent: Element, node: _Node, registry: Registry) -> None:
    entry = node.entry
    nsmap = {None: entry.namespace} if entry.path in ROOTS else None
    element = etree.SubElement(parent, f"{{{entry.namespace}}}{entry.tag}", nsmap=nsmap)
    if entry.is_class:
        ordered = sorted(
            node.children.items(),
            key=lambda item: (registry.order(item[1].entry.path, entry.kind), item[0][1]),
        )
        for _, child in ordered:
            _write(element, child, registry)
        return
    attributes = dict(node.attributes)
    if entry.attributes.get("unitCode") and entry.tag.endswith("Measure"):
        attributes.setdefault("unitCode", "KGM")
    for name, value in sorted(attributes.items()):
        element.set(name, value)
    if entry.is_moment:
        code, text = wco_moment(node.value) or ("304", node.value)
        inner = etree.SubElement(element, f"{{{entry.namespace}}}DateTimeString", formatCode=code)
        inner.text = text
    else:
        element.text = node.value
