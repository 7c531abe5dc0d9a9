"""The bytes of a text → characters: by its mark, by what it says, by UTF-8, by the profile's word.

What was written in one encoding is read in it, whatever the file or the profile says, and what is
odd about it is a finding with its place: bytes that are none of the encoding, lines of another
encoding, characters that no document may hold. Each of these keeps its place in the text, so
columns of characters stay where they are.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from exchange_node.domain.finding import Finding
from exchange_node.mapping.findings import MIXED_ENCODINGS, NO_TEXT, OTHER_ENCODING, UNDECODABLE

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = re.compile(rb"(?P<be32>\0\0\0[^\0])|(?P<le32>[^\0]\0\0\0)|(?P<be16>(?:\0[^\0]){2})"
                   rb"|(?P<le16>(?:[^\0]\0){2})")  # fmt: skip
_WIDTHS = {"be32": "utf-32-be", "le32": "utf-32-le", "be16": "utf-16-be", "le16": "utf-16-le"}
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SEVERAL_BYTES = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_END_OF_FILE = "\x1a"
LEAST_CHARACTERS = 3
"""Characters beyond ASCII that tell UTF-8 from an encoding that a file names (our choice)."""
STAND_IN = "\ufffd"
"""Stands where a character cannot be told or may not be (Unicode: replacement character)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded text, and what was found in it."""

    characters: str
    findings: tuple[Finding, ...] = ()


def wide_encoding(data: bytes) -> tuple[str, int]:
    """Return the encoding of several bytes a character, told by its mark or by its zeros.

    Also how many bytes the mark has; an empty name where there is neither. A declaration begins
    with characters of ASCII in every notation, so the zeros tell (as RFC 4627, section 3, did).
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, len(mark)
    zeros = _WIDE.match(data[:4])
    return (_WIDTHS[zeros.lastgroup or ""] if zeros else ""), 0


def decoded(data: bytes, *, declared: str = "", otherwise: str = "") -> Text:
    """Decode a text that is in one encoding, or was meant to be.

    `declared` is what the text says itself, `otherwise` what its profile says. UTF-8 is believed
    before both where bytes beyond ASCII bear it out: they hardly do so by chance.
    """
    wide, skip = wide_encoding(data)
    if wide:
        return _as(data[skip:], wide)
    said = declared or otherwise
    try:
        characters = data.decode("utf-8")
    except UnicodeDecodeError:
        return _of_lines(data, said)
    if said and not data.isascii() and codecs.lookup(said).name != "utf-8":
        if not _bears_out(data):
            return _as(data, said)
        first = _BEYOND_ASCII.search(characters)
        line, _ = place_of(characters, first.start() if first else 0)
        found = OTHER_ENCODING.found(value=said.upper(), encoding="UTF-8", line=line)
        return Text(characters, (found,))
    return Text(characters)


def without_no_text(text: Text) -> Text:
    """Put a sign in the place of characters that no document may hold (XML 1.0, 2.2)."""
    characters = text.characters.removesuffix(_END_OF_FILE)
    first = _NO_TEXT.search(characters)
    if first is None:
        return Text(characters, text.findings)
    line, column = place_of(characters, first.start())
    cleared, count = _NO_TEXT.subn(STAND_IN, characters)
    found = NO_TEXT.found(value=f"U+{ord(first[0]):04X}", line=line, column=column, count=count)
    return Text(cleared, (*text.findings, found))


def is_text(characters: str) -> bool:
    """Whether a document may hold all of the characters."""
    return _NO_TEXT.search(characters) is None


def cleared(characters: str) -> str:
    """Return characters with a sign where there was one that no document may hold."""
    return _NO_TEXT.sub(STAND_IN, characters)


def place_of(characters: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of a place in a text."""
    line = characters.count("\n", 0, index) + 1
    return line, index - characters.rfind("\n", 0, index)


def _as(data: bytes, encoding: str) -> Text:
    """Decode in one encoding; a place that is none of it is a finding."""
    try:
        return Text(data.decode(encoding))
    except UnicodeDecodeError as err:
        before = data[: err.start].decode(encoding, "replace")
        line, column = place_of(before, len(before))
        found = UNDECODABLE.found(
            value=data[err.start : err.start + 1].hex().upper(), encoding=encoding.upper(),
            line=line, column=column,
        )  # fmt: skip
        return Text(data.decode(encoding, "replace"), (found,))


def _of_lines(data: bytes, said: str) -> Text:
    """Decode a text that is not UTF-8 as a whole: each line in UTF-8 or in what was said."""
    lines = data.split(b"\n")
    other = said or "utf-8"
    kinds = list(map(_kind, lines))
    if "utf-8" not in kinds or codecs.lookup(other).name == "utf-8":
        return _as(data, other)
    found = MIXED_ENCODINGS.found(
        value=other.upper(), encoding="UTF-8", line=kinds.index("other") + 1
    )
    characters = "\n".join(
        line.decode(other if kind == "other" else "utf-8", "replace")
        for line, kind in zip(lines, kinds, strict=True)
    )
    return Text(characters, (found,))


def _kind(line: bytes) -> str:
    """Tell a line in ASCII, in UTF-8, and any other."""
    if line.isascii():
        return "ascii"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return "other"
    return "utf-8" if _bears_out(line) else "other"


def _bears_out(data: bytes) -> bool:
    """Whether enough characters of several bytes stand in it that they are no chance."""
    return len(_SEVERAL_BYTES.findall(data)) >= LEAST_CHARACTERS


def has_open_end(characters: str) -> bool:
    """Whether the last line has no end though others have."""
    end = max(characters.rfind("\n"), characters.rfind("\r"))
    return end >= 0 and bool(characters[end + 1 :].strip())


def lines_of(characters: str) -> Iterator[str]:
    """Yield the lines of a text without what ends them: LF, CR LF or CR, and no other sign."""
    return (line.rstrip("\r") for line in re.split("\n|\r(?!\n)", characters))
