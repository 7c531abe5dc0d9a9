"""bytes → Document: leaves with paths and pointers, values, a copy without some of them → bytes.

An immutable wrapper round one MetaData tree. Namespaces are strict: what is not in the namespace
of its message, nor in our extension namespace, has the prefix `other:` in its path and is
covered by no grant.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Rule, Severity
from exchange_node.domain.message import Attachment, Exchange
from exchange_node.wco.notation import DEC, DS, EXT, IG, MD, RES, Kind
from exchange_node.wco.tree import children_of, kind_of, moment_of, shown

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["RULES", "Document", "Kind", "Leaf", "read"]

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_BODIES = {f"{{{DEC}}}Declaration", f"{{{IG}}}InterGov", f"{{{RES}}}Response"}
_EXCHANGE = f"{{{EXT}}}Exchange"
_SIZE_DIGITS = 15
_FIELDS = (
    ("sender", "SenderID"),
    ("recipient", "RecipientID"),
    ("code", "MessageCode"),
    ("agreement_id", "AgreementID"),
    ("agreement_version", "AgreementVersionNumeric"),
    ("agreement_digest", "AgreementDigestID"),
    ("grant", "GrantID"),
    ("purpose", "PurposeCode"),
    ("handling", "HandlingCode"),
    ("test", "TestIndicator"),
)
_ATTACHMENT = f"{{{EXT}}}Attachment"
_ATTACHED = (
    ("content_id", "ContentID"),
    ("mime_type", "MimeTypeCode"),
    ("size", "SizeNumeric"),
    ("digest", "DigestID"),
    ("name", "NameText"),
)
EXCHANGE_TAGS = frozenset(
    f"{{{EXT}}}{name}" for name in ("Attachment", *(tag for _, tag in (*_FIELDS, *_ATTACHED)))
)
"""What stands in ext:Exchange, as lxml writes it."""

WRONG_ROOT = Rule(
    code="CAREC-R001",
    severity=Severity.ERROR,
    sentence="the root element is {found}, a WCO document has {wanted}",
    mend="Send the document in its MetaData envelope; wco_schemas/README.md names the namespaces."
    " A national declaration is mapped first (`exchange-node map`).",
)
WRONG_BODY = Rule(
    code="CAREC-R002",
    severity=Severity.ERROR,
    sentence="inside MetaData stands {found}, wanted exactly one of {wanted}",
    mend="Put one Declaration, InterGov or Response of the CAREC namespaces into MetaData.",
)
BROKEN_EXCHANGE = Rule(
    code="CAREC-R003",
    severity=Severity.ERROR,
    sentence="ext:Exchange cannot be read: {name} is {value!r}",
    mend="Write ext:Exchange whole; docs/messages.md lists what it holds.",
)
RULES = (WRONG_ROOT, WRONG_BODY, BROKEN_EXCHANGE)


class Leaf(NamedTuple):
    """One value of a document; dates and moments are ISO 8601 where they can be read."""

    path: str
    pointer: str
    value: str
    attributes: Mapping[str, str] = NO_ATTRIBUTES


class Document:
    """One WCO document in its MetaData envelope; `read` and `building.build` make it.

    Attributes:
        is_plain: whether it is known to hold its fields and nothing beside; `sifting.plain`.
    """

    __slots__ = ("_at", "_body", "_leaves", "_root", "is_plain")

    def __init__(self, root: Element, *, is_plain: bool = False) -> None:
        self._root = root
        self.is_plain = is_plain
        self._body = next(one for one in root if one.tag in _BODIES)
        self._leaves: tuple[Leaf, ...] | None = None
        self._at: dict[str, list[Leaf]] | None = None

    @property
    def root_name(self) -> str:
        """The body's root: Declaration, InterGov or Response."""
        return etree.QName(self._body).localname

    @property
    def kind(self) -> Kind:
        """What the document is; `tree.kind_of` says how it is told."""
        return kind_of(self._body)

    @property
    def country(self) -> str:
        """The country of the sending administration, as the envelope says it."""
        return self._root.findtext(f"{{{MD}}}ResponsibleCountryCode", "")

    @property
    def header(self) -> Mapping[str, str]:
        """The elements of the envelope before the body, by name."""
        named = (one for one in self._root if etree.QName(one).namespace == MD)
        return {etree.QName(one).localname: one.text or "" for one in named}

    @property
    def version(self) -> str:
        """The version of our customisation, as the envelope says it."""
        return self.header.get("AgencyAssignedCustomizationVersionCode", "").strip()

    @property
    def exchange(self) -> Exchange | None:
        """What is sealed with the document; None where there is no ext:Exchange yet.

        Raises:
            InvalidDocumentError: it is there and cannot be read.
        """
        block = self._root.find(_EXCHANGE)
        if block is None:
            return None
        text = {name: block.findtext(f"{{{EXT}}}{tag}", "") for name, tag in _FIELDS}
        version, test = text.pop("agreement_version"), text.pop("test")
        for tag, value, is_good in (
            ("AgreementVersionNumeric", version, version.isascii() and version.isdigit()),
            ("TestIndicator", test, test in ("0", "1")),
        ):
            if not is_good or len(value) > 9:
                raise InvalidDocumentError(
                    (BROKEN_EXCHANGE.found(pointer=_EXCHANGE_POINTER, value=value, name=tag),)
                )
        return Exchange(**text, agreement_version=int(version), test=test == "1")

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files that were sealed with the document, in their order.

        Raises:
            InvalidDocumentError: one cannot be read.
        """
        return tuple(_attachment(one) for one in self._root.iterfind(f"{_EXCHANGE}/{_ATTACHMENT}"))

    def leaves(self) -> Sequence[Leaf]:
        """Return the values of the body in document order; not header, Exchange or seal."""
        if self._leaves is None:
            name = self.root_name
            namespace = str(etree.QName(self._body).namespace)
            self._leaves = tuple(_below(self._body, name, name, namespace))
        return self._leaves

    def keep(self, leaves: Iterable[Leaf]) -> None:
        """Keep the leaves that a walk over the body came by, so that none is read twice."""
        if self._leaves is None:
            self._leaves = tuple(leaves)

    def by_path(self) -> Mapping[str, Sequence[Leaf]]:
        """Return the leaves by their paths, each in document order."""
        if self._at is None:
            self._at = {}
            for leaf in self.leaves():
                self._at.setdefault(leaf.path, []).append(leaf)
        return self._at

    def at(self, path: str) -> Sequence[Leaf]:
        """Return the leaves at a path, in document order."""
        return self.by_path().get(path, ())

    def values(self, path: str) -> tuple[str, ...]:
        """Return every value at a path, in document order."""
        return tuple([one.value for one in self.at(path)])

    def value(self, path: str) -> str:
        """Return the first value at a path, "" if there is none."""
        return next(iter(self.values(path)), "")

    def unsealed(self) -> Document:
        """Return a copy without the seal."""
        root = copy.deepcopy(self._root)
        for seal in root.findall(f"{{{DS}}}Signature"):
            root.remove(seal)
        return Document(root, is_plain=self.is_plain)

    def with_exchange(self, exchange: Exchange, attachments: Iterable[Attachment] = ()) -> Document:
        """Return a copy with this ext:Exchange before the body, in place of any other; unsealed.

        It names the files that go with the document too.
        """
        copied = self.unsealed()
        root = copied.tree
        for old in root.findall(_EXCHANGE):
            root.remove(old)
        block = etree.Element(_EXCHANGE, nsmap={"ext": EXT})
        for name, tag in _FIELDS:
            value = getattr(exchange, name)
            text = str(int(value)) if isinstance(value, bool) else str(value)
            etree.SubElement(block, f"{{{EXT}}}{tag}").text = text
        for one in attachments:
            attached = etree.SubElement(block, _ATTACHMENT)
            for name, tag in _ATTACHED:
                if getattr(one, name) != "":
                    etree.SubElement(attached, f"{{{EXT}}}{tag}").text = str(getattr(one, name))
        copied.body.addprevious(block)
        return copied

    def to_bytes(self) -> bytes:
        """Return the document as UTF-8 with an XML declaration."""
        return etree.tostring(self._root, encoding="UTF-8", xml_declaration=True)

    @property
    def tree(self) -> Element:
        """The MetaData element, for the codec rooms alone; nobody changes it."""
        return self._root

    @property
    def body(self) -> Element:
        """The body's root element, for the codec rooms alone; nobody changes it."""
        return self._body


_EXCHANGE_POINTER = "MetaData/ext:Exchange"


def _attachment(element: Element) -> Attachment:
    text = {name: element.findtext(f"{{{EXT}}}{tag}", "") for name, tag in _ATTACHED}
    size = text.pop("size")
    if not (size.isascii() and size.isdigit() and len(size) <= _SIZE_DIGITS):
        pointer = f"{_EXCHANGE_POINTER}/ext:Attachment"
        found = BROKEN_EXCHANGE.found(pointer=pointer, value=size, name="SizeNumeric")
        raise InvalidDocumentError((found,))
    return Attachment(**text, size=int(size))


def read(data: bytes, limits: safe_xml.XmlLimits = safe_xml.DOCUMENT) -> Document:
    """Read a document from outside.

    Raises:
        UnsafeXmlError: a DOCTYPE, an entity, or a bound was exceeded.
        MalformedXmlError: it is not well-formed.
        InvalidDocumentError: the root or the body is not what a WCO document has.
    """
    return of_tree(safe_xml.parse(data, limits))


def of_tree(root: Element) -> Document:
    """Wrap a tree, as `read` does with what it parsed; for the codec rooms alone."""
    if root.tag != f"{{{MD}}}MetaData":
        raise InvalidDocumentError(
            (WRONG_ROOT.found(value=str(root.tag), found=shown(root), wanted=f"MetaData in {MD}"),)
        )
    inside = [
        one for one in root if etree.QName(one).namespace not in (MD, DS) and one.tag != _EXCHANGE
    ]
    if len(inside) != 1 or inside[0].tag not in _BODIES:
        raise InvalidDocumentError(
            (
                WRONG_BODY.found(
                    pointer="MetaData",
                    found=", ".join(shown(one) for one in inside[:4]) or "nothing",
                    wanted=f"Declaration in {DEC}, InterGov in {IG}, Response in {RES}",
                ),
            )
        )
    return Document(root)


def leaves_of(element: Element, path: str, pointer: str, body: str) -> Iterator[Leaf]:
    """Yield the leaves of one element: its own, or those below it; for the codec rooms alone."""
    moment = moment_of(element)
    if moment is None and len(element):
        yield from _below(element, path, pointer, body)
        return
    said = {str(name): str(value) for name, value in element.attrib.items()}
    value = (element.text or "") if moment is None else moment
    yield Leaf(path, pointer, value, MappingProxyType(said) if said else NO_ATTRIBUTES)


def _below(parent: Element, path: str, pointer: str, body: str) -> Iterator[Leaf]:
    for child, name, child_pointer in children_of(parent, body, pointer):
        yield from leaves_of(child, f"{path}/{name}", child_pointer, body)
