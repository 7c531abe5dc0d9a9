"""MIME package ⇄ parts: a Content-Type and bytes in, bounded parts out, and the way back.

Only what AS4 needs of MIME (RFC 2045, 2046, 2387): one multipart/related with flat parts, or a
bare SOAP envelope. Line ends are CRLF everywhere outside part contents; a line that begins like the
boundary and is none is refused rather than guessed at (RFC 2046, section 5.1.1). What is large is
scanned where it lies and cut without being copied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from exchange_node.domain.errors import MimeInconsistencyError, ValueInconsistentError
from exchange_node.domain.transmission.content import (
    Content,
    InMemory,
    Joined,
    NewSpool,
    find_in,
    handy,
    part_of,
    size_of,
    whole,
)
from exchange_node.ebms.packaging.transfer import decoded, file_name

MULTIPART = "multipart/related"
SOAP_TYPE = "application/soap+xml"
OCTETS = "application/octet-stream"

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 2045's word
_MEDIA = re.compile(rf"[ \t]*({_TOKEN}/{_TOKEN})[ \t]*")
_PARAMETER = re.compile(
    rf';[ \t]*({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\\r\n]|\\[^\r\n])*)"|([^ \t;"\r\n]+))[ \t]*'
)
_FIELD = re.compile(rf"({_TOKEN}):[ \t]*([^\r\n\0]*?)[ \t]*")
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")  # RFC 2046
_CONTENT_ID = re.compile(r"[^\s<>\"\x00-\x20\x7f-\uffff]{1,255}")
_PADDING = re.compile(rb"[ \t]*\r\n")
_SINGLE = frozenset({"content-type", "content-id", "content-transfer-encoding"})
_MAX_MARGIN = 1_000
"""Preamble and epilogue are ignored, as RFC 2046 says, but not without end (our choice)."""
_MAX_MEDIA_TYPE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MimeLimits:
    """How much of a package is let in (our choices; docs/limits.md lists them).

    Attributes:
        max_bytes: of the package as it arrives.
        max_parts: the root included.
        max_header_bytes: of one part's header.
    """

    max_bytes: int = 600_000_000
    max_parts: int = 33
    max_header_bytes: int = 16_384


LIMITS = MimeLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: decoded content, Content-Type as written, Content-ID without angle brackets.

    `name` is that of a file, where Content-Disposition gives one; we write none.
    """

    content: Content
    content_type: str = OCTETS
    content_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaType:
    """A Content-Type taken apart; name and parameter names are lower case."""

    name: str
    parameters: Mapping[str, str]


def read_media_type(text: str) -> MediaType:
    """Take a Content-Type apart.

    Raises:
        MimeInconsistencyError: it is malformed, or a parameter stands twice.
    """
    found = _MEDIA.match(text) if len(text) <= _MAX_MEDIA_TYPE else None
    if found is None:
        raise MimeInconsistencyError(why="the Content-Type is missing or malformed")
    parameters: dict[str, str] = {}
    at = found.end()
    while parameter := _PARAMETER.match(text, at):
        name = parameter[1].lower()
        if name in parameters:
            raise MimeInconsistencyError(why=f"the Content-Type names {name} twice")
        quoted = parameter[2]
        parameters[name] = parameter[3] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        at = parameter.end()
    if text[at:].strip(" \t;"):
        raise MimeInconsistencyError(why="the Content-Type has a malformed parameter")
    return MediaType(name=found[1].lower(), parameters=parameters)


def content_id_key(value: str) -> str:
    """Return a Content-ID, bare or from a `cid:` URI, as two of them are compared.

    RFC 2392 percent-encodes in the URI; some stacks encode in the header too. Two ids that fall
    together here are refused wherever both occur.
    """
    return unquote(unquote(value))


def cid(content_id: str) -> str:
    """Return the `cid:` URI of a Content-ID (RFC 2392)."""
    return "cid:" + quote(content_id, safe="@")


def join(root: Part, attachments: Sequence[Part], *, boundary: str) -> tuple[str, Content]:
    """Return Content-Type and content of a multipart/related package; every part goes as binary.

    A large part is not copied: the package is made of what it was given.

    Raises:
        ValueInconsistentError: a Content-ID or a Content-Type cannot stand in a header.
        MimeInconsistencyError: the boundary is malformed or occurs in a part.
    """
    if not _BOUNDARY.fullmatch(boundary):
        raise MimeInconsistencyError(why="the boundary is malformed")
    delimiter = b"--" + boundary.encode("ascii")
    pieces: list[Content] = []
    for part in (root, *attachments):
        if find_in(part.content, delimiter) >= 0:
            raise MimeInconsistencyError(why="the boundary occurs in a part")
        if not _CONTENT_ID.fullmatch(part.content_id):
            raise ValueInconsistentError(
                field="Content-ID", value=part.content_id, why="which cannot stand in a header"
            )
        if not _MEDIA.match(part.content_type) or not part.content_type.isprintable():
            raise ValueInconsistentError(
                field="Content-Type", value=part.content_type, why="which is no media type"
            )
        header = (
            f"\r\nContent-Type: {part.content_type}\r\nContent-Transfer-Encoding: binary\r\n"
            f"Content-ID: <{part.content_id}>\r\n\r\n"
        )
        pieces += [delimiter, header.encode("utf-8"), part.content, b"\r\n"]
    pieces += [delimiter, b"--\r\n"]
    content_type = (
        f'{MULTIPART}; type="{SOAP_TYPE}"; boundary="{boundary}"; '
        f'start="<{root.content_id}>"; start-info="{SOAP_TYPE}"'
    )
    return content_type, handy(Joined(pieces))


def split(
    content_type: str,
    body: Content,
    limits: MimeLimits = LIMITS,
    new_spool: NewSpool = InMemory,
    *,
    multipart: str = MULTIPART,
) -> tuple[Part, ...]:
    """Return the parts of a package, the root first; a body that is no multipart is the root.

    `multipart` is the type of package that is read as one; AS4 has one alone.

    Raises:
        MimeInconsistencyError: it is malformed, cut off, ambiguous or beyond a bound.
        StoreFullError: the spool finds no room for a part that has to be decoded.
    """
    size = size_of(body)
    if size > limits.max_bytes:
        raise MimeInconsistencyError(why=f"{size} bytes, at most {limits.max_bytes} are let in")
    media = read_media_type(content_type)
    if media.name != multipart:
        return (Part(content=body, content_type=content_type),)
    boundary = media.parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise MimeInconsistencyError(why="the boundary is missing or malformed")
    parts = _parts(body, b"--" + boundary.encode("ascii"), limits, new_spool)
    keys = [content_id_key(part.content_id) for part in parts if part.content_id]
    if len(set(keys)) != len(keys):
        raise MimeInconsistencyError(why="two parts have the same Content-ID")
    start = media.parameters.get("start")
    if start is None:
        return tuple(parts)
    key = content_id_key(start.removeprefix("<").removesuffix(">"))
    for index, part in enumerate(parts):
        if part.content_id and content_id_key(part.content_id) == key:
            return (part, *parts[:index], *parts[index + 1 :])
    raise MimeInconsistencyError(why="no part has the Content-ID that start names")


def _parts(body: Content, delimiter: bytes, limits: MimeLimits, new_spool: NewSpool) -> list[Part]:
    line = b"\r\n" + delimiter
    beginning = _stretch(body, 0, _MAX_MARGIN)
    at = 0 if beginning.startswith(delimiter) else beginning.find(line) + 2
    if at == 1:  # find said -1
        raise MimeInconsistencyError(why="the first boundary is missing")
    at += len(delimiter)
    parts: list[Part] = []
    while _stretch(body, at, 2) != b"--":
        if len(parts) == limits.max_parts:
            raise MimeInconsistencyError(why=f"more than {limits.max_parts} parts")
        start = _after_line(body, at)
        header = _header(_stretch(body, start, limits.max_header_bytes), limits.max_header_bytes)
        begin = start + len(header)
        end = find_in(body, line, begin - 2)
        if end < 0:
            raise MimeInconsistencyError(why="the last boundary is missing: the package is cut off")
        content = part_of(body, begin, max(end, begin))
        parts.append(_part(header, handy(content), new_spool))
        at = end + len(line)
    epilogue = _stretch(body, at + 2, _MAX_MARGIN + 1)
    if epilogue and not _PADDING.match(epilogue):
        raise MimeInconsistencyError(why="a line begins like the boundary and is none")
    if len(epilogue) > _MAX_MARGIN or delimiter in epilogue:
        raise MimeInconsistencyError(why="something follows the last boundary")
    if not parts:
        raise MimeInconsistencyError(why="the package has no part")
    return parts


def _stretch(body: Content, at: int, most: int) -> bytes:
    """Return a few bytes of the package, fewer where it ends."""
    return whole(part_of(body, at, min(size_of(body), at + most)))


def _after_line(body: Content, at: int) -> int:
    """Return where the line after a boundary begins."""
    padding = _PADDING.match(_stretch(body, at, _MAX_MARGIN))
    if padding is None:
        raise MimeInconsistencyError(why="a line begins like the boundary and is none")
    return at + padding.end()


def _header(beginning: bytes, limit: int) -> bytes:
    """Return a part's header with the blank line behind it."""
    if beginning.startswith(b"\r\n"):
        return beginning[:2]
    header, blank_line, _ = beginning.partition(b"\r\n\r\n")
    if not blank_line:
        raise MimeInconsistencyError(why=f"the header of a part does not end within {limit} bytes")
    return header + blank_line


def _part(header: bytes, content: Content, new_spool: NewSpool) -> Part:
    fields = _fields(header)
    content_id = fields.get("content-id", "")
    encoding = fields.get("content-transfer-encoding", "binary").lower()
    return Part(
        content=decoded(content, encoding, new_spool),
        content_type=fields.get("content-type", OCTETS),
        content_id=content_id.removeprefix("<").removesuffix(">").strip(),
        name=file_name(fields.get("content-disposition", "")),
    )


def _fields(header: bytes) -> dict[str, str]:
    """Return the fields of one part's header that we read; folded lines are unfolded."""
    lines: list[str] = []
    for line in header.decode("latin-1").removesuffix("\r\n").removesuffix("\r\n").split("\r\n"):
        if line.startswith((" ", "\t")) and lines:
            lines[-1] += " " + line.strip(" \t")
        elif line:
            lines.append(line)
    fields: dict[str, str] = {}
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found is None or "\0" in line:  # a bare CR or LF does not match either
            raise MimeInconsistencyError(why="a line of a part's header is no header field")
        name = found[1].lower()
        if name in fields and name in _SINGLE:
            raise MimeInconsistencyError(why=f"a part has {name} twice")
        fields[name] = found[2]
    return fields
