"""The bare cost of a message: the cryptography, gzip, XML, TLS and inserts that are in it.

Nothing here is ours: every call goes straight to OpenSSL, zlib, lxml and SQLite, once for each time
that a message needs it, on both sides together. HTTP, headers, P-Modes, certificates, permissions
and the audit trail cost nothing here.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from lxml import etree

from benchmarks.as4.floor.tls import Connection

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from benchmarks.as4.nodes.pair import Suite

_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
_GCM_NONCE = 12
_ENVELOPE = re.compile(rb"<(?:\w+:)?Envelope[\s>].*</(?:\w+:)?Envelope>", re.DOTALL)

Part = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Travelled:
    """One message as it went: a document, the package on the line, and its receipt."""

    document: bytes
    package: bytes
    receipt: bytes

    @property
    def envelope(self) -> bytes:
        """The SOAP envelope in the package."""
        found = _ENVELOPE.search(self.package)
        if found is None:
            raise SystemExit("no envelope is in the package")
        return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """What the whole way has beside the message that carries the document.

    Attributes:
        checked: documents that are validated against a schema, as often as they stand here.
        sealed: documents that are sealed, opened and parsed: the manifest and its answer.
        answer: the message that brings the answer back.
    """

    declaration: bytes
    checked: Sequence[tuple[bytes, Path]]
    sealed: Sequence[bytes]
    answer: Travelled


class Floor:
    """Everything that one message contains, ready to be done again and again."""

    def __init__(
        self,
        folder: Path,
        suite: Suite,
        message: Travelled,
        *,
        group: int,
        corridor: Corridor | None = None,
    ) -> None:
        """Take a folder on a disk, and how many inserts share a commit."""
        self._stack = ExitStack()
        own = Path(self._stack.enter_context(TemporaryDirectory(dir=folder)))
        connection = self._stack.enter_context(Connection(own))
        messages = [message, *([corridor.answer] if corridor else [])]
        self._group = group
        self._parts = [
            part
            for one in messages
            for part in (_keys(suite), _payload(one), _at_rest(one), _envelopes(one))
        ]
        self._parts += [_line(connection, one) for one in messages]
        if corridor is not None:
            self._parts += [_documents(corridor), *map(_seal, corridor.sealed)]
        self._sides = [
            _Side(self._stack, own / f"{number}-{name}.db", content)
            for number, one in enumerate(messages)
            for name, content in (("sender", one.package), ("receiver", one.document))
        ]

    def cpu_ms(self, seconds: float) -> float:
        """Return the processor's time for one message, in milliseconds; take so many seconds."""
        messages = 0
        cpu, begun = time.process_time(), time.perf_counter()
        while not messages or time.perf_counter() - begun < seconds:
            for _ in range(self._group):
                for part in self._parts:
                    part()
            for side in self._sides:
                side.insert(self._group)
            messages += self._group
        return (time.process_time() - cpu) / messages * 1000

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _keys(suite: Suite) -> Part:
    """Return message and receipt signed and verified, and a content key sent across."""
    octets, content_key = os.urandom(2000), os.urandom(16)
    if suite.peers == "1.15":
        key = rsa.generate_private_key(public_exponent=65537, key_size=suite.rsa_bits)
        public = key.public_key()

        def with_rsa() -> None:
            for _ in ("message", "receipt"):
                signature = key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
                public.verify(signature, octets, padding.PKCS1v15(), hashes.SHA256())
            key.decrypt(public.encrypt(content_key, _OAEP), _OAEP)

        return with_rsa
    signing, static = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    verifying, known = signing.public_key(), static.public_key()
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw

    def derived(secret: bytes, salt: bytes) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=16, salt=salt, info=b"").derive(secret)

    def with_curves() -> None:
        for _ in ("message", "receipt"):
            verifying.verify(signing.sign(octets), octets)
        salt, ephemeral = os.urandom(32), X25519PrivateKey.generate()
        sent = ephemeral.public_key().public_bytes(*raw)
        wrapped = aes_key_wrap(derived(ephemeral.exchange(known), salt), content_key)
        agreed = static.exchange(X25519PublicKey.from_public_bytes(sent))
        aes_key_unwrap(derived(agreed, salt), wrapped)

    return with_curves


def _payload(message: Travelled) -> Part:
    """Return the payload compressed, digested and encrypted, and all of that undone."""
    document = message.document

    def work() -> None:
        key = AESGCM(os.urandom(16))
        nonce = os.urandom(_GCM_NONCE)
        packed = gzip.compress(document, compresslevel=1)
        hashlib.sha256(packed).digest()
        packed = key.decrypt(nonce, key.encrypt(nonce, packed, None), None)
        hashlib.sha256(packed).digest()
        gzip.decompress(packed)

    return work


def _at_rest(message: Travelled) -> Part:
    """Return what is kept encrypted: package, document, the receipt twice; the package opened."""
    key = AESGCM(os.urandom(32))

    def work() -> None:
        for one in (message.document, message.receipt, message.receipt):
            key.encrypt(os.urandom(_GCM_NONCE), one, None)
        nonce = os.urandom(_GCM_NONCE)
        key.decrypt(nonce, key.encrypt(nonce, message.package, None), None)

    return work


def _envelopes(message: Travelled) -> Part:
    """Return message and receipt written, parsed, and what is signed made canonical, twice each."""
    written = [(etree.fromstring(one), one) for one in (message.envelope, message.receipt)]

    def work() -> None:
        for made, octets in written:
            for root in (made, etree.fromstring(octets)):
                for element in _signed(root):
                    hashlib.sha256(_canonical(element)).digest()
            etree.tostring(made)

    return work


def _signed(root: Element) -> list[Element]:
    """Return Messaging, Body and the SignedInfo above them."""
    names = ("Messaging", "SignedInfo", "Body")
    return [next(root.iter(f"{{*}}{name}")) for name in names]


def _canonical(element: Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _documents(corridor: Corridor) -> Part:
    """Return declaration and sealed documents parsed and written, and each schema asked."""
    schemas = {path: etree.XMLSchema(etree.parse(path)) for _, path in corridor.checked}
    checked = [(schemas[path], etree.fromstring(one)) for one, path in corridor.checked]

    def work() -> None:
        etree.fromstring(corridor.declaration)
        for schema, tree in checked:
            if not schema.validate(tree):
                raise SystemExit(f"a document of the corridor is not valid: {schema.error_log}")
        for one in corridor.sealed:
            etree.tostring(etree.fromstring(one))

    return work


def _seal(document: bytes) -> Part:
    """Return a document made canonical and signed with P-256, and that verified."""
    key, tree = ec.generate_private_key(ec.SECP256R1()), etree.fromstring(document)
    public, algorithm = key.public_key(), ec.ECDSA(hashes.SHA256())

    def work() -> None:
        signature = key.sign(hashlib.sha256(_canonical(tree)).digest(), algorithm)
        public.verify(signature, hashlib.sha256(_canonical(tree)).digest(), algorithm)

    return work


def _line(connection: Connection, message: Travelled) -> Part:
    """Return the message sent there and the receipt sent back."""
    return lambda: connection.exchange(len(message.package), len(message.receipt))


class _Side:
    """One insert for each message, so many of them in one commit that reaches the disk."""

    def __init__(self, stack: ExitStack, path: Path, content: bytes) -> None:
        self._content = content
        self._conn = sqlite3.connect(path, isolation_level=None)
        stack.callback(self._conn.close)
        self._conn.execute("PRAGMA journal_mode=WAL")
        self._conn.execute("PRAGMA synchronous=FULL")
        self._conn.execute("CREATE TABLE message (id TEXT PRIMARY KEY, content BLOB NOT NULL)")

    def insert(self, group: int) -> None:
        self._conn.execute("BEGIN IMMEDIATE")
        for _ in range(group):
            values = (os.urandom(16).hex(), self._content)
            self._conn.execute("INSERT INTO message VALUES (?, ?)", values)
        self._conn.execute("COMMIT")
