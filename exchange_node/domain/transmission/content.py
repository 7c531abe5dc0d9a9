"""Bytes of any size: small ones are `bytes`, large ones lie in files and are read in chunks.

Whoever makes large bytes is handed a `NewSpool`: where they go is the caller's choice, so that the
rooms that do no I/O can pack and unpack what no memory holds. Spooled bytes never change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable

CHUNK_BYTES = 256 * 1024
"""How much is read at once (our choice)."""


@runtime_checkable
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
