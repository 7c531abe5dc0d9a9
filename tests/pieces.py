"""Content in pieces as a file gives it, and a spool that always makes such: for small tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange_node.domain.transmission.content import Content


@dataclass(frozen=True)
class Pieces:
    """Bytes that come in pieces of a few; a `Spooled`."""

    octets: bytes
    length: int = 3

    @property
    def size(self) -> int:
        return len(self.octets)

    def chunks(self) -> Iterator[bytes]:
        for at in range(0, len(self.octets), self.length):
            yield self.octets[at : at + self.length]

    def part(self, start: int, end: int) -> Pieces:
        return Pieces(self.octets[start:end], self.length)


class PieceSpool:
    """A spool whose content is never `bytes`."""

    def __init__(self) -> None:
        self._octets = b""

    def write(self, chunk: bytes) -> None:
        self._octets += chunk

    def finish(self) -> Content:
        return Pieces(self._octets)
