"""EDIFACT interchange → its segments, each with its line and its data elements.

The interchange is cut into segments here (ISO 9735-1: service string advice, release character),
and pydifact takes each apart. So a segment that cannot be taken apart costs nothing but itself.
One in which nothing is released needs no look at each of its characters: it is cut at its
separators, to what pydifact says of it (a law in the tests holds the two together).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from exchange_node.domain.errors import ExcessiveDeclarationError, UnreadableDeclarationError
from exchange_node.mapping.findings import BROKEN, NO_TEXT
from exchange_node.mapping.sources.decoding import Text, cleared, is_text
from exchange_node.mapping.sources.planting import Flaws

if TYPE_CHECKING:
    from pydifact.control.characters import Characters

MAX_SEGMENTS = 250_000
_ADVICE = "UNA"
_USUAL = ":+.? '"
_TAG = re.compile(r"[A-Z][A-Z0-9]{2}")
_UNUSED = "\uffff"
"""Stands for a release character that is not used; no text holds it."""


class Segment(NamedTuple):
    """A segment: its data elements, each with its components."""

    tag: str
    line: int
    elements: tuple[tuple[str, ...], ...]
    raw: str = ""

    def said(self, element: int, component: int = 1) -> str:
        """Return a component by the numbers of the directory, from 1; empty if there is none."""
        parts = self.elements[element - 1 : element]
        return parts[0][component - 1].strip() if parts and len(parts[0]) >= component else ""


def _advice(characters: str) -> tuple[str, int]:
    """Return the six service characters, and where the first segment may begin."""
    start = len(characters) - len(characters.lstrip())
    if not characters.startswith(_ADVICE, start):
        return _USUAL, start
    service = characters[start + 3 : start + 9]
    used = [sign for place, sign in enumerate(service) if place not in {2, 4}]
    named = [sign for place, sign in enumerate(used) if place != 2 or sign != " "]
    if (
        len(service) < len(_USUAL)
        or len(set(named)) < len(named)
        or any(sign.isalnum() or sign == " " for sign in named)
    ):
        why = "the service string advice names no usable separators"
        raise UnreadableDeclarationError(notation="EDIFACT", line=1, column=4, why=why)
    return service, start + 9


def segments_of(text: Text, flaws: Flaws) -> Iterator[Segment]:
    """Yield the segments with their lines; what is none is a finding and goes along as it is."""
    from pydifact.control.characters import Characters  # noqa: PLC0415 - only where there is EDIFACT

    characters = text.characters
    service, at = _advice(characters)
    release = _UNUSED if service[3] == " " else service[3]
    signs = Characters.from_str(service[:3] + release + service[4:])
    end, escape = re.escape(service[5]), re.escape(release)
    whole = re.compile(f"(?:[^{end}{escape}]|{escape}.)*+{end}", re.DOTALL)
    line = 1 + characters.count("\n", 0, at)
    count = 0
    while at < len(characters):
        found = whole.match(characters, at)
        stop = found.end() if found is not None else len(characters)
        chunk = characters[at:stop]
        body = chunk.lstrip()
        begins = line + chunk.count("\n", 0, len(chunk) - len(body))
        line += chunk.count("\n")
        at = stop
        if not body:
            continue
        count += 1
        if count > MAX_SEGMENTS:
            why = f"more than {MAX_SEGMENTS} segments"
            raise ExcessiveDeclarationError(notation="EDIFACT", why=why)
        if found is None:
            why = "the last segment is not closed"
            flaws.found(BROKEN, line=begins, column=1, why=why)
            body = body.rstrip() + service[5]
        yield _segment(body.replace("\r", "").replace("\n", ""), begins, signs, flaws)


def _segment(body: str, line: int, signs: Characters, flaws: Flaws) -> Segment:
    is_clean = is_text(body)
    if not is_clean:
        flaws.found(NO_TEXT, value="a control character", line=line, column=1, count=1)
    parts = elements_of(body, signs)
    if not is_clean:
        parts = [tuple(map(cleared, one)) for one in parts]
    tag = parts[0][0] if parts and parts[0] else ""
    if not _TAG.fullmatch(tag):
        shown = cleared(body)
        flaws.found(BROKEN, line=line, column=1, why=f"{shown[:20]!r} is no segment")
        return Segment("", line, (), shown)
    return Segment(tag, line, tuple(parts[1:]))


def elements_of(body: str, signs: Characters) -> list[tuple[str, ...]]:
    """Return the data elements of a segment with its end, the tag first; none where it is broken.

    Components that say nothing at the end of an element are no components.
    """
    end = signs.segment_terminator
    inside = body[:-1]
    if not inside or body[-1] != end or end in inside or signs.escape_character in inside:
        return _elements_by_character(body, signs)
    between = signs.component_separator
    return [
        tuple(one.rstrip(between).split(between)) if between in one else (one,)
        for one in inside.split(signs.data_separator)
    ]


def _elements_by_character(body: str, signs: Characters) -> list[tuple[str, ...]]:
    """Return the same, whatever is released in it: as pydifact has it."""
    from pydifact.exceptions import EDISyntaxError  # noqa: PLC0415 - as above
    from pydifact.parser import Parser  # noqa: PLC0415 - as above
    from pydifact.tokenizer import Tokenizer  # noqa: PLC0415 - as above

    try:
        tokens = Tokenizer().get_tokens(body, signs)
        raw = next(Parser().convert_tokens_to_raw_segments(tokens), [])
    except EDISyntaxError:
        return []
    return [(one,) if isinstance(one, str) else tuple(one) for one in raw]
