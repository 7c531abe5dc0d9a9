"""A document while it is filled: frames for classes, values in them → text → Document.

A frame keeps what stands in it by the registry's rank, so the order of the document is that of the
registry whatever the order of filling. Frames that stay empty leave nothing behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from lxml import etree

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.wco.building import NOT_WRITABLE, Metadata, envelope
from exchange_node.wco.document import Document
from exchange_node.wco.notation import ROOTS, wco_moment

if TYPE_CHECKING:
    from exchange_node.domain.finding import Finding
    from exchange_node.wco.compiled.classes import Kid, Table

# Characters that XML writes otherwise, and those it has no room for (XML 1.0, section 2.2).
_SPECIAL = re.compile('[&<>"]|[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WRITTEN = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;",
     "\t": "&#9;"}
)  # fmt: skip


class Value(Protocol):
    """What stands in an element; a date or moment is ISO 8601."""

    @property
    def value(self) -> str:
        """The text; never empty."""

    @property
    def attributes(self) -> Mapping[str, str]:
        """The attributes by name."""


class Filling(Protocol):
    """What stands in many classes alike (`rows`)."""

    def text_of(self, row: Any) -> str | None:  # noqa: ANN401 - a row, which is a frame
        """Return what stands in one of them, as it is written; None where it is to be asked."""


class Frame:
    """One class of a document to be.

    Attributes:
        filling: what fills it, where it is one of many alike; a class of its own has none.
        kid: what it is in the class above; None for the root.
        place: its position among its kind.
        items: by rank: a value; a list of values where the element repeats; a list of frames.
        counts: by rank: how many rows of a class were begun.
    """

    __slots__ = ("counts", "items", "kid", "parent", "place", "table")

    filling: Filling | None = None

    def __init__(self, table: Table, kid: Kid | None, parent: Frame | None, place: int) -> None:
        self.table = table
        self.kid = kid
        self.parent = parent
        self.place = place
        self.items: dict[int, Any] = {}
        self.counts: dict[int, int] = {}

    @property
    def pointer(self) -> str:
        """Where it stands in the document, with positions."""
        if self.kid is None or self.parent is None:
            return self.table.entry.path
        base = f"{self.parent.pointer}/{self.kid.name}"
        return base if self.kid.is_single else f"{base}[{self.place}]"

    def at(self, kid: Kid, place: int) -> Frame:
        """Return the frame at a position of one of its classes; made where it is the next."""
        rows = self.items.get(kid.rank)
        if rows is None:
            rows = self.items[kid.rank] = []
        if place > len(rows) and kid.kind is not None:
            rows.append(Frame(kid.kind, kid, self, place))
        row: Frame = rows[place - 1]
        return row

    def begun(self, rank: int) -> tuple[dict[int, int], list[Frame]]:
        """Return how many rows of its classes were begun, and the rows of one of them."""
        rows = self.items.get(rank)
        if rows is None:
            rows = self.items[rank] = []
        return self.counts, rows

    def down(self, way: tuple[Kid, ...]) -> Frame:
        """Return the first frame along classes below, made where there is none."""
        frame = self
        for kid in way:
            frame = frame.at(kid, 1)
        return frame

    def seen(self, way: tuple[Kid, ...]) -> Frame | None:
        """Return the first frame along classes below, if there is one."""
        frame: Frame = self
        for kid in way:
            rows = frame.items.get(kid.rank)
            if not rows:
                return None
            frame = rows[0]
        return frame

    def put(self, kid: Kid, value: Value) -> None:
        """Put a value in; where the element repeats it comes last."""
        if kid.is_single:
            self.items[kid.rank] = value
        else:
            self.items.setdefault(kid.rank, []).append(value)

    def take(self, kid: Kid, value: Value) -> None:
        """Take a value out again."""
        if kid.is_single:
            del self.items[kid.rank]
            return
        values = self.items[kid.rank]
        values.pop(next(at for at in range(len(values) - 1, -1, -1) if values[at] is value))

    def is_filled(self) -> bool:
        """Whether a value stands in it or below."""
        for rank, item in self.items.items():
            if self.table.in_order[rank].kind is not None:
                if any(row.is_filled() for row in item):
                    return True
            elif item:
                return True
        return False


def write(top: Frame, metadata: Metadata) -> Document:
    """Write what the frames hold, in the order of the registry. Measures without a unit get KGM.

    Raises:
        InvalidDocumentError: a value cannot be written in XML; all of them are named.
    """
    name = top.table.entry.path
    head, _, end = etree.tostring(envelope(metadata), encoding="unicode").rpartition("</")
    writing = Writing([head, f'<{name} xmlns="{ROOTS[name]}">'])
    writing.class_(top)
    writing.parts += (f"</{name}>", "</", end)
    if writing.unwritable:
        raise InvalidDocumentError(tuple(writing.unwritable))
    # Our own text: names of the registry, and values that were made harmless one by one.
    return Document(etree.fromstring("".join(writing.parts).encode()), is_plain=True)  # noqa: TID251


class Writing:
    """The pieces of a document's text, and the values that XML has no room for."""

    __slots__ = ("moments", "parts", "unwritable")

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        self.moments: dict[str, tuple[str, str]] = {}
        self.unwritable: list[Finding] = []

    def class_(self, frame: Frame) -> bool:
        """Write what stands in a class; whether anything does."""
        parts, kids, items = self.parts, frame.table.in_order, frame.items
        before = len(parts)
        for rank in sorted(items) if len(items) > 1 else items:
            kid, item = kids[rank], items[rank]
            if kid.kind is not None:
                for row in item:
                    mark = len(parts)
                    parts.append(kid.opening)
                    filling = row.filling
                    if filling is not None and (text := filling.text_of(row)) is not None:
                        parts += (text, kid.closing)
                        continue
                    if self.class_(row):
                        parts.append(kid.closing)
                    else:
                        del parts[mark:]
            elif not kid.is_single:
                for one in item:
                    self._value(kid, one, frame)
            elif kid.is_bare and not item.attributes and not _SPECIAL.search(text := item.value):
                parts += (kid.opening, text, kid.closing)
            else:
                self._value(kid, item, frame)
        return len(parts) > before

    def _value(self, kid: Kid, value: Value, frame: Frame) -> None:
        opening = self.opening(kid, value.attributes, frame)
        self.parts += (opening, self.inner(kid, value.value, frame), kid.closing)

    def column(self, kid: Kid, values: Sequence[str], frame: Frame) -> Sequence[str]:
        """Return what stands between the tags of an element, in each of many classes."""
        if not kid.is_moment and not _SPECIAL.search("".join(values)):
            return values
        return [self.inner(kid, one, frame) for one in values]

    def inner(self, kid: Kid, value: str, frame: Frame) -> str:
        """Return what stands between the tags of an element."""
        text = self._harmless(value, kid, frame) if _SPECIAL.search(value) else value
        if not kid.is_moment:
            return text
        known = self.moments.get(text)
        if known is None:
            known = self.moments[text] = wco_moment(value) or ("304", text)
        prefix = kid.head.partition(":")[0][1:] + ":" if ":" in kid.head else ""
        return (
            f'<{prefix}DateTimeString formatCode="{known[0]}">{known[1]}</{prefix}DateTimeString>'
        )

    def opening(self, kid: Kid, attributes: Mapping[str, str], frame: Frame) -> str:
        """Return the opening tag of an element."""
        if not attributes and not kid.has_unit:
            return kid.opening
        if kid.has_unit and "unitCode" not in attributes:
            attributes = {**attributes, "unitCode": "KGM"}
        said = "".join(
            f' {name}="{self._harmless(text, kid, frame)}"'
            for name, text in sorted(attributes.items())
        )
        return f"{kid.head}{said}>"

    def _harmless(self, text: str, kid: Kid, frame: Frame) -> str:
        """Return a text as XML writes it; note a character that XML has no room for."""
        bad = _NO_XML.search(text)
        if bad is not None:
            self.unwritable.append(
                NOT_WRITABLE.found(
                    pointer=f"{frame.pointer}/{kid.name}", character=f"U+{ord(bad[0]):04X}"
                )
            )
        return text.translate(_WRITTEN)
