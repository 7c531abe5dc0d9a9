"""The tree under a document: how an element is named in a path, its moment, its pointer.

For the codec rooms alone; lxml goes no further.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from exchange_node.wco.notation import DEC, EXT, IG, Kind, iso_moment, may_repeat

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


_OF_GOODS = frozenset({f"{{{DEC}}}GoodsShipment", f"{{{DEC}}}Amendment"})
_OF_INTERGOV = (
    (Kind.RISK_ALERT, "RiskAlert", frozenset({"WRN", "CAN"})),
    (Kind.ACKNOWLEDGEMENT, "Acknowledgement", frozenset({"ACK"})),
    (Kind.ALERT_FEEDBACK, "AlertFeedback", frozenset({"FBK", "SZR"})),
    (Kind.AGREEMENT_ACT, "AgreementAct", frozenset({"S80", "S81", "S82", "S83", "S84", "S85"})),
    (Kind.MESSAGE_ACCOUNT, "MessageAccount", frozenset({"S95"})),
    (Kind.AVAILABILITY, "Availability", frozenset({"S70", "S71"})),
    (Kind.NODE_PULSE, "NodePulse", frozenset({"S74", "S75"})),
    (Kind.OFFICE_STATEMENT, "OfficeStatement", frozenset({"S60"})),
    (Kind.ASSISTANCE_REQUEST, "AssistanceRequest", frozenset({"M10"})),
    (Kind.ASSISTANCE_REPLY, "AssistanceReply", frozenset({"M11", "M12", "M13", "M14"})),
    (Kind.ASSISTANCE_INFORMATION, "AssistanceInformation", frozenset({"M20"})),
    (Kind.ONWARD_USE, "OnwardUse", frozenset({"M30", "M31"})),
    (Kind.RECORD_ORDER, "RecordOrder", frozenset({"M41"})),
    (Kind.RECORD_CERTIFICATE, "RecordCertificate", frozenset({"M42"})),
    (Kind.BREACH_NOTICE, "Breach", frozenset({"M40"})),
)
"""What tells an InterGov of a kind: our element in it, else its TypeCode."""


def kind_of(body: Element) -> Kind:
    """Return what a document is: InterGov is told by what it carries, then by its TypeCode.

    A Declaration is one of goods if it has a GoodsShipment, or amends one; a manifest has neither.
    """
    match etree.QName(body).localname:
        case "Declaration":
            is_of_goods = any(one.tag in _OF_GOODS for one in body)
            return Kind.GOODS_DECLARATION if is_of_goods else Kind.TRANSIT_MANIFEST
        case "Response":
            return Kind.RESPONSE
        case _:
            return _kind_of_intergov(body)


def _kind_of_intergov(body: Element) -> Kind:
    type_code = body.findtext(f"{{{IG}}}TypeCode", "")
    for kind, element, types in _OF_INTERGOV:
        if body.find(f"{{{EXT}}}{element}") is not None or type_code in types:
            return kind
    return Kind.NOTIFICATION


def name_of(element: Element, body: str) -> str:
    """Return an element's step in a path; `body` is the namespace of the message."""
    return step_of(str(element.tag), body)


def step_of(tag: str, body: str) -> str:
    """Return the step in a path of elements that have a tag (`{namespace}local`)."""
    namespace, _, local = tag.rpartition("}")
    if namespace == "{" + EXT:
        return f"ext:{local}"
    return local if namespace == "{" + body else f"other:{local}"


def moment_of(element: Element, *, of_any: bool = False) -> str | None:
    """Return the ISO form of a DateTimeString inside an element, its raw text where unreadable.

    None means that there is no DateTimeString, so the element holds no moment. It stands in the
    namespace of its element; `of_any` takes that of another customisation too.
    """
    if len(element) != 1:
        return None
    inner = element[0]
    namespace, _, local = str(inner.tag).rpartition("}")
    if local != "DateTimeString" or len(inner):
        return None
    if not of_any and namespace != str(element.tag).rpartition("}")[0]:
        return None
    text = inner.text or ""
    return iso_moment(inner.get("formatCode", ""), text) or text


def children_of(parent: Element, body: str, pointer: str) -> Iterator[tuple[Element, str, str]]:
    """Yield each child with its step in a path and its own pointer."""
    names = [name_of(one, body) for one in parent]
    total: dict[str, int] = {}
    for name in names:
        total[name] = total.get(name, 0) + 1
    parent_name = name_of(parent, body)
    shown = {name for name, n in total.items() if n > 1 or may_repeat(parent_name, name)}
    count: dict[str, int] = {}
    for child, name in zip(parent, names, strict=True):
        if name in shown:
            count[name] = count.get(name, 0) + 1
            yield child, name, f"{pointer}/{name}[{count[name]}]"
        else:
            yield child, name, f"{pointer}/{name}"


class Tags(NamedTuple):
    """A class, taken apart: its tags with their attributes, closing ones too; the text behind each.

    The same tags are the same elements: no name is declared below the first of them, which holds
    the names that are declared around it.

    Attributes:
        written: what it was cut from.
    """

    tags: tuple[str, ...]
    texts: list[str]
    written: str


def tags_of(element: Element) -> Tags:
    """Take an element apart, whatever stands in it.

    An empty element, a comment or anything else that a reader refuses shows in the first tag
    that it touches. So it is no class that was remembered, and needs no look for it in each text.
    """
    written = etree.tostring(element, encoding="unicode", with_tail=False)
    # libxml2 writes no bracket but of a tag: those of texts and attributes are `&lt;` and `&gt;`.
    pieces = written.replace(">", "<").split("<")
    texts = pieces[2::2]
    if "&" in written:
        texts = [_plain(one) if "&" in one else one for one in texts]
    return Tags(tuple(pieces[1::2]), texts, written)


def _plain(text: str) -> str:
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&#13;", "\r"), ("&amp;", "&")):
        text = text.replace(written, meant)
    return text


def shown(element: Element) -> str:
    """Return an element's name and namespace for a person."""
    name = etree.QName(element)
    return (
        f"{name.localname} in {name.namespace}"
        if name.namespace
        else f"{name.localname} in no namespace"
    )
