"""The one door for XML from outside: bytes → element tree, or our own error.

No DTD, no entities, no network; depth, size, names, attributes and namespaces are bounded before
anything is believed. A parser that resolves nothing still *accepts* a DOCTYPE and takes attribute
defaults from it, so any document that has one is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from exchange_node.domain.errors import MalformedXmlError, UnsafeXmlError


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlLimits:
    """How much XML is let in (our choices; docs/limits.md lists them).

    Attributes:
        max_bytes: of the document as it arrives.
        max_depth: of nested elements; libxml2 itself stops at 256.
        max_elements: in the document.
        max_attributes: on one element (200,000 on one parse without complaint).
        max_name: length of one element or attribute name, its namespace included.
        max_namespaces: declared on one element and those around it: canonical XML looks every
            prefix up among them, again for each element.
    """

    max_bytes: int = 20_000_000
    max_depth: int = 64
    max_elements: int = 2_000_000
    max_attributes: int = 64
    max_name: int = 512
    max_namespaces: int = 64


DOCUMENT = XmlLimits()
"""For a WCO document or a national declaration."""

_TOO_DEEP = "elements nest deeper than {}"
ENVELOPE = XmlLimits(max_bytes=2_000_000, max_depth=40, max_elements=20_000)
"""For a SOAP envelope (eDelivery AS4: 2 MiB is ample)."""

_ASCII = frozenset({"UTF-8", "ASCII", "US-ASCII", "ISO-8859-1"})
"""Encodings in which what is ASCII is written as in ASCII."""

_TAG = re.compile(rb"<[^>]*>")
_DECLARATION = re.compile(rb'\sxmlns(?::[^\s"]+)?="')


def parse(data: bytes, limits: XmlLimits = DOCUMENT) -> etree._Element:
    """Return the root element of a document from outside; comments and instructions are dropped.

    Raises:
        UnsafeXmlError: a DOCTYPE, an entity, or a bound was exceeded.
        MalformedXmlError: it is not well-formed, or the bytes contradict the declared encoding.
    """
    if len(data) > limits.max_bytes:
        raise UnsafeXmlError(why=f"{len(data)} bytes, at most {limits.max_bytes} are let in")
    if not data.strip():
        raise MalformedXmlError(line=1, column=1, why="the document is empty")
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as err:
        raise _refusal(err, limits) from None
    except ValueError as err:  # lxml's word for bytes that no encoding explains
        raise MalformedXmlError(line=1, column=1, why=str(err)) from None
    if root is None:  # pragma: no cover - lxml raises instead, but its types allow it
        raise MalformedXmlError(line=1, column=1, why="no root element")
    return _let_in(root, data, limits, is_whole=True)


def salvage(data: bytes, limits: XmlLimits = DOCUMENT) -> etree._Element | None:
    """Return what can be read of a document that `parse` found not well-formed; None for nothing.

    For telling what is in it alone: nothing of it is ever carried on.

    Raises:
        UnsafeXmlError: as `parse`.
    """
    try:
        root: etree._Element | None = etree.fromstring(data, _parser(recover=True))
        if root is not None:  # a reference to half a character is taken in, and no text at all
            etree.tostring(root, encoding="UTF-8").decode()
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    if next(root.iter(etree.Entity), None) is not None:  # whoever mends leaves them in the tree
        raise UnsafeXmlError(why="it has an entity")
    return _let_in(root, data, limits, is_whole=False)


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
        recover=recover,
    )


def _let_in(
    root: etree._Element, data: bytes, limits: XmlLimits, *, is_whole: bool
) -> etree._Element:
    """Refuse a tree that is deeper, larger or odder than the limits."""
    info = root.getroottree().docinfo
    if info.doctype:
        raise UnsafeXmlError(why="it has a DOCTYPE")
    # What is written in ASCII can be counted where it is written, without a walk through the tree.
    is_ascii = (info.encoding or "").upper() in _ASCII and b"\0" not in data
    has_short_tags = is_whole and is_ascii and _has_short_tags(data, limits)
    for exceeds, why in _bounds(limits, has_short_tags=has_short_tags):
        if exceeds(root) is True:
            raise UnsafeXmlError(why=why)
    if not has_short_tags:
        longest = max(map(len, {str(one.tag) for one in root.iter()}))
        if longest > limits.max_name:
            raise UnsafeXmlError(why=f"a name longer than {limits.max_name} characters")
    most = limits.max_namespaces
    may_declare_many = not is_ascii or data.count(b"xmlns") > most
    if may_declare_many and _most_declared(root) > most:
        raise UnsafeXmlError(why=f"more than {most} namespaces are declared at one element")
    return root


def _has_short_tags(data: bytes, limits: XmlLimits) -> bool:
    """Whether no tag is long enough for a long name or many attributes, nor there are many of them.

    No tag has a `<` in it, so each ends before the next. What is longer up to there may be so by
    its text: a tag ends with the first `>` before which nothing is quoted. A name is written whole
    in one tag, its namespace in the same or in another. False means no more than that a closer look
    is due.
    """
    # An attribute takes five bytes: a blank, a letter, the sign and two quotes.
    most = min(limits.max_name // 2 - 2, limits.max_attributes * 5)
    if most < 1 or data.count(b"<") > limits.max_elements:
        return False
    for found in _long_run(most).finditer(data):
        tag, end, _ = data[found.start() : found.start() + most].partition(b">")
        if not end or b'"' in tag or b"'" in tag:
            return False
    return True


@lru_cache(maxsize=16)
def _long_run(most: int) -> re.Pattern[bytes]:
    """Return what finds a `<` with more than so many bytes to the next."""
    return re.compile(rb"<[^<]{%d,}" % most)


def _most_declared(root: etree._Element) -> int:
    """Return the most namespaces that are declared on an element and those around it.

    It is counted in the tree as it would be written, which holds `<`, `>` and quotes as markup
    alone: lxml tells of each element all that is known there, which costs the square of the depth.
    """
    most = declared = 0
    around: list[int] = []
    for found in _TAG.finditer(etree.tostring(root, encoding="UTF-8", xml_declaration=False)):
        tag = found[0]
        if tag.startswith(b"</"):
            declared -= around.pop()
            continue
        own = len(_DECLARATION.findall(tag)) if b"xmlns" in tag else 0
        most = max(most, declared + own)
        if not tag.endswith(b"/>"):
            around.append(own)
            declared += own
    return most


def _refusal(err: etree.XMLSyntaxError, limits: XmlLimits) -> MalformedXmlError | UnsafeXmlError:
    line, column = err.position
    why = (err.msg or "unreadable").splitlines()[0][:200]
    lowered = why.lower()
    if "excessive depth" in lowered:  # libxml2 stops here by itself, and advises to let it in
        return UnsafeXmlError(why=f"{_TOO_DEEP.format(limits.max_depth)} (line {line})")
    if any(
        sign in lowered for sign in ("entity", "entities", "excessive", "huge", "dtd", "doctype")
    ):
        return UnsafeXmlError(why=f"{why} (line {line})")
    place = f", line {line}, column {column}"  # libxml2 says again what the sentence says
    return MalformedXmlError(line=line, column=column, why=why.removesuffix(place))


@lru_cache(maxsize=16)
def _bounds(limits: XmlLimits, *, has_short_tags: bool) -> tuple[tuple[etree.XPath, str], ...]:
    """Return what must not be true of a tree, and what is said where it is.

    Where every tag is short, the depth alone is left to ask. XPath walks the tree in C. The
    depth is asked as a path of that many steps, which costs one pass; counting ancestors would cost
    one for each level.
    """
    name = "string-length(name()) + string-length(namespace-uri())"
    depth = ("/*" * (limits.max_depth + 1), _TOO_DEEP.format(limits.max_depth))
    others = (
        (f"count(//*) > {limits.max_elements}", f"more than {limits.max_elements} elements"),
        (
            f"//*[@*[{limits.max_attributes + 1}]]",
            f"more than {limits.max_attributes} attributes on one element",
        ),
        (
            f"//@*[{name} > {limits.max_name}]",
            f"an attribute name longer than {limits.max_name} characters",
        ),
    )
    return tuple(
        (etree.XPath(f"boolean({expression})"), why)
        for expression, why in (depth, *(() if has_short_tags else others))
    )
