"""A partner whose TLS certificate comes from an intermediate authority, and shaking hands."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from exchange_node.security.certificates import der_of, write_pem
from exchange_node.security.keys import encrypt_private_key
from exchange_node.transport.tls import TlsKey
from tests.security.authority import Authority, new_key, new_root
from tests.transport.conftest import PASSPHRASE, Identity

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
USAGE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])
HOST = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])


Wires = tuple[ssl.MemoryBIO, ssl.MemoryBIO, ssl.MemoryBIO, ssl.MemoryBIO]


class Lasting(TypedDict):
    """From when a certificate is valid, and until when."""

    start: datetime
    end: datetime


# OpenSSL asks the machine's own clock: what is shown has to be valid by it.
LASTING: Lasting = {"start": NOW - DAY, "end": NOW + DAY}


def _root() -> Authority:
    made = new_root()
    own = made.subordinate("Root", made.key, **LASTING)
    return Authority(made.key, own.certificate)


@dataclass
class Chain:
    """An authority, one below it, and what that has issued to a partner."""

    root: Authority = field(default_factory=_root)
    name: str = "as4.customs.uz"

    def __post_init__(self) -> None:
        self.middle = self.root.subordinate("Issuing", **LASTING)
        self.key = new_key()
        self.leaf = self.middle.issue(
            self.name,
            self.key.public_key(),
            more=[(USAGE, False), (HOST, False)],
            **LASTING,
        )

    @property
    def ders(self) -> tuple[bytes, bytes]:
        return der_of(self.leaf), der_of(self.middle.certificate)

    @property
    def root_pem(self) -> str:
        return write_pem(self.root.certificate).decode()

    def identity(self, folder: Path, *, sends_all: bool = True) -> Identity:
        """Return it as TLS key on disk; the intermediate's certificate is sent along, or not."""
        sent = (self.leaf, self.middle.certificate) if sends_all else (self.leaf,)
        files = TlsKey(
            certificate_file=folder / "chain.cert.pem",
            key_file=folder / "chain.key.pem",
            passphrase=PASSPHRASE.encode(),
        )
        pem = write_pem(*sent)
        files.certificate_file.write_bytes(pem)
        files.key_file.write_bytes(encrypt_private_key(self.key, PASSPHRASE))
        return Identity(key=files, pem=pem.decode())


def _shake(client: ssl.SSLObject, server: ssl.SSLObject, wires: Wires) -> None:
    """Let both ends shake hands and say a word to each other, which brings tickets along."""
    to_client, from_client, to_server, from_server = wires

    def carry() -> None:
        to_server.write(from_client.read())
        to_client.write(from_server.read())

    waiting = [client.do_handshake, server.do_handshake]
    for _ in range(20):
        for step in list(waiting):
            try:
                step()
            except ssl.SSLWantReadError:
                carry()
            else:
                waiting.remove(step)
    assert not waiting
    carry()
    server.write(b"x")
    carry()
    assert client.read(1) == b"x"


def connected(
    calling: ssl.SSLContext, listening: ssl.SSLContext, session: ssl.SSLSession | None = None
) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Return both ends of a connection in memory; `session` is one to be taken up again."""
    wires = ssl.MemoryBIO(), ssl.MemoryBIO(), ssl.MemoryBIO(), ssl.MemoryBIO()
    client = calling.wrap_bio(wires[0], wires[1], server_hostname="127.0.0.1", session=session)
    server = listening.wrap_bio(wires[2], wires[3], server_side=True)
    _shake(client, server, wires)
    return client, server
