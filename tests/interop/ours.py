"""Our message service without the node around it: pack and unpack over real TLS sockets."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from exchange_node import node as nodes
from exchange_node.domain.errors import ProtocolError
from exchange_node.domain.message import CODES
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import (
    ErrorSignal,
    OwnKeys,
    Packed,
    PartnerKeys,
    Payload,
    Receipt,
    Received,
    UserMessage,
)
from exchange_node.ebms.pack import pack
from exchange_node.ebms.pmodes.derivation import EXCHANGE_PROPERTIES, derive
from exchange_node.ebms.pmodes.matching import PModes
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.signals import check_receipt, error_for, read_answer, receipt_for
from exchange_node.ebms.unpack import peek, unpack
from exchange_node.policy.text.reading import read_agreement
from exchange_node.security.keys import OpeningKey, PemDecrypter, PemSigner, SigningKey
from exchange_node.transport.https import HttpsLine, Route
from exchange_node.transport.tls import TlsKey, load_key, pinned
from tests.interop.identities import Identity
from tests.interop.peer import AGREEMENTS, Json

SECRET = b"for the run of a test"
PROPERTIES = dict.fromkeys(EXCHANGE_PROPERTIES, "1")
"""Message properties that have to be there; what they say is for the whole node."""


@dataclass
class Ours:
    """One party of ours: keys, what it knows of the peer, what it took in."""

    own: OwnKeys
    partner: PartnerKeys
    pmodes: PModes
    url: str = ""
    line: HttpsLine | None = field(default=None, repr=False)
    received: list[Received] = field(default_factory=list)
    refused: list[ProtocolError] = field(default_factory=list)
    _numbers: int = 0

    def message(self, *payloads: Payload, **changes: object) -> UserMessage:
        """Return a message to the peer."""
        plain = {
            "message_id": self.new_message_id(),
            "timestamp": now(),
            "from_party": self.own.party,
            "to_party": self.partner.party,
            "agreement_ref": AGREEMENTS[0],
            "service": CODES["TM-010"].service,
            "action": "TM-010",
            "conversation_id": "KZ/mrn/26KZ0000000000001",
            "properties": PROPERTIES,
            "payloads": payloads,
        }
        return UserMessage(**{**plain, **changes})  # type: ignore[arg-type]

    def new_message_id(self) -> str:
        self._numbers += 1
        return f"{os.getpid()}-{os.urandom(4).hex()}-{self._numbers}@{self.own.party}"

    def pack(self, message: UserMessage) -> Packed:
        return pack(message, keys=self.own, partner=self.partner, at=now(), random_bytes=os.urandom)

    def post(self, packed: Packed) -> Receipt | ErrorSignal | None:
        """Send finished bytes; return what the peer answered, its signature verified."""
        assert self.line is not None
        answer = self.line.post(self.partner.party, packed.content_type, packed.body)
        return read_answer(answer.content_type, whole(answer.body), partner=self.partner, at=now())

    def send(self, message: UserMessage) -> Receipt | ErrorSignal | None:
        """Send a message; a receipt is compared with what was signed."""
        packed = self.pack(message)
        answer = self.post(packed)
        if isinstance(answer, Receipt):
            check_receipt(answer, message_id=message.message_id, references=packed.references)
        return answer

    def receive(self, content_type: str, body: bytes) -> Packed:
        """Take a message in: the receipt or the error that answers it."""
        try:
            received = unpack(
                content_type,
                body,
                own=self.own,
                partners={self.partner.party: self.partner},
                pmodes=self.pmodes,
                at=now(),
            )
        except ProtocolError as err:
            self.refused.append(err)
            return error_for(
                err,
                ref_to=peek(content_type, body),
                message_id=self.new_message_id(),
                at=now(),
                random_bytes=os.urandom,
                keys=self.own,
                partner=self.partner,
                explains=True,
            )
        self.received.append(received)
        return receipt_for(
            received,
            message_id=self.new_message_id(),
            at=now(),
            keys=self.own,
            random_bytes=os.urandom,
        )

    def last(self, message_id: str) -> Received:
        return next(one for one in self.received if one.message.message_id == message_id)


def now() -> datetime:
    return datetime.now(UTC)


def answered_to(json: Json) -> str:
    """Return what a report of the peer says in one line, for a failed test."""
    return str({name: json.get(name) for name in ("outcome", "status", "errors", "why")})


@contextmanager
def listening(
    folder: Path, *, own: Identity, partner: Identity, keys: PartnerKeys, peer_url: str
) -> Iterator[Ours]:
    """Listen for the peer and be ready to call it."""
    folder.mkdir(parents=True, exist_ok=True)
    tls = _tls_key(folder, own)
    line = HttpsLine(tls, {partner.party: Route(url=peer_url, certificates_pem=partner.tls.pem)})
    assert isinstance(own.signing.key, SigningKey)
    assert isinstance(own.encryption.key, OpeningKey)
    ours = Ours(
        own=OwnKeys(
            party=own.party,
            signers=(PemSigner(own.signing.key, own.signing.certificate, own.signing.above),),
            decrypters=(PemDecrypter(own.encryption.key, own.encryption.certificate),),
        ),
        partner=keys,
        pmodes=_agreed(own.party, partner.party),
        line=line,
    )
    context = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), partner.tls.pem, "peer")
    load_key(context, tls)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _door(ours))
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    ours.url = f"https://127.0.0.1:{server.server_address[1]}/as4"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield ours
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        line.close()


def _agreed(own: str, partner: str) -> PModes:
    """Return what is agreed both ways."""
    both = ((own, partner), (partner, own))
    texts = [nodes.pair_agreement(*(one[-2:].upper() for one in pair)) for pair in both]
    return derive(
        own=own,
        agreements=[read_agreement(text, "sample") for text in texts],
        modes={partner: PartnerMode(party=partner)},
    )


def _door(ours: Ours) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = ours.receive(self.headers["Content-Type"], body)
            self.send_response(200)
            self.send_header("Content-Type", packed.content_type)
            self.send_header("Content-Length", str(len(whole(packed.body))))
            self.end_headers()
            self.wfile.write(whole(packed.body))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    return Door


def _tls_key(folder: Path, own: Identity) -> TlsKey:
    """Write the TLS certificate and its encrypted key where the transport reads them."""
    certificate, key = folder / "tls.cert.pem", folder / "tls.key.pem"
    certificate.write_text(own.tls.pem, "ascii")
    key.write_bytes(
        own.tls.key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(SECRET)
        )
    )
    return TlsKey(certificate_file=certificate, key_file=key, passphrase=SECRET)
