"""SOAP envelope: Messaging, Security, Body → bytes, and bytes → exactly these three.

SOAP 1.2 as eDelivery AS4 1.15 uses it: one eb:Messaging, one wsse:Security, an empty Body. What
the reader returns are the very elements that the signature must cover; a second Messaging, Body
or Security anywhere in the document is refused: nothing can be moved about (signature wrapping).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import (
    InputError,
    InvalidHeaderError,
    SecurityPolicyError,
    ValueInconsistentError,
)
from exchange_node.domain.transmission.content import size_of, whole
from exchange_node.ebms.packaging.mime import SOAP_TYPE, Part, read_media_type
from exchange_node.ebms.pmodes.names import EB
from exchange_node.security.algorithms import DS, WSU, XENC, XENC11
from exchange_node.security.signature import elements_by_id

ENV = "http://www.w3.org/2003/05/soap-envelope"
SOAP_1_1 = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU_ID = f"{{{WSU}}}Id"
ENVELOPE_TYPE = f"{SOAP_TYPE}; charset=UTF-8"

_NAMES = {"env": ENV, "eb": EB, "wsse": WSSE, "wsu": WSU, "ds": DS, "xenc": XENC, "xenc11": XENC11}
_ULTIMATE_RECEIVER = f"{ENV}/role/ultimateReceiver"
BLANKS = " \t\r\n"
"""White space as XML 1.0 means it (section 2.3)."""

_TRUE = frozenset({"true", "1"})
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A SOAP envelope taken apart; the elements stand in one tree.

    Attributes:
        security: None where nothing is signed; only an error signal may come so.
        ids: every element of the document that has an id, by its id.
    """

    root: etree._Element
    messaging: etree._Element
    security: etree._Element | None
    body: etree._Element
    ids: Mapping[str, etree._Element]


def new_envelope(token: str, *, is_secured: bool = True) -> Envelope:
    """Return an envelope with empty Messaging, Security and Body; `token` makes the ids unique."""
    root = etree.Element(f"{{{ENV}}}Envelope", nsmap=_NAMES)
    header = etree.SubElement(root, f"{{{ENV}}}Header")
    messaging = etree.SubElement(header, eb("Messaging"))
    messaging.set(f"{{{ENV}}}mustUnderstand", "true")
    messaging.set(WSU_ID, f"messaging-{token}")
    security = None
    if is_secured:
        security = etree.SubElement(header, f"{{{WSSE}}}Security")
        security.set(f"{{{ENV}}}mustUnderstand", "true")
    body = etree.SubElement(root, f"{{{ENV}}}Body")
    body.set(WSU_ID, f"body-{token}")
    ids = {f"messaging-{token}": messaging, f"body-{token}": body}
    return Envelope(root=root, messaging=messaging, security=security, body=body, ids=ids)


def to_bytes(envelope: Envelope) -> bytes:
    """Return the envelope as UTF-8."""
    return etree.tostring(envelope.root, encoding="UTF-8", xml_declaration=True)


def add(
    parent: etree._Element,
    name: str,
    text: str | None = None,
    attributes: Mapping[str, str] | None = None,
) -> etree._Element:
    """Append an element of the eb namespace; attributes with an empty value are left out.

    Raises:
        ValueInconsistentError: a value has a character that XML cannot carry.
    """
    element = etree.SubElement(parent, eb(name))
    for attribute, value in (attributes or {}).items():
        if value:
            element.set(attribute, _writable(attribute, value))
    if text is not None:
        element.text = _writable(name, text)
    return element


def _writable(field: str, value: str) -> str:
    if _UNWRITABLE.search(value):
        raise ValueInconsistentError(field=field, value=value, why="which XML cannot carry")
    return value


def printable(text: str) -> str:
    """Return the text with what XML cannot carry replaced."""
    return _UNWRITABLE.sub("\ufffd", text)


def read_envelope(part: Part) -> Envelope:
    """Return the parts of a SOAP envelope from outside.

    Raises:
        InvalidHeaderError: no SOAP 1.2, not well-formed, or a part is missing, moved or doubled.
        SecurityPolicyError: a second Security header, or one for another role.
        AuthenticationError: two elements have the same id.
    """
    media = read_media_type(part.content_type)
    if media.name != SOAP_TYPE:
        raise InvalidHeaderError(why=f"the message is {media.name[:80]}, want {SOAP_TYPE}")
    if media.parameters.get("charset", "utf-8").lower() != "utf-8":
        raise InvalidHeaderError(why="the envelope must be UTF-8")
    size = size_of(part.content)
    if size > safe_xml.ENVELOPE.max_bytes:
        raise InvalidHeaderError(
            why=f"the envelope has {size} bytes, at most {safe_xml.ENVELOPE.max_bytes} are let in"
        )
    try:
        root = safe_xml.parse(whole(part.content), safe_xml.ENVELOPE)
    except InputError as err:
        raise InvalidHeaderError(why=str(err)) from None
    if root.tag == f"{{{SOAP_1_1}}}Envelope":
        raise InvalidHeaderError(why="this is SOAP 1.1, want SOAP 1.2")
    if root.tag != f"{{{ENV}}}Envelope":
        raise InvalidHeaderError(why="the root is no SOAP 1.2 Envelope")
    children = Children(root)
    header = children.one(f"{{{ENV}}}Header")
    body = children.one(f"{{{ENV}}}Body")
    children.end()
    for tag in (f"{{{ENV}}}Header", f"{{{ENV}}}Body", eb("Messaging")):
        if sum(1 for _ in root.iter(tag)) > 1:
            raise InvalidHeaderError(why=f"more than one {etree.QName(tag).localname}")
    if sum(1 for _ in root.iter(f"{{{WSSE}}}Security")) > 1:
        raise SecurityPolicyError(why="more than one Security header")
    messaging, security = _blocks(header)
    return Envelope(
        root=root, messaging=messaging, security=security, body=body, ids=elements_by_id(root)
    )


def _blocks(header: etree._Element) -> tuple[etree._Element, etree._Element | None]:
    """Return Messaging and Security among the header blocks, in whatever order they stand."""
    messaging = security = None
    for block in header:
        if block.tag == eb("Messaging"):
            messaging = block
        elif block.tag == f"{{{WSSE}}}Security":
            security = block
        elif block.get(f"{{{ENV}}}mustUnderstand") in _TRUE:
            raise InvalidHeaderError(why=f"header block {str(block.tag)[:120]} is not understood")
    if messaging is None:
        raise InvalidHeaderError(why="the header has no Messaging")
    if messaging.get(f"{{{ENV}}}mustUnderstand") not in _TRUE:
        raise InvalidHeaderError(why="Messaging must be understood (env:mustUnderstand)")
    if messaging.get(f"{{{ENV}}}role", _ULTIMATE_RECEIVER) != _ULTIMATE_RECEIVER:
        raise InvalidHeaderError(why="Messaging is for another role")
    if (
        security is not None
        and security.get(f"{{{ENV}}}role", _ULTIMATE_RECEIVER) != _ULTIMATE_RECEIVER
    ):
        raise SecurityPolicyError(why="the Security header is for another role")
    return messaging, security


class Children:
    """Walks an element's children in the order that the schema fixes.

    Every method raises `InvalidHeaderError` where the document is built otherwise.
    """

    def __init__(self, element: etree._Element) -> None:
        self._name = etree.QName(element).localname
        self._left = list(element)
        texts = (element.text, *(child.tail for child in element))
        if any(text and text.strip(BLANKS) for text in texts):
            raise InvalidHeaderError(why=f"{self._name} has text between its elements")

    def maybe(self, tag: str) -> etree._Element | None:
        """Return the next child when it is of that tag."""
        return self._left.pop(0) if self._left and self._left[0].tag == tag else None

    def one(self, tag: str) -> etree._Element:
        """Return the next child, which must be of that tag."""
        child = self.maybe(tag)
        if child is None:
            raise InvalidHeaderError(
                why=f"{self._name} lacks {etree.QName(tag).localname}, or has it out of order"
            )
        return child

    def many(self, tag: str) -> list[etree._Element]:
        """Return the next children of that tag, as many as there are."""
        found = []
        while (child := self.maybe(tag)) is not None:
            found.append(child)
        return found

    def end(self, *, foreign: bool = False) -> None:
        """Return when nothing is left; `foreign`: elements of other namespaces may follow."""
        if foreign:
            self._left = [one for one in self._left if str(one.tag).startswith(f"{{{EB}}}")]
        if self._left:
            name = etree.QName(self._left[0]).localname[:80]
            raise InvalidHeaderError(why=f"{self._name} has {name}, or has it out of order")


def text_of(element: etree._Element, *, required: bool = True) -> str:
    """Return the text of an element without children, blanks at its ends dropped.

    Raises:
        InvalidHeaderError: it has children, or is empty though required.
    """
    name = etree.QName(element).localname
    if len(element):
        raise InvalidHeaderError(why=f"{name} has elements in it")
    text = (element.text or "").strip(BLANKS)
    if required and not text:
        raise InvalidHeaderError(why=f"{name} is empty")
    return text


def check_attributes(
    element: etree._Element, known: Collection[str], required: Collection[str] = ()
) -> None:
    """Return when the element has no other attributes without namespace than those known.

    Raises:
        InvalidHeaderError: it has, or a required one is missing or empty.
    """
    name = etree.QName(element).localname
    for name_of_attribute in element.attrib:
        attribute = str(name_of_attribute)
        if not attribute.startswith("{") and attribute not in known:
            raise InvalidHeaderError(why=f"{name} has the unknown attribute {attribute[:80]!r}")
    for attribute in required:
        if not element.get(attribute, "").strip():
            raise InvalidHeaderError(why=f"{name} lacks the attribute {attribute}")


def eb(name: str) -> str:
    """Return a name of the eb namespace as lxml writes it."""
    return f"{{{EB}}}{name}"
