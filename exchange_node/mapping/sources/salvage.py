"""XML that is not well-formed, or not in the encoding it names → what can be read of it.

A declaration that was cut off or written in the wrong encoding is never sent; but whoever has to
mend it is told more than the first fault: the place of it, and everything that the rest says.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from exchange_node import safe_xml
from exchange_node.domain.errors import MalformedXmlError
from exchange_node.domain.finding import Finding
from exchange_node.mapping.findings import BROKEN
from exchange_node.mapping.profile.recognition.checking import ENCODINGS
from exchange_node.mapping.sources.decoding import decoded, without_no_text
from exchange_node.mapping.sources.xml import Xml

if TYPE_CHECKING:
    from lxml import etree

_DECLARED = re.compile(rb"""\A[^<]{0,8}<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)""")
_PROLOGUE = re.compile(r"\A\s*<\?xml[^>]*\?>")
_LINES = re.compile(r"[^\n]")
_CODECS = frozenset(codecs.lookup(one).name for one in ENCODINGS)
_ASCII_COMPATIBLE = frozenset({"utf-8", "ascii"})


def read_xml(data: bytes) -> Xml:
    """Parse a document, or what can be read of it.

    Raises:
        UnsafeXmlError: it is not let in.
        MalformedXmlError: it is not well-formed, and has no value that can be read.
    """
    said = _declared(data)
    try:
        root = safe_xml.parse(data)
    except MalformedXmlError as err:
        return _salvaged(data, said, err)
    if said and said not in _ASCII_COMPATIBLE:
        text = decoded(data, declared=said)
        if text.findings:  # a one-byte encoding explains any bytes, also those of UTF-8
            return Xml(safe_xml.parse(_plain(text.characters)), text.findings)
    return Xml(root)


def _declared(data: bytes) -> str:
    """Return the encoding that a document names, if it is one we read."""
    found = _DECLARED.match(data[:300])
    try:
        name = codecs.lookup(found[1].decode("ascii")).name if found else ""
    except LookupError:
        return ""
    return name if name in _CODECS else ""


def _plain(characters: str) -> bytes:
    """Return a document in UTF-8 that names no encoding; every line stays where it was."""
    prologue = _PROLOGUE.match(characters)
    if prologue is None:
        return characters.encode("utf-8", "replace")
    blank = _LINES.sub(" ", prologue[0])
    rest = characters[prologue.end() :]
    body = rest if rest.strip() else ""
    return f"{blank}{body}".lstrip(" ").encode("utf-8", "replace")


def _salvaged(data: bytes, said: str, err: MalformedXmlError) -> Xml:
    text = without_no_text(decoded(data, declared=said))
    plain = _plain(text.characters)
    broken: tuple[Finding, ...] = ()
    try:
        root = safe_xml.parse(plain)
    except MalformedXmlError as still:
        found = safe_xml.salvage(plain)
        if found is None or not _has_value(found):
            raise err from None
        root, broken = found, (BROKEN.found(**still.facts),)
    if not text.findings and not broken:
        broken = (BROKEN.found(**err.facts),)
    return Xml(root, (*text.findings, *broken))


def _has_value(root: etree._Element) -> bool:
    return any(one.attrib or (one.text or "").strip() for one in root.iter())
