"""Bytes of any size: small ones are `bytes`, large ones lie in files and are read in chunks.

Whoever makes large bytes is handed a `NewSpool`: where they go is the caller's choice, so that the
rooms that do no I/O can pack and unpack what no memory holds. Spooled bytes never change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

CHUNK_BYTES = 256 * 1024
"""How much is read at once (our choice)."""

SMALL_BYTES = 1_000_000
"""What has no more bytes is held in memory, whatever it is (our choice)."""


class Spooled(Protocol):
    """Bytes that lie somewhere else than in memory; they go when nobody holds them any more."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """Yield them from the beginning; each call begins anew."""
        ...

    def part(self, start: int, end: int) -> Spooled:
        """Return a stretch of them, without copying."""
        ...


Content = bytes | Spooled


class Spool(Protocol):
    """Where bytes are put that are not all there yet."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            StoreFullError: the disk is full.
        """
        ...

    def finish(self) -> Content:
        """Return all that was written; nothing is written afterwards."""
        ...


NewSpool = Callable[[], Spool]


class InMemory:
    """A spool for what is known to be small, and for tests."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._chunks.append(chunk)

    def finish(self) -> bytes:
        """Return all that was written."""
        return b"".join(self._chunks)


class Joined:
    """Pieces as one content, none of them copied."""

    def __init__(self, pieces: Iterable[Content]) -> None:
        self._pieces = tuple(one for one in pieces if size_of(one))
        self._size = sum(size_of(one) for one in self._pieces)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._size

    def chunks(self) -> Iterator[bytes]:
        """Yield them from the beginning."""
        for one in self._pieces:
            yield from chunks_of(one)

    def part(self, start: int, end: int) -> Joined:
        """Return a stretch of them, without copying."""
        found: list[Content] = []
        at = 0
        for one in self._pieces:
            size = size_of(one)
            if at < end and start < at + size:
                found.append(part_of(one, max(0, start - at), min(size, end - at)))
            at += size
        return Joined(found)


def size_of(content: Content) -> int:
    """Return how many bytes there are."""
    return len(content) if isinstance(content, bytes) else content.size


def chunks_of(content: Content) -> Iterable[bytes]:
    """Return the bytes in pieces; small ones are one piece."""
    return (content,) if isinstance(content, bytes) else content.chunks()


def part_of(content: Content, start: int, end: int) -> Content:
    """Return a stretch of the bytes."""
    return content[start:end] if isinstance(content, bytes) else content.part(start, end)


def whole(content: Content) -> bytes:
    """Return all bytes at once; the caller has bounded them."""
    return content if isinstance(content, bytes) else b"".join(content.chunks())


def handy(content: Content) -> Content:
    """Return what is small as `bytes`, what is large as it is."""
    return whole(content) if size_of(content) <= SMALL_BYTES else content


def find_in(content: Content, needle: bytes, start: int = 0) -> int:
    """Return where the needle first stands at or behind `start`; -1 where it does not."""
    if isinstance(content, bytes):
        return content.find(needle, start)
    held, at = b"", start
    for chunk in content.part(start, content.size).chunks():
        held += chunk
        found = held.find(needle)
        if found >= 0:
            return at + found
        kept = min(len(held), len(needle) - 1)
        at += len(held) - kept
        held = held[len(held) - kept :]
    return -1


def pieces_of(content: Content, size: int) -> Iterator[bytes]:
    """Yield the bytes in pieces of exactly `size`; the last may be shorter."""
    if isinstance(content, bytes):
        yield from (content[at : at + size] for at in range(0, len(content), size))
        return
    held = bytearray()
    for chunk in content.chunks():
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


def collect(chunks: Iterable[bytes], new_spool: NewSpool) -> Content:
    """Return what the chunks make together.

    Raises:
        StoreFullError: the disk is full.
    """
    spool = new_spool()
    for chunk in chunks:
        spool.write(chunk)
    return spool.finish()
