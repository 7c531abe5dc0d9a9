from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import pytest

from exchange_node.domain.errors import AuthenticationError
from exchange_node.transport.https import HttpsLine, Route
from exchange_node.transport.probe import Failure, Probed
from tests.transport.conftest import Identity, answer_of, by_the_byte, serving

Make = Callable[..., Identity]


def probe(own: Identity, url: str, pem: str) -> Probed:
    routes = {"customs.uz": Route(url=url, certificates_pem=pem)}
    line = HttpsLine(own.key, routes, timeout_seconds=5)
    return line.probe("customs.uz", "text/plain", b"message")


@contextmanager
def listening(answer: bytes | None) -> Iterator[str]:
    """A listener without TLS: it answers the first caller with bytes, or lets it wait."""
    done = threading.Event()

    def run(listener: socket.socket) -> None:
        caller, _ = listener.accept()
        with caller:
            if answer is not None:
                caller.recv(65536)
                caller.sendall(answer)
            done.wait(20)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run, args=[listener])
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/as4"
        done.set()
        thread.join()


def test_what_is_seen_of_a_partner_that_answers(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with serving(uz, kz.pem, answer_of(b"receipt")) as server:
        seen = probe(kz, server.url, uz.pem)

    assert seen.failure is None
    assert seen.answer is not None
    assert (seen.answer.status, seen.answer.body) == (200, b"receipt")
    assert seen.tls_version == "TLSv1.3"
    assert seen.cipher.startswith("TLS_")
    assert seen.certificate
    assert seen.address.startswith("127.0.0.1:")
    assert list(seen.milliseconds) == ["name", "total", "connect", "tls", "exchange", "body"]
    assert server.requests[0].startswith(b"POST /as4 HTTP/1.1\r\n")
    assert server.requests[0].endswith(b"message")


def test_a_certificate_that_is_not_on_the_card_is_shown(identity: Make) -> None:
    kz, uz, stranger = identity("kz"), identity("uz"), identity("stranger")

    with serving(stranger, kz.pem, answer_of(b"x")) as server:
        seen = probe(kz, server.url, uz.pem)

    assert seen.failure is Failure.THEIRS_UNKNOWN
    assert seen.certificate
    assert seen.answer is None
    assert b"message" not in b"".join(server.requests)


def test_a_certificate_that_has_ended_is_told_as_such(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz", ended=True)

    with serving(uz, kz.pem, answer_of(b"x")) as server:
        seen = probe(kz, server.url, uz.pem)

    assert seen.failure is Failure.THEIRS_ENDED
    assert "expired" in seen.why


def test_a_certificate_of_another_host_is_told_as_such(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with serving(uz, kz.pem, answer_of(b"x")) as server:
        seen = probe(kz, server.url.replace("127.0.0.1", "localhost"), uz.pem)

    assert seen.failure is Failure.THEIRS_OTHER_HOST


def test_our_certificate_that_the_partner_does_not_know_is_told_as_such(identity: Make) -> None:
    kz, uz, known = identity("kz"), identity("uz"), identity("known")

    with serving(uz, known.pem, answer_of(b"x")) as server:
        seen = probe(kz, server.url, uz.pem)

    assert seen.failure in {Failure.OURS_UNKNOWN, Failure.OURS_REFUSED, Failure.CUT}
    assert seen.tls_version == "TLSv1.3"


def test_a_partner_that_is_down_is_told_as_such(identity: Make) -> None:
    kz = identity("kz")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    seen = probe(kz, f"https://127.0.0.1:{port}/as4", kz.pem)

    assert (seen.failure, seen.address) == (Failure.REFUSED, "")


@pytest.mark.parametrize(
    ("answer", "failure"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", Failure.NO_TLS), (b"", Failure.TLS)],
)
def test_what_speaks_no_tls_is_told_as_such(
    identity: Make, answer: bytes, failure: Failure
) -> None:
    kz = identity("kz")

    with listening(answer or b"\x15\x03\x03\x00\x02\x02\x28") as url:
        seen = probe(kz, url, kz.pem)

    assert seen.failure is failure


def test_what_answers_no_http_is_told_as_such(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with serving(uz, kz.pem, b"\x00\x01 nonsense\r\n\r\n") as server:
        seen = probe(kz, server.url, uz.pem)

    assert seen.failure is Failure.NO_HTTP


def test_a_partner_that_hangs_up_is_told_as_such(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with serving(uz, kz.pem, b"") as server:
        seen = probe(kz, server.url, uz.pem)

    assert seen.failure is Failure.CUT


def test_a_partner_without_an_address_is_told_as_such(identity: Make) -> None:
    line = HttpsLine(identity("kz").key, {}, timeout_seconds=5)

    assert line.probe("customs.uz", "text/plain", b"m").failure is Failure.NO_ADDRESS


def test_an_answer_that_comes_by_the_byte_is_not_waited_for(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with serving(uz, kz.pem, by_the_byte(answer_of(b"late" * 20))) as server:
        routes = {"customs.uz": Route(url=server.url, certificates_pem=uz.pem)}
        # Each look at this clock takes a second, and there is one before each read.
        line = HttpsLine(kz.key, routes, timeout_seconds=60, clock=count().__next__)
        seen = line.probe("customs.uz", "text/plain", b"m")

    assert seen.failure is Failure.SILENT
    assert seen.why.startswith("the answer is not there after 60 s")


def test_a_node_that_stops_waits_for_no_probe(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    def stopping(connection: ssl.SSLSocket) -> None:
        line.hasten(0)
        connection.sendall(answer_of(b"receipt")[:-1])

    with serving(uz, kz.pem, stopping) as server:
        routes = {"customs.uz": Route(url=server.url, certificates_pem=uz.pem)}
        line = HttpsLine(kz.key, routes, timeout_seconds=5)
        seen = line.probe("customs.uz", "text/plain", b"m")

    assert (seen.failure, seen.why) == (Failure.SILENT, "this node is stopping")


def test_a_certificate_that_is_not_believed_is_told_and_sent_nothing(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    def vouch(_: Sequence[bytes]) -> None:
        raise AuthenticationError(why="it was revoked")

    with serving(uz, kz.pem, answer_of(b"x")) as server:
        routes = {"customs.uz": Route(url=server.url, certificates_pem=uz.pem, vouch=vouch)}
        seen = HttpsLine(kz.key, routes, timeout_seconds=5).probe("customs.uz", "text/plain", b"m")

    assert seen.failure is Failure.THEIRS_UNKNOWN
    assert "it was revoked" in seen.why
    assert server.requests == []
