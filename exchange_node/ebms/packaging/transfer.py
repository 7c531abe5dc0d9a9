"""Headers of a part → its octets, however large (RFC 2045, section 6), and the name of a file.

What is decoded is never longer than what came, so that it needs no bound of its own.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress

from exchange_node.domain.errors import MimeInconsistencyError
from exchange_node.domain.transmission.content import (
    CHUNK_BYTES,
    Content,
    InMemory,
    NewSpool,
    chunks_of,
    collect,
)

_FILE_NAME = re.compile(r';[ \t]*filename=(?:"((?:[^"\\\r\n]|\\[^\r\n])*)"|([^ \t;"\r\n]+))')
_BLANKS = b"\r\n\t "
_MAX_LINE = CHUNK_BYTES
"""Bytes of a line of a large quoted-printable part; RFC 2045 allows 76 characters."""


def decoded(content: Content, encoding: str, new_spool: NewSpool = InMemory) -> Content:
    """Return what a part's content stands for; `encoding` in lower case.

    Raises:
        MimeInconsistencyError: the encoding is unknown, or the content is not in it.
        StoreFullError: the spool finds no room.
    """
    match encoding:
        case "binary" | "8bit" | "7bit":
            return content
        case "base64" if isinstance(content, bytes):
            return _octets(content.translate(None, _BLANKS))
        case "base64":
            return collect(_from_base64(content), new_spool)
        case "quoted-printable" if isinstance(content, bytes):
            return binascii.a2b_qp(content)
        case "quoted-printable":
            return collect(_from_quoted(content), new_spool)
        case _:
            raise MimeInconsistencyError(why="a part has an unknown Content-Transfer-Encoding")


def _octets(text: bytes) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        raise MimeInconsistencyError(why="a part is no base64") from None


def _from_base64(content: Content) -> Iterator[bytes]:
    held = b""
    for chunk in chunks_of(content):
        held += chunk.translate(None, _BLANKS)
        # Four characters are always held back: padding stands in the last four, and there alone.
        end = max(0, (len(held) - 1) // 4 * 4)
        if b"=" in held[:end]:
            break
        yield _octets(held[:end])
        held = held[end:]
    else:
        yield _octets(held)
        return
    raise MimeInconsistencyError(why="a part is no base64")


def _from_quoted(content: Content) -> Iterator[bytes]:
    held = b""
    for chunk in chunks_of(content):
        lines, end, held = (held + chunk).rpartition(b"\n")
        if len(held) > _MAX_LINE:
            raise MimeInconsistencyError(
                why=f"a line of a part is longer than {_MAX_LINE} characters"
            )
        yield binascii.a2b_qp(lines + end)
    yield binascii.a2b_qp(held)


def file_name(disposition: str) -> str:
    """Return the last step of the file name, however its path is written; "" without one."""
    found = _FILE_NAME.search(disposition)
    if found is None:
        return ""
    name = found[2] or re.sub(r"\\(.)", r"\1", found[1])
    with suppress(UnicodeDecodeError):  # browsers and curl write UTF-8 here
        name = name.encode("latin-1").decode("utf-8")
    return re.split(r"[/\\]", name)[-1]
