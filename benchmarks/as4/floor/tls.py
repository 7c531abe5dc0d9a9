"""Both ends of a kept-alive connection with mutual TLS, in one thread."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from datetime import timedelta
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from exchange_node.node.surroundings import utc_now
from exchange_node.security.certificates import Purpose, Subject, self_signed
from exchange_node.security.keys import new_rsa_key

_RECORD = 1 << 14
"""Bytes of one TLS record (RFC 8446, section 5.1)."""


class Connection:
    """One side sends a message, the other a receipt; both are counted, as both are this process."""

    def __init__(self, folder: Path) -> None:
        """Take a folder for a key that is used here alone."""
        pem = _key_pair(folder)
        listening = _context(ssl.PROTOCOL_TLS_SERVER, pem)
        calling = _context(ssl.PROTOCOL_TLS_CLIENT, pem)
        with socket.create_server(("127.0.0.1", 0)) as door:
            ends = socket.create_connection(door.getsockname()), door.accept()[0]
        accepted: list[ssl.SSLSocket] = []
        accepting = threading.Thread(
            target=lambda: accepted.append(listening.wrap_socket(ends[1], server_side=True))
        )
        accepting.start()
        self._client = calling.wrap_socket(ends[0])
        accepting.join()
        (self._server,) = accepted
        self._octets = os.urandom(_RECORD)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.close()

    def exchange(self, there: int, back: int) -> None:
        """Carry so many bytes there, and so many back."""
        self._carry(self._client, self._server, there)
        self._carry(self._server, self._client, back)

    def _carry(self, sender: ssl.SSLSocket, receiver: ssl.SSLSocket, size: int) -> None:
        # Record by record, so that neither end has to wait for the other.
        while size > 0:
            record = self._octets[:size]
            sender.sendall(record)
            left = len(record)
            while left > 0:
                left -= len(receiver.recv(left))
            size -= len(record)


def _key_pair(folder: Path) -> Path:
    key = new_rsa_key(2048)
    subject = Subject(
        party="customs.kz", country="KZ", administration="Floor", hosts=("localhost",)
    )
    certificate = self_signed(
        key,
        subject,
        Purpose.TLS,
        at=utc_now(),
        lifetime=timedelta(days=1),
        random_bytes=os.urandom,
    )
    path = folder / "floor.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return path


def _context(protocol: ssl._SSLMethod, pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_cert_chain(pem)
    context.load_verify_locations(pem)
    return context
