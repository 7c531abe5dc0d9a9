from __future__ import annotations

import os
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from exchange_node.security.certificates import Purpose, Subject, self_signed, write_pem
from exchange_node.security.keys import encrypt_private_key, new_ec_key
from exchange_node.transport.tls import TlsKey, load_key, pinned

PASSPHRASE = "for tests"
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Identity:
    """A TLS key with its certificate, on disk as the node keeps them."""

    key: TlsKey
    pem: str

    @property
    def der(self) -> bytes:
        return ssl.PEM_cert_to_DER_cert(self.pem)


@pytest.fixture(name="identity", scope="session")
def _identity(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Identity]:
    def make(party: str, *, ended: bool = False) -> Identity:
        folder = tmp_path_factory.mktemp(party)
        key = new_ec_key()
        begin, lifetime = (
            (NOW - timedelta(days=90), timedelta(days=30)) if ended else (NOW, timedelta(days=2))
        )
        certificate = self_signed(
            key,
            Subject(party=party, country="KZ", administration="K", hosts=("127.0.0.1",)),
            Purpose.TLS,
            at=begin,
            lifetime=lifetime,
            random_bytes=os.urandom,
        )
        files = TlsKey(
            certificate_file=folder / "tls.cert.pem",
            key_file=folder / "tls.key.pem",
            passphrase=PASSPHRASE.encode(),
        )
        pem = write_pem(certificate)
        files.certificate_file.write_bytes(pem)
        files.key_file.write_bytes(encrypt_private_key(key, PASSPHRASE))
        return Identity(key=files, pem=pem.decode())

    return make


@dataclass
class Server:
    """A bare TLS server that answers every request the same way."""

    url: str
    requests: list[bytes]
    shown: list[bytes | None]


@contextmanager
def serving(
    own: Identity, clients_pem: str, answer: bytes | Callable[[ssl.SSLSocket], None]
) -> Iterator[Server]:
    """Serve on loopback until the block ends."""
    context = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), clients_pem, "test")
    load_key(context, own.key)
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(url=f"https://127.0.0.1:{listener.getsockname()[1]}/as4", requests=[], shown=[])

    def run() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as line:
                    line.settimeout(5)
                    server.shown.append(line.getpeercert(binary_form=True))
                    server.requests.append(_request(line))
                    if callable(answer):
                        answer(line)
                    else:
                        line.sendall(answer)
            except OSError:
                plain.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _request(line: ssl.SSLSocket) -> bytes:
    """Return one whole request: what is unread when the line closes would break the answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        came = line.recv(65536)
        if not came:
            raise ConnectionError("broken off")
        got += came
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]):
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


def answer_of(body: bytes, status: str = "200 OK") -> bytes:
    """Return a whole HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


def by_the_byte(answer: bytes) -> Callable[[ssl.SSLSocket], None]:
    """Return what sends an answer one byte at a time, each in a record of its own."""

    def drip(line: ssl.SSLSocket) -> None:
        for byte in answer:
            line.sendall(bytes([byte]))

    return drip
