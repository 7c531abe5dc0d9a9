from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange_node.domain.transmission.content import whole
from exchange_node.transport.line import Answer
from tests.conformance.as4.peer import Peer
from tests.conformance.as4.serving import Listener


def head(content_type: str, *lines: str, version: str = "1.1") -> bytes:
    """Return the head of a request that is answered and then closed."""
    fields = (f"POST /as4 HTTP/{version}", "Host: kz.example", "Connection: close")
    return "\r\n".join((*fields, f"Content-Type: {content_type}", *lines, "", "")).encode()


def in_chunks(body: bytes, size: int) -> Iterator[bytes]:
    """Yield the body as HTTP/1.1 has it in chunks (RFC 9112, section 7.1)."""
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield f"{len(piece):x};ext=1\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def is_receipt(peer: Peer, answer: bytes) -> bool:
    """Whether the node's answer is a receipt that holds."""
    top, _, body = answer.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in top.split(b"\r\n")[1:])
    content_type = fields[b"content-type"].decode()
    found = peer.read(Answer(status=200, content_type=content_type, body=body))
    return type(found).__name__ == "Receipt"


def still_serves(peer: Peer, listener: Listener) -> bool:
    """Whether the next partner's message is receipted."""
    packed = peer.pack(peer.ping())
    length = f"Content-Length: {len(whole(packed.body))}"
    answer = listener.ask(head(packed.content_type, length), whole(packed.body))
    return status_of(answer) == 200 and is_receipt(peer, answer)


@pytest.mark.parametrize("size", [1, 700, 1_000_000])
def test_a_message_in_chunks_is_receipted(peer: Peer, listener: Listener, size: int) -> None:
    packed = peer.pack(peer.ping(payloads=peer.message().payloads))

    answer = listener.ask(
        head(packed.content_type, "Transfer-Encoding: chunked"),
        b"".join(in_chunks(whole(packed.body), size)),
    )

    assert status_of(answer) == 200
    assert is_receipt(peer, answer)


def test_a_message_after_expect_continue_is_receipted(peer: Peer, listener: Listener) -> None:
    packed = peer.pack(peer.ping())
    length = f"Content-Length: {len(whole(packed.body))}"

    answer = listener.ask(
        head(packed.content_type, length, "Expect: 100-continue"), whole(packed.body)
    )

    final = answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert status_of(final) == 200
    assert is_receipt(peer, final)


@pytest.mark.parametrize(
    "pieces",
    [
        (head("a/b", "Transfer-Encoding: chunked"), b"zz\r\nx\r\n0\r\n\r\n"),
        (head("a/b", "Transfer-Encoding: chunked"), b"-1\r\n\r\n"),
        (head("a/b", "Transfer-Encoding: chunked", "Content-Length: 3"), b"0\r\n\r\n"),
        (head("a/b", "Content-Length: 3", "Content-Length: 4"), b"abcd"),
        (head("a/b", "Content-Length: -3"), b"abc"),
        (b"\x16\x03\x01junk\r\n\r\n",),
        (b"POST /as4 HTTP/1.1\r\nno field\r\n\r\n",),
    ],
    ids=["size", "negative", "both", "two lengths", "length", "junk", "no field"],
)
def test_broken_http_is_told_so_and_harms_nobody(
    peer: Peer, listener: Listener, pieces: tuple[bytes, ...]
) -> None:
    answer = listener.ask(*pieces)

    assert status_of(answer) == 400
    assert still_serves(peer, listener)


def test_chunks_beyond_the_bound_are_turned_away(peer: Peer, listener: Listener) -> None:
    limit = peer.pair.kz.settings.message_bytes
    million = bytes(1_000_000)
    begin = head("application/soap+xml", "Transfer-Encoding: chunked")
    chunk = b"f4240\r\n" + million + b"\r\n"

    with listener.connection() as line:
        line.sendall(begin)
        try:
            for _ in range(limit // len(million) + 2):
                line.sendall(chunk)
        except OSError:
            pass  # it need not hear all of it
        answer = line.recv(65_536)

    assert status_of(answer) == 413
    assert still_serves(peer, listener)


def test_a_caller_that_hangs_up_half_way_harms_nobody(peer: Peer, listener: Listener) -> None:
    packed = peer.pack(peer.ping())
    length = f"Content-Length: {len(whole(packed.body))}"
    with listener.connection() as line:
        line.sendall(head(packed.content_type, length) + whole(packed.body)[:500])

    assert still_serves(peer, listener)


@pytest.mark.parametrize(
    "begin",
    [
        head("a/b")[:-2] + b"X-Long: " + b"x" * 1_000_000,
        head("a/b")[:-2] + b"X-Long: x\r\n" * 100_000,
        b"POST /" + b"x" * 1_000_000,
        head("a/b", "Transfer-Encoding: chunked") + b"0\r\nX-Long: " + b"x" * 1_000_000,
    ],
    ids=["one field", "many fields", "path", "trailer"],
)
def test_an_http_head_of_a_megabyte_is_refused(
    peer: Peer, listener: Listener, begin: bytes
) -> None:
    with listener.connection() as line:
        try:
            line.sendall(begin)
            answer = line.recv(65_536)
        except OSError:
            answer = b""  # the line was cut while it was still being written to

    assert status_of(answer) in (0, 400)
    assert still_serves(peer, listener)
