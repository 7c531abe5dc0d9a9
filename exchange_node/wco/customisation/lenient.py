"""A document of another customisation of the WCO Data Model, or of none → one of ours.

Reading is lenient where writing is strict. `read` takes a goods declaration or a response whatever
namespace it stands in; `settle` gives it our names, our order and our envelope. What we do not know
is left out and told. Nothing of this is done to what came through the exchange: between nodes a
document is ours or it is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco import document as strict
from exchange_node.wco.building import CUSTOMIZATION, Metadata, envelope
from exchange_node.wco.compiled.classes import Kid, Table, table_of
from exchange_node.wco.document import Document
from exchange_node.wco.notation import DEC, DS, EXT, MD, RES, TYPE_NAMES, Kind
from exchange_node.wco.tree import moment_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.wco.registry import Registry

ALIASES: Mapping[str, str] = {
    "AssociatedTransportDocument": "TransportContractDocument",
    "ConsignmentPackaging": "Packaging",
    "CountrySubEntityID": "CountrySubDivisionCode",
    "CountrySubEntityName": "CountrySubDivisionName",
    "ExitCustomsOffice": "ExitOffice",
    "LoadingDate": "LoadingDateTime",
    "PreviousCustomsDocument": "PreviousDocument",
    "TypeID": "TypeCode",
}
"""What other editions of the data model call an element → its name in 3.6."""

OTHER_NAMESPACE = Rule(
    code="CAREC-R020",
    severity=Severity.WARNING,
    sentence="{name} stands in {found} and is read as one of {wanted}",
    mend="Nothing to do for reading; what is sent stands in the CAREC namespaces.",
)
OTHER_NAME = Rule(
    code="CAREC-R021",
    severity=Severity.WARNING,
    sentence="{value} at {pointer} is read as {name}",
    mend="Write the name of the data model's edition 3.6.",
)
LEFT_OUT = Rule(
    code="CAREC-R022",
    severity=Severity.WARNING,
    sentence="{parent} has no such {name} that we know; it is left out ({pointer})",
    mend="wco_schemas/registry/wco_ids.tsv lists what we know; ask for an element to be added.",
)
OTHER_ORDER = Rule(
    code="CAREC-R023",
    severity=Severity.WARNING,
    sentence="the elements in {pointer} stand in another order than ours",
    mend="Order the elements as wco_schemas/registry/wco_ids.tsv lists them.",
)
LACKING = Rule(
    code="CAREC-R024",
    severity=Severity.WARNING,
    sentence="{name} is missing at {pointer}; our own documents have it",
    mend="Bring it before the document is sent as one of ours.",
)
RULES = (OTHER_NAMESPACE, OTHER_NAME, LEFT_OUT, OTHER_ORDER, LACKING)

_TAKEN = {"Declaration": DEC, "Response": RES}
_FOREIGN_KINDS = (Kind.GOODS_DECLARATION, Kind.RESPONSE)
_ABOUT_LISTS = ("list", "scheme", "language", "name", "{")
"""Beginnings of attributes that say which list, scheme or language: the registry says it for us."""


def read(data: bytes) -> tuple[Document, tuple[Finding, ...]]:
    """Read a document as `document.read` does, and those kinds in any namespace or none.

    Raises:
        UnsafeXmlError, MalformedXmlError: it is no XML that is let in.
        InvalidDocumentError: it is no WCO document that we know, whatever the namespace.
    """
    root = safe_xml.parse(data)
    found = _renamed(root)
    document = strict.of_tree(root)
    if found and document.kind not in _FOREIGN_KINDS:
        document = strict.read(data)  # says what is wrong with it
    return document, found


def is_foreign(document: Document) -> bool:
    """Whether a document is of another customisation, and not yet on its way between nodes."""
    if document.kind not in _FOREIGN_KINDS or document.tree.find(f"{{{EXT}}}Exchange") is not None:
        return False
    if document.header.get("AgencyAssignedCustomizationCode", "") != CUSTOMIZATION:
        return True
    home = str(etree.QName(document.body).namespace)
    moments = document.body.iter("{*}DateTimeString")
    return any(etree.QName(one).namespace not in (home, EXT) for one in moments)


def settle(document: Document, registry: Registry) -> tuple[Document, tuple[Finding, ...]]:
    """Return a document in our names, our order and our envelope, with what was done to it."""
    header = document.header
    root = envelope(
        Metadata(
            country=header.get("ResponsibleCountryCode", "").strip(),
            agency=header.get("ResponsibleAgencyName", "").strip(),
            type_name=TYPE_NAMES[document.root_name],
        )
    )
    body = copy.deepcopy(document.body)
    root.append(body)
    settling = _Settling()
    table = table_of(registry, document.root_name, document.kind)
    if table is not None:
        settling.class_(body, table, document.root_name)
    etree.cleanup_namespaces(root)
    return Document(root), tuple(settling.findings)


def _renamed(root: Element) -> tuple[Finding, ...]:
    """Put envelope and body into our namespaces, whatever they stand in."""
    outside = etree.QName(root)
    if outside.localname != "MetaData":
        return ()
    body = next((one for one in root if etree.QName(one).localname in _TAKEN), None)
    if body is None:
        return ()
    found = []
    for element, wanted in ((root, MD), (body, _TAKEN[etree.QName(body).localname])):
        name = etree.QName(element)
        if name.namespace != wanted:
            shown = name.namespace or "no namespace"
            found.append(
                OTHER_NAMESPACE.found(
                    pointer=name.localname, name=name.localname, found=shown, wanted=wanted
                )
            )
    if found:
        home = _TAKEN[etree.QName(body).localname]
        before = {etree.QName(body).namespace, home, None}
        for one in root:
            if one is not body and etree.QName(one).namespace not in (EXT, DS):
                one.tag = f"{{{MD}}}{etree.QName(one).localname}"
        for one in body.iter():
            if etree.QName(one).namespace in before:
                one.tag = f"{{{home}}}{etree.QName(one).localname}"
        root.tag = f"{{{MD}}}MetaData"
    return tuple(found)


class _Settling:
    """One pass over a body, with the registry's tables beside it."""

    __slots__ = ("_told", "findings")

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()
        self.findings: list[Finding] = []

    def class_(self, element: Element, table: Table, pointer: str) -> None:
        """Settle what stands in a class."""
        element.attrib.clear()
        if element.text and element.text.isspace():
            element.text = None
        kept: list[tuple[int, Element]] = []
        count: dict[str, int] = {}
        for child in list(element):
            kid = self._kid(child, table, pointer)
            if kid is None:
                element.remove(child)
                continue
            number = count[kid.name] = count.get(kid.name, 0) + 1
            if kid.maximum is not None and number > kid.maximum:
                self._left_out(child, kid.name, table, pointer)
                element.remove(child)
                continue
            here = f"{pointer}/{kid.name}[{number}]" if kid.is_shown else f"{pointer}/{kid.name}"
            child.tag = kid.qualified
            child.tail = None
            if kid.kind is not None:
                self.class_(child, kid.kind, here)
            elif not self._value(child, kid, here):
                element.remove(child)
                continue
            kept.append((kid.rank, child))
        ordered = sorted(kept, key=lambda one: one[0])
        if ordered != kept:
            self.findings.append(OTHER_ORDER.found(pointer=pointer))
            element[:] = [child for _, child in ordered]

    def _kid(self, child: Element, table: Table, pointer: str) -> Kid | None:
        name = etree.QName(child)
        own = f"ext:{name.localname}" if name.namespace == EXT else name.localname
        kid = table.by_name.get(own)
        if kid is not None:
            return kid
        kid = table.by_name.get(ALIASES.get(own, ""))
        if kid is None:
            self._left_out(child, own, table, pointer)
        elif (table.entry.path, own) not in self._told:
            self._told.add((table.entry.path, own))
            at = f"{pointer}/{kid.name}"
            self.findings.append(OTHER_NAME.found(pointer=at, value=own, name=kid.name))
        return kid

    def _left_out(self, child: Element, name: str, table: Table, pointer: str) -> None:
        """Tell of an element that is left out, once for a class."""
        if (table.entry.path, name) not in self._told:
            self._told.add((table.entry.path, name))
            text = " ".join(" ".join(str(one) for one in child.itertext()).split())
            at = f"{pointer}/{name}"
            found = LEFT_OUT.found(pointer=at, value=text, name=name, parent=table.entry.tag)
            self.findings.append(found)

    def _value(self, element: Element, kid: Kid, pointer: str) -> bool:
        """Settle one value; whether there is one."""
        known = dict(kid.attributes)
        for name in [str(one) for one in element.attrib]:
            if name in known:
                continue
            if not name.startswith(_ABOUT_LISTS):
                self.findings.append(
                    LEFT_OUT.found(
                        pointer=pointer, value=element.attrib[name], name=f"@{name}",
                        parent=kid.entry.tag,
                    )
                )  # fmt: skip
            del element.attrib[name]
        if kid.is_moment and moment_of(element, of_any=True) is not None:
            inner = element[0]
            inner.tag = f"{{{kid.entry.namespace}}}DateTimeString"
            inner.text = (inner.text or "").strip()
            inner.tail = element.text = None
            return bool(inner.text)
        if len(element):
            return True
        element.text = _tidy(element.text or "", kid)
        return bool(element.text)


def _tidy(text: str, kid: Kid) -> str:
    """Return a value as our format writes it, where it only looks otherwise."""
    plain = text.strip() if kid.entry.format == "text" else " ".join(text.split())
    if kid.fits(plain):
        return plain
    if kid.entry.format.startswith("a") and kid.fits(plain.upper()):
        return plain.upper()
    if kid.entry.is_number:
        try:
            number = Decimal(plain)
        except InvalidOperation:
            return plain
        shown = f"{number:f}"
        shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
        return shown if kid.fits(shown) else plain
    return plain
