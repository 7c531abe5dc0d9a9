"""Payload ⇄ gzip: AS4 compression, and inflating what came from outside within bounds.

OASIS AS4 Profile 1.0, section 3.1: gzip (RFC 1952), `CompressionType` application/gzip, EBMS:0303
for whatever cannot be inflated.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import overload

from exchange_node.domain.errors import DecompressionError
from exchange_node.domain.transmission.content import (
    CHUNK_BYTES,
    SMALL_BYTES,
    Content,
    InMemory,
    NewSpool,
    chunks_of,
    collect,
    size_of,
)

GZIP = "application/gzip"
_LEVEL = 1  # half the time of level 6 for some 5 % of size on WCO documents (measured)
_GZIP_WINDOW = 31  # zlib's way to say: the gzip format and nothing else
_RATIO_COUNTS_FROM = 1_000_000
_NO_GZIP = "it is no gzip, or it is damaged"


@overload
def deflate(content: bytes, new_spool: NewSpool = ...) -> bytes: ...


@overload
def deflate(content: Content, new_spool: NewSpool = ...) -> Content: ...


def deflate(content: Content, new_spool: NewSpool = InMemory) -> Content:
    """Return the content as gzip; equal contents give equal bytes.

    Raises:
        StoreFullError: the spool finds no room.
    """
    if isinstance(content, bytes):
        return gzip.compress(content, compresslevel=_LEVEL, mtime=0)
    return collect(_deflated(content), new_spool)


def _deflated(content: Content) -> Iterator[bytes]:
    stream = zlib.compressobj(_LEVEL, wbits=_GZIP_WINDOW)
    for chunk in chunks_of(content):
        yield stream.compress(chunk)
    yield stream.flush()


def inflate(
    content: Content, *, max_bytes: int, max_ratio: int, new_spool: NewSpool = InMemory
) -> Content:
    """Return what was compressed; never more than `max_bytes` are made on the way.

    `max_ratio` counts beyond the first megabyte: a small document of blanks is no bomb.

    Raises:
        DecompressionError: not gzip, cut off, something follows, or beyond a bound.
        StoreFullError: the spool finds no room.
    """
    size = size_of(content)
    allowed = min(max_bytes, max(_RATIO_COUNTS_FROM, max_ratio * size))
    if isinstance(content, bytes):
        stream = zlib.decompressobj(wbits=_GZIP_WINDOW)
        plain = _inflated(stream, content, min(allowed, SMALL_BYTES) + 1)
        if stream.eof and len(plain) <= allowed:
            _require_end(stream.unused_data)
            return plain
    return collect(_pieces(content, allowed, size), new_spool)


def _pieces(content: Content, allowed: int, size: int) -> Iterator[bytes]:
    """Yield what was compressed, piece by piece, within its bound."""
    made = 0
    for plain in _plain(content):
        made += len(plain)
        if made > allowed:
            raise DecompressionError(why=f"it grows beyond {allowed} bytes from {size} bytes")
        yield plain


def _plain(content: Content) -> Iterator[bytes]:
    stream = zlib.decompressobj(wbits=_GZIP_WINDOW)
    for chunk in chunks_of(content):
        left = chunk
        while left and not stream.eof:
            yield _inflated(stream, left, CHUNK_BYTES)
            left = stream.unconsumed_tail
        _require_end(stream.unused_data or left)
    # The last chunk may have been read without all of what it makes having fitted into a piece.
    while not stream.eof and (plain := _inflated(stream, b"", CHUNK_BYTES)):
        yield plain
    if not stream.eof:
        raise DecompressionError(why="it is cut off")


def _inflated(stream: zlib._Decompress, chunk: bytes, most: int) -> bytes:
    try:
        return stream.decompress(chunk, most)
    except zlib.error:
        raise DecompressionError(why=_NO_GZIP) from None


def _require_end(following: bytes) -> None:
    if following:
        raise DecompressionError(why="something follows the compressed content")
