"""EDIFACT interchange → the tree of a message: segments in their groups, elements by number."""

from __future__ import annotations

import re
from dataclasses import dataclass

from exchange_node.domain.errors import UnreadableDeclarationError
from exchange_node.domain.finding import Finding
from exchange_node.mapping.findings import CUT_OFF, STRAY_GROUP, WRONG_COUNT
from exchange_node.mapping.profile.recognition import Detection, Kind
from exchange_node.mapping.profile.recognition.layouts import Element, Interchange
from exchange_node.mapping.sources.decoding import decoded
from exchange_node.mapping.sources.edifact.segments import Segment, segments_of
from exchange_node.mapping.sources.planting import Flaws, Planting
from exchange_node.mapping.tree import Node, Source

_SYNTAX = re.compile(rb"\s*(?:UNA.{6}\s*)?UNB.([A-Z]{4})", re.DOTALL)
_ENCODINGS = {
    "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso-8859-1", "UNOD": "iso-8859-2",
    "UNOE": "iso-8859-5", "UNOF": "iso-8859-7", "UNOG": "iso-8859-3", "UNOH": "iso-8859-4",
    "UNOI": "iso-8859-6", "UNOJ": "iso-8859-8", "UNOK": "iso-8859-9", "UNOW": "utf-8",
    "UNOY": "utf-8",
}  # fmt: skip
"""Syntax identifiers of the interchange header (ISO 9735-1, annex A) and their repertoires."""
MAX_GROUPS = 64
"""Groups inside each other that are opened; what is deeper stands in the innermost of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edifact:
    """An interchange that was taken apart."""

    data: bytes
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...] = ()

    def fit(self, detection: Detection) -> tuple[int, ...] | None:
        """Whether a profile is for it, and how well: version and release before the mere type."""
        if detection.kind is not Kind.EDIFACT:
            return None
        heads = [one for one in self.segments if one.tag == "UNH"]
        fits = [
            -sign.count(":") for sign in detection.messages for head in heads if _is_of(head, sign)
        ]
        if not detection.messages:
            return (1,) if heads else None
        return (min(fits),) if fits else None

    def read(self, detection: Detection) -> Source:
        """Return the tree of the first message that the profile is for."""
        return _Reading(self, detection).source()

    def messages(self) -> tuple[str, ...]:
        """Return the types of the messages in it."""
        heads = (one.said(2) for one in self.segments if one.tag == "UNH")
        return tuple(dict.fromkeys(filter(None, heads)))

    @property
    def seen(self) -> str:
        """What it is, for those who know no profile for it."""
        types = (
            ":".join(one.said(2, part) for part in (1, 2, 3))
            for one in self.segments
            if one.tag == "UNH"
        )
        said = ", ".join(dict.fromkeys(types))[:200]
        return f"an EDIFACT interchange of {said}" if said else "EDIFACT without a message"


def _is_of(head: Segment, sign: str) -> bool:
    return all(head.said(2, number) == part for number, part in enumerate(sign.split(":"), start=1))


def read_edifact(data: bytes, encoding: str = "") -> Edifact:
    """Take an interchange apart.

    Raises:
        UnreadableDeclarationError: there is no segment in it.
        ExcessiveDeclarationError: it has more segments than are let in.
    """
    syntax = _SYNTAX.match(data[:200])
    declared = encoding or (_ENCODINGS.get(syntax[1].decode("ascii"), "") if syntax else "")
    text = decoded(data, declared=declared)
    flaws = Flaws()
    segments = tuple(segments_of(text, flaws))
    if not segments:
        why = "there is no segment in it"
        raise UnreadableDeclarationError(notation="EDIFACT", line=1, column=1, why=why)
    return Edifact(data=data, segments=segments, findings=(*text.findings, *flaws.all()))


class _Reading:
    """Reads the first message that a profile is for; the rest of the interchange wraps it."""

    __slots__ = ("_detection", "_elements", "_groups", "_interchange", "_nested", "_open",
                 "_planting", "_triggers")  # fmt: skip

    def __init__(self, interchange: Edifact, detection: Detection) -> None:
        if detection.encoding:
            interchange = read_edifact(interchange.data, detection.encoding)
        self._interchange = interchange
        self._detection = detection
        layout = detection.layout if isinstance(detection.layout, Interchange) else Interchange()
        self._groups = layout.groups
        self._triggers = {one.rpartition("/")[2] for one in layout.groups}
        self._nested = frozenset[str]().union(*layout.groups.values())
        self._elements = layout.elements
        self._planting = Planting(detection)
        self._open: list[tuple[Node, str, frozenset[str]]] = []

    def source(self) -> Source:
        """Return the tree of the message."""
        planting = self._planting
        outer = planting.outside("interchange", 1)
        planting.turn(to_body=False)
        bodies, count, closed = 0, 0, True
        last = self._interchange.segments[-1].line
        node = outer
        for segment in self._interchange.segments:
            if segment.tag == "UNH":
                if not closed:
                    planting.flaws.found(CUT_OFF, value="UNT", line=segment.line)
                closed, count = False, 0
                node = planting.node(outer, "message", segment.line)
                if self._is_ours(segment):
                    bodies += 1
                    planting.turn(to_body=bodies == 1)
                    if bodies == 1:
                        planting.body = node
                    members = self._groups.get("UNH", frozenset())
                    self._open = [(node, "", members)]
                else:
                    planting.turn(to_body=False)
                    self._open = [(node, "", frozenset())]
            count += 1
            if not closed:
                self._put(segment)
            else:
                self._plant(outer, segment)
            if segment.tag == "UNT" and not closed:
                self._counted(segment, count, "segments")
                planting.turn(to_body=False)
                closed = True
        if not closed:
            planting.flaws.found(CUT_OFF, value="UNT", line=last)
        self._ends(last)
        source = planting.source(*self._interchange.findings)
        source.bodies = bodies
        return source

    def _is_ours(self, head: Segment) -> bool:
        signs = self._detection.messages
        return not signs or any(_is_of(head, sign) for sign in signs)

    def _ends(self, last: int) -> None:
        """Look whether the interchange ends as it began."""
        tags = [one.tag for one in self._interchange.segments]
        if "UNB" not in tags:
            return
        end = next((one for one in self._interchange.segments if one.tag == "UNZ"), None)
        if end is None:
            self._planting.flaws.found(CUT_OFF, value="UNZ", line=last)
        else:
            inside = "UNG" if "UNG" in tags else "UNH"
            self._counted(end, tags.count(inside), "messages or groups of messages")

    def _counted(self, end: Segment, count: int, what: str) -> None:
        said = end.said(1)
        if not said.isascii() or not said.isdigit() or int(said[:9]) != count:
            self._planting.flaws.found(
                WRONG_COUNT, value=said, line=end.line, segment=end.tag, count=count, what=what
            )

    def _put(self, segment: Segment) -> None:
        """Put a segment into the innermost open group that takes it in; others are left open.

        One that begins a group and that none takes in stands below the message.
        """
        tag, path = segment.tag, ""
        for depth in range(len(self._open) - 1, -1, -1):
            if tag in self._open[depth][2]:
                del self._open[depth + 1 :]
                break
        else:
            if tag in self._triggers:
                del self._open[1:]
                if tag in self._nested:
                    self._planting.flaws.found(STRAY_GROUP, value=tag, line=segment.line)
        above, path, _ = self._open[-1]
        node = self._plant(above, segment)
        inside = f"{path}/{tag}".lstrip("/")
        members = self._groups.get(inside) or self._groups.get(tag)
        if members is not None and tag != "UNH" and len(self._open) <= MAX_GROUPS:
            self._open.append((node, inside, members))

    def _plant(self, above: Node, segment: Segment) -> Node:
        planting, line = self._planting, segment.line
        node = planting.node(above, segment.tag or "unknown", line)
        if segment.raw:
            planting.says(node, segment.raw)
        names = self._elements.get(segment.tag, ())
        for number, parts in enumerate(segment.elements, start=1):
            if any(map(str.strip, parts)):
                element = names[number - 1] if number <= len(names) else Element(name=str(number))
                _element(planting, node, element, parts, line)
        return node


def _element(
    planting: Planting, above: Node, element: Element, parts: tuple[str, ...], line: int
) -> None:
    """Put a data element in: named components below it, or the first as its own value."""
    node = planting.node(above, element.name, line)
    first = 0
    if not element.parts:
        planting.says(node, parts[0])
        first = 1
    for number, part in enumerate(parts[first:], start=first + 1):
        known = number <= len(element.parts)
        planting.leaf(node, element.parts[number - 1] if known else str(number), part, line)
