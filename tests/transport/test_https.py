from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest

from exchange_node.domain.errors import (
    AuthenticationError,
    InvalidSettingError,
    OvertakenError,
    PartnerCertificateError,
    PartnerUnreachableError,
    PassphraseError,
)
from exchange_node.transport.https import HttpsLine, Route
from exchange_node.transport.line import MAX_ANSWER_BYTES
from tests.pieces import Pieces
from tests.transport.conftest import Identity, answer_of, by_the_byte, serving

Make = Callable[..., Identity]


@contextmanager
def line_to(own: Identity, url: str, pem: str) -> Iterator[HttpsLine]:
    routes = {"customs.uz": Route(url=url, certificates_pem=pem)}
    line = HttpsLine(own.key, routes, timeout_seconds=5)
    try:
        yield line
    finally:
        line.close()


def test_bytes_go_there_and_come_back_over_mutual_tls(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with (
        serving(uz, kz.pem, answer_of(b"receipt")) as server,
        line_to(kz, server.url, uz.pem) as line,
    ):
        answer = line.post("customs.uz", "application/soap+xml", b"message")

    assert (answer.status, answer.body) == (200, b"receipt")
    assert server.requests[0].startswith(b"POST /as4 ")


def test_what_is_large_goes_there_in_pieces_under_its_length(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with (
        serving(uz, kz.pem, answer_of(b"receipt")) as server,
        line_to(kz, server.url, uz.pem) as line,
    ):
        line.post("customs.uz", "application/soap+xml", Pieces(b"message"))

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"\r\nContent-Length: 7" in head
    assert b"chunked" not in head
    assert body == b"message"


def test_an_answer_that_is_awaited_may_be_larger_than_a_receipt(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")
    pulled = answer_of(b"x" * (MAX_ANSWER_BYTES + 1))

    with serving(uz, kz.pem, pulled) as server, line_to(kz, server.url, uz.pem) as line:
        answer = line.post("customs.uz", "text/plain", b"m", most_bytes=MAX_ANSWER_BYTES + 1)

    assert len(answer.octets) == MAX_ANSWER_BYTES + 1


def test_who_asks_is_told_as_an_answer_comes_and_may_break_it_off(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    def overtaken() -> None:
        raise OvertakenError(message_id="m-1@customs.kz")

    with (
        serving(uz, kz.pem, answer_of(b"receipt")) as server,
        line_to(kz, server.url, uz.pem) as line,
        pytest.raises(OvertakenError),
    ):
        line.post("customs.uz", "text/plain", b"m", as_it_comes=overtaken)


def test_a_change_of_keys_is_followed_on_new_connections(identity: Make) -> None:
    old, new, uz = identity("customs.kz"), identity("customs.kz"), identity("customs.uz")
    keys = [old.key]
    # The partner pins both, under one name: each is known by itself.
    with serving(uz, old.pem + new.pem, answer_of(b"receipt")) as server:
        routes = {"customs.uz": Route(url=server.url, certificates_pem=uz.pem)}
        line = HttpsLine(lambda: keys[0], routes, timeout_seconds=5)
        answers = [line.post("customs.uz", "text/plain", b"one")]
        keys[0] = new.key
        answers += [line.post("customs.uz", "text/plain", body) for body in (b"two", b"three")]
        line.close()

    assert [one.status for one in answers] == [200, 200, 200]
    assert server.shown == [one.der for one in (old, new, new)]


def test_an_error_status_is_an_answer_too(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with (
        serving(uz, kz.pem, answer_of(b"busy", "503 Service Unavailable")) as server,
        line_to(kz, server.url, uz.pem) as line,
    ):
        assert line.post("customs.uz", "text/plain", b"m").status == 503


def test_a_partner_with_a_foreign_certificate_is_not_talked_to(identity: Make) -> None:
    kz, uz, stranger = identity("kz"), identity("uz"), identity("stranger")

    with (
        serving(stranger, kz.pem, answer_of(b"x")) as server,
        line_to(kz, server.url, uz.pem) as line,
        pytest.raises(PartnerCertificateError),
    ):
        line.post("customs.uz", "text/plain", b"m")

    assert server.requests == []


def test_a_partner_with_an_expired_certificate_is_not_talked_to(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz", ended=True)

    with serving(uz, kz.pem, answer_of(b"x")) as server, line_to(kz, server.url, uz.pem) as line:
        with pytest.raises(PartnerCertificateError, match="expired"):
            line.post("customs.uz", "text/plain", b"m")


def test_our_own_certificate_that_the_partner_does_not_know_is_told_as_such(identity: Make) -> None:
    kz, uz, known = identity("kz"), identity("uz"), identity("known")

    with serving(uz, known.pem, answer_of(b"x")) as server, line_to(kz, server.url, uz.pem) as line:
        with pytest.raises((PartnerCertificateError, PartnerUnreachableError)):
            line.post("customs.uz", "text/plain", b"m")

    assert server.requests == []


def test_a_partner_that_is_down_is_out_of_reach(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")
    with serving(uz, kz.pem, b"") as server:
        url = server.url

    with line_to(kz, url, uz.pem) as line, pytest.raises(PartnerUnreachableError) as caught:
        line.post("customs.uz", "text/plain", b"m")

    assert caught.value.retryable


def test_a_partner_without_an_address_is_out_of_reach(identity: Make) -> None:
    kz = identity("kz")

    with (
        line_to(kz, "https://127.0.0.1:9/as4", kz.pem) as line,
        pytest.raises(PartnerUnreachableError, match="no address"),
    ):
        line.post("customs.tj", "text/plain", b"m")


def test_an_answer_without_end_is_none(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")
    flood = answer_of(b"x" * (MAX_ANSWER_BYTES + 1))

    with serving(uz, kz.pem, flood) as server, line_to(kz, server.url, uz.pem) as line:
        with pytest.raises(PartnerUnreachableError):
            line.post("customs.uz", "text/plain", b"m")


def test_an_answer_that_calls_itself_compressed_is_taken_as_it_comes(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")
    head, _, tail = answer_of(b"no gzip").partition(b"\r\n")
    answer = head + b"\r\nContent-Encoding: gzip\r\n" + tail

    with serving(uz, kz.pem, answer) as server, line_to(kz, server.url, uz.pem) as line:
        assert line.post("customs.uz", "text/plain", b"m").body == b"no gzip"


@pytest.mark.parametrize("slow", ["head", "body"])
def test_an_answer_that_comes_by_the_byte_is_none(identity: Make, slow: str) -> None:
    kz, uz = identity("kz"), identity("uz")
    head, end, body = answer_of(b"late" * 20).partition(b"\r\n\r\n")

    def dripping(line: ssl.SSLSocket) -> None:
        for name, part in (("head", head + end), ("body", body)):
            by_the_byte(part)(line) if name == slow else line.sendall(part)

    with serving(uz, kz.pem, dripping) as server:
        routes = {"customs.uz": Route(url=server.url, certificates_pem=uz.pem)}
        # Each look at this clock takes a second, and there is one before each read.
        line = HttpsLine(kz.key, routes, timeout_seconds=60, clock=count().__next__)
        with pytest.raises(PartnerUnreachableError, match="the answer is not there after"):
            line.post("customs.uz", "text/plain", b"m")
        line.close()


def test_a_node_that_stops_breaks_its_exchanges_off(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    def stopping(connection: ssl.SSLSocket) -> None:
        line.hasten(0)
        connection.sendall(answer_of(b"receipt")[:-1])

    with serving(uz, kz.pem, stopping) as server:
        routes = {"customs.uz": Route(url=server.url, certificates_pem=uz.pem)}
        line = HttpsLine(kz.key, routes, timeout_seconds=5)
        with pytest.raises(PartnerUnreachableError, match="this node is stopping"):
            line.post("customs.uz", "text/plain", b"m")
        line.close()


def test_a_certificate_that_is_no_longer_believed_is_sent_nothing(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")
    asked: list[bytes] = []

    def vouch(shown: Sequence[bytes]) -> None:
        asked.extend(shown)
        if len(asked) > 1:
            raise AuthenticationError(why="it was revoked")

    with serving(uz, kz.pem, answer_of(b"receipt")) as server:
        routes = {"customs.uz": Route(url=server.url, certificates_pem=uz.pem, vouch=vouch)}
        line = HttpsLine(kz.key, routes, timeout_seconds=5)
        line.post("customs.uz", "text/plain", b"one")
        with pytest.raises(PartnerCertificateError, match="it was revoked"):
            line.post("customs.uz", "text/plain", b"two")
        line.close()

    assert asked == [uz.der, uz.der]
    assert len(server.requests) == 1


def test_an_answer_that_is_no_http_is_none(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")

    with (
        serving(uz, kz.pem, b"\x00\x01 nonsense") as server,
        line_to(kz, server.url, uz.pem) as line,
        pytest.raises(PartnerUnreachableError),
    ):
        line.post("customs.uz", "text/plain", b"m")


def test_a_partner_that_hangs_holds_up_no_other(identity: Make) -> None:
    kz, uz, kg = identity("kz"), identity("uz"), identity("kg")
    failed: list[PartnerUnreachableError] = []

    def post_into_the_void(line: HttpsLine) -> None:
        with pytest.raises(PartnerUnreachableError) as caught:
            line.post("customs.kg", "text/plain", b"m")
        failed.append(caught.value)

    # A listener that accepts nobody: the connection stands, the handshake is never answered.
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        serving(uz, kz.pem, answer_of(b"receipt")) as server,
    ):
        routes = {
            "customs.kg": Route(
                url=f"https://127.0.0.1:{silent.getsockname()[1]}/as4", certificates_pem=kg.pem
            ),
            "customs.uz": Route(url=server.url, certificates_pem=uz.pem),
        }
        line = HttpsLine(kz.key, routes, timeout_seconds=3)
        hanging = threading.Thread(target=post_into_the_void, args=[line])
        hanging.start()
        caller, _ = silent.accept()

        answer = line.post("customs.uz", "text/plain", b"m")

        assert answer.body == b"receipt"
        assert failed == []
        caller.close()
        hanging.join()
        line.close()
    assert len(failed) == 1


def test_a_wrong_passphrase_is_told_as_such(identity: Make) -> None:
    kz = identity("kz")
    wrong = Identity(key=replace(kz.key, passphrase=b"guess"), pem=kz.pem)

    with line_to(wrong, "https://127.0.0.1:9/as4", kz.pem) as line, pytest.raises(PassphraseError):
        line.post("customs.uz", "text/plain", b"m")


def test_a_key_of_another_certificate_is_told_as_such(identity: Make) -> None:
    kz, uz = identity("kz"), identity("uz")
    mixed = Identity(key=replace(kz.key, certificate_file=uz.key.certificate_file), pem=kz.pem)

    with (
        line_to(mixed, "https://127.0.0.1:9/as4", kz.pem) as line,
        pytest.raises(InvalidSettingError, match="not for this key"),
    ):
        line.post("customs.uz", "text/plain", b"m")


def test_a_card_without_certificates_is_told_as_such(identity: Make) -> None:
    kz = identity("kz")

    with (
        line_to(kz, "https://127.0.0.1:9/as4", "no certificate") as line,
        pytest.raises(InvalidSettingError, match="PEM"),
    ):
        line.post("customs.uz", "text/plain", b"m")
