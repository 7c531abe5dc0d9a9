"""How messages are packed: MIME parts and gzip, in one piece and in several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from exchange_node.domain.errors import ProtocolError
from exchange_node.domain.transmission.content import Content, Joined, size_of, whole
from exchange_node.ebms.packaging import mime
from exchange_node.ebms.packaging.compression import deflate, inflate
from tests.ebms.parties import CONTENT
from tests.fuzz.messages import line_and_rest, messages, package_of
from tests.fuzz.target import MIME_WORDS, Target

MAX_INFLATED = 200_000


def in_pieces(data: bytes) -> Joined:
    """Return the same octets as they come when they lie in several places."""
    size = len(data) // 7 + 1
    return Joined(data[start : start + size] for start in range(0, len(data), size))


def outcome(read: Callable[[Content], object], content: Content) -> object:
    """Return what came of reading: a value, or how it was refused."""
    try:
        return read(content)
    except ProtocolError as err:
        return str(err)


def feed_split(data: bytes) -> None:
    """Split a package, and the same in pieces: the parts are the same."""
    package = package_of(data)

    def read(body: Content) -> object:
        parts = mime.split(package.content_type, body)
        assert sum(size_of(part.content) for part in parts) <= size_of(body)
        return [replace(part, content=whole(part.content)) for part in parts]

    plain, pieces = outcome(read, package.body), outcome(read, in_pieces(whole(package.body)))
    assert plain == pieces, (plain, pieces)
    read(package.body)


def feed_inflate(data: bytes) -> None:
    """Inflate, and the same in pieces: what comes out is the same, and bounded."""

    def read(content: Content) -> bytes:
        plain = whole(inflate(content, max_bytes=MAX_INFLATED, max_ratio=200))
        assert len(plain) <= MAX_INFLATED
        return plain

    plain, pieces = outcome(read, data), outcome(read, in_pieces(data))
    assert plain == pieces, (plain, pieces)
    read(data)


TARGETS = (
    Target(
        name="mime",
        feed=feed_split,
        seeds=lambda: map(line_and_rest, messages()),
        family=ProtocolError,
        words=MIME_WORDS,
    ),
    Target(
        name="gzip",
        feed=feed_inflate,
        seeds=lambda: map(deflate, (b"", CONTENT, bytes(100_000))),
        family=ProtocolError,
        words=(b"\x1f\x8b\x08", bytes(8)),
    ),
)
