from __future__ import annotations

import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from exchange_node.domain.errors import PartnerCertificateError, PartnerUnreachableError
from exchange_node.node.connections import tls_key
from exchange_node.transport.https import HttpsLine, Route
from exchange_node.transport.tls import load_key
from tests.conformance.as4.peer import Peer
from tests.conformance.as4.serving import Listener
from tests.world import Pair

# OpenSSL itself offers these no more unless it is told to; whoever attacks tells it.
ANYTHING = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
WEAK = ["AES128-SHA", "AES256-SHA256", "ECDHE-ECDSA-AES128-SHA", "NULL-SHA256", "ADH-AES128-SHA256"]


def old(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Let a context speak this version alone, with whatever suites there are."""
    context.set_ciphers(ANYTHING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that is what the test is about
        context.minimum_version = context.maximum_version = version
    return context


def answered(listener: Listener, context: ssl.SSLContext) -> str:
    """Return the version of TLS in which the node answers; empty where it does not."""
    try:
        with listener.connection(context) as line:
            line.sendall(b"GET /as4 HTTP/1.1\r\nHost: kz\r\nConnection: close\r\n\r\n")
            return (line.version() or "") if line.recv(12) == b"HTTP/1.1 405" else ""
    except (ssl.SSLError, ConnectionError):
        return ""  # with an alert or without


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_ta39_tls_1_2_and_1_3_are_spoken(listener: Listener, version: ssl.TLSVersion) -> None:
    context = listener.context()
    context.minimum_version = context.maximum_version = version

    assert answered(listener, context) == version.name.replace("_", ".")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_ta40_an_older_version_is_refused_by_the_listener(
    listener: Listener, version: ssl.TLSVersion
) -> None:
    assert not answered(listener, old(listener.context(), version))
    assert answered(listener, listener.context())


@pytest.mark.parametrize("suite", WEAK)
def test_ta41_a_weak_suite_is_refused_by_the_listener(listener: Listener, suite: str) -> None:
    context = listener.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{suite}:@SECLEVEL=0")

    assert not answered(listener, context)
    assert answered(listener, listener.context())


@contextmanager
def endpoint(context: ssl.SSLContext) -> Iterator[int]:
    """A partner's endpoint that does nothing but shake hands; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        with plain:
            plain.settimeout(10)
            try:
                with context.wrap_socket(plain, server_side=True) as line:
                    line.recv(1)
            except OSError:
                return

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def theirs(pair: Pair) -> ssl.SSLContext:
    """Return the context of a partner that minds nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_key(context, tls_key(pair.uz.keyring, pair.clock()))
    return context


def call(pair: Pair, port: int) -> None:
    """Post as the node in Kazakhstan does."""
    pem = next(one.tls_pem for one in pair.kz.cards)
    routes = {"customs.uz": Route(url=f"https://127.0.0.1:{port}/as4", certificates_pem=pem)}
    line = HttpsLine(lambda: tls_key(pair.kz.keyring, pair.clock()), routes, timeout_seconds=10)
    try:
        line.post("customs.uz", "application/soap+xml", b"<x/>")
    finally:
        line.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_ta40_an_older_version_is_refused_by_the_caller(
    peer: Peer, version: ssl.TLSVersion
) -> None:
    with endpoint(old(theirs(peer.pair), version)) as port:
        with pytest.raises(PartnerUnreachableError, match=r"(?i)protocol|version|alert"):
            call(peer.pair, port)


@pytest.mark.parametrize("suite", WEAK)
def test_ta42_a_weak_suite_is_refused_by_the_caller(peer: Peer, suite: str) -> None:
    context = theirs(peer.pair)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{suite}:@SECLEVEL=0")

    with endpoint(context) as port:
        with pytest.raises(PartnerUnreachableError, match=r"(?i)handshake|alert|cipher"):
            call(peer.pair, port)


def test_ta42_a_partner_with_another_certificate_is_not_called(peer: Peer) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_key(context, tls_key(peer.pair.kz.keyring, peer.pair.clock()))

    with endpoint(context) as port:
        with pytest.raises(PartnerCertificateError):
            call(peer.pair, port)


def test_a_caller_without_certificate_is_not_heard(listener: Listener) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    assert not answered(listener, context)
    assert answered(listener, listener.context())
