"""The bytes of a declaration → what kind of file they are, parsed as far as that needs no profile.

The kind is told by how the text begins, never by a name or a media type. A text that is neither
XML nor JSON nor EDIFACT may be a table or lines of columns: only a profile can tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from exchange_node import safe_xml
from exchange_node.domain.errors import ExcessiveDeclarationError, UnreadableDeclarationError
from exchange_node.mapping.profile.recognition import Detection, Kind
from exchange_node.mapping.profile.recognition.layouts import Delimited, Fixed
from exchange_node.mapping.sources.decoding import (
    Text,
    decoded,
    wide_encoding,
    without_no_text,
)
from exchange_node.mapping.sources.delimited import header_in, read_delimited
from exchange_node.mapping.sources.edifact import read_edifact
from exchange_node.mapping.sources.fixed import read_fixed
from exchange_node.mapping.sources.json import read_json
from exchange_node.mapping.sources.planting import addressable
from exchange_node.mapping.sources.salvage import read_xml
from exchange_node.mapping.tree import Source

MAX_BYTES = safe_xml.DOCUMENT.max_bytes
HEAD_BYTES = 64_000
"""How much of a text is looked at to recognise it."""
_BLANKS = "\ufeff\0 \t\r\n"
_EDIFACT = re.compile(r"UNA[^A-Za-z0-9]{2}|UN[BGH][^A-Za-z0-9]")


class Opened(Protocol):
    """A declaration that was let in; what is in it is for this room alone."""

    def fit(self, detection: Detection) -> tuple[int, ...] | None:
        """Return how well a profile fits, the least best; None where it does not."""

    def read(self, detection: Detection) -> Source:
        """Return the tree of the first declaration, as a profile that fits reads it."""

    def messages(self) -> tuple[str, ...]:
        """Return the names of message types in it."""

    @property
    def seen(self) -> str:
        """What it is, for those who know no profile for it."""


_TABLES = frozenset({Kind.CSV, Kind.FIXED})


def opened(declaration: bytes | Opened, kind: Kind | None = None) -> Opened:
    """Let a declaration in, once for all that is to be done with it.

    Args:
        declaration: the bytes of the file, or what was let in already.
        kind: what it is, where somebody has said so; how a table begins tells nothing.

    Raises:
        UnsafeXmlError, MalformedXmlError: it is XML, and none that is let in.
        UnreadableDeclarationError: it is empty, or nothing of it can be read.
        ExcessiveDeclarationError: it is larger than is let in.
    """
    if not isinstance(declaration, bytes):
        return declaration
    head = _head(declaration)
    is_table = kind in _TABLES
    if head.startswith("<") and not is_table:
        return read_xml(declaration)
    if len(declaration) > MAX_BYTES:
        why = f"{len(declaration)} bytes, at most {MAX_BYTES} are let in"
        raise ExcessiveDeclarationError(notation="file", why=why)
    if not head:
        raise UnreadableDeclarationError(
            notation="declaration", line=1, column=1, why="the file is empty"
        )
    if is_table:
        return Plain(declaration)
    if head.startswith(("{", "[")):
        return read_json(without_no_text(decoded(declaration)))
    if _EDIFACT.match(head):
        return read_edifact(declaration)
    return Plain(declaration)


def _head(data: bytes) -> str:
    """Return how a text begins, whatever its encoding: what tells its kind is ASCII."""
    wide, skip = wide_encoding(data)
    start = data[skip : skip + 4_096].decode(wide or "latin-1", "replace")
    if not start.strip(_BLANKS):
        start = data.decode(wide or "latin-1", "replace")
    return start.lstrip(_BLANKS)[:100]


@dataclass(frozen=True, slots=True)
class Plain:
    """A text that only a profile can tell the kind of: a table, or lines of columns."""

    data: bytes
    _texts: dict[str, Text] = field(default_factory=dict)

    def fit(self, detection: Detection) -> tuple[int, ...] | None:
        """Whether a profile is for it, and how well: the more columns it names the better."""
        if detection.kind not in _TABLES:
            return None
        head = self._head(detection.encoding)
        if detection.starts is not None and not detection.starts.match(head):
            return None
        if not detection.columns:
            return (1,) if detection.starts is not None else (2,)
        if not isinstance(detection.layout, Delimited):
            return None
        header = header_in(head, detection.layout)
        names = {*header, *map(addressable, header)}
        names |= {detection.aliases[one] for one in names & detection.aliases.keys()}
        return (0, -len(detection.columns)) if names >= set(detection.columns) else None

    def read(self, detection: Detection) -> Source:
        """Return the tree of the first declaration in it."""
        text = self._texts.get(detection.encoding)
        if text is None:
            text = without_no_text(decoded(self.data, otherwise=detection.encoding))
            self._texts[detection.encoding] = text
        match detection.layout:
            case Delimited() as layout:
                return read_delimited(text, detection, layout)
            case Fixed() as layout:
                return read_fixed(text, detection, layout)
            case _:  # pragma: no cover - a profile of these kinds has one
                raise AssertionError(detection.kind)

    def _head(self, encoding: str) -> str:
        head = self.data[:HEAD_BYTES]
        if len(self.data) > HEAD_BYTES and not wide_encoding(self.data)[0]:
            head = head[: head.rfind(b"\n") + 1] or head
        return decoded(head, otherwise=encoding).characters

    def messages(self) -> tuple[str, ...]:
        """A table names no message type."""
        return ()

    @property
    def seen(self) -> str:
        """What it is, for those who know no profile for it."""
        first = self._head("").strip(_BLANKS).partition("\n")[0].strip()
        return f"a text that begins with {first[:120]!r}"
