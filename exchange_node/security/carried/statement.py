"""Plain values ⇄ octets that a node has signed, to be kept and believed without asking it again.

    {"kind", "algorithm", "certificate": SHA-256, "signature"} LF  zlib(JSON)

The signature covers a heading, the kind and the compressed JSON. Nothing is decompressed before it
verifies, and no more than a bound after.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from exchange_node.domain.errors import BrokenSealError, InvalidSettingError
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import fingerprint
from exchange_node.security.keys import Signer, is_signed_by, public_key_of

MOST_PLAIN_BYTES = 20_000_000
"""Bytes of a statement's JSON (our choice): what thousands of expected trucks come to."""

MOST_HEAD_BYTES = 4_000
"""Bytes of what stands before it (our choice); an RSA signature of 4096 bits has 700."""

_HEADING = b"CAREC signed statement 1\n"
_METHODS = frozenset({alg.RSA_SHA256, alg.ECDSA_SHA256, alg.ED25519})
_LEAST_RSA_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a node has stated, found to be its own.

    Attributes:
        signer: the certificate it is signed with.
    """

    content: Mapping[str, Any]
    signer: x509.Certificate


def write_statement(kind: str, content: Mapping[str, object], signer: Signer) -> bytes:
    """Return a statement of plain values.

    Raises:
        InvalidSettingError: the key is of a kind that does not seal.
    """
    if signer.algorithm not in _METHODS:
        raise InvalidSettingError(where="seal key", why="want an RSA, EC or Ed25519 key")
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    body = zlib.compress(plain.encode(), 9)
    head = {
        "kind": kind,
        "algorithm": signer.algorithm,
        "certificate": fingerprint(signer.certificate),
        "signature": alg.encode64(signer.sign(_signed(kind, body))),
    }
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + body


def read_statement(octets: bytes, kind: str, trusted: Collection[x509.Certificate]) -> Statement:
    """Return what was stated, after its signature was found to hold.

    Args:
        kind: what the statement has to be.
        trusted: the seal certificates of the one administration that may have stated it. Whether
            one is valid now is for the caller to ask, whose clock may be wrong.

    Raises:
        BrokenSealError: a part is missing, it is of another kind, or not signed by any of them.
    """
    line, found, body = octets.partition(b"\n")
    head = _plain(line) if found and len(line) <= MOST_HEAD_BYTES else None
    if head is None:
        raise BrokenSealError(why="this is no signed statement, or its beginning is missing")
    if head.get("kind") != kind:
        raise BrokenSealError(
            why=f"want a statement of kind {kind}, not {str(head.get('kind'))[:40]!r}"
        )
    signer = next((one for one in trusted if fingerprint(one) == head.get("certificate")), None)
    if signer is None:
        raise BrokenSealError(why=f"its certificate is not among the {len(trusted)} trusted")
    key = public_key_of(signer)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        raise BrokenSealError(why=f"RSA of {key.key_size} bits is not strong enough")
    algorithm, signature = str(head.get("algorithm")), alg.decode64(str(head.get("signature")))
    is_good = (
        algorithm in _METHODS
        and signature is not None
        and is_signed_by(signer, algorithm, _signed(kind, body), signature)
    )
    if not is_good:
        raise BrokenSealError(why="a part is missing, or was altered on the way")
    content = _plain(_inflated(body))
    if content is None:
        raise BrokenSealError(why="what is stated is no JSON object")
    return Statement(content=content, signer=signer)


def _signed(kind: str, body: bytes) -> bytes:
    return _HEADING + kind.encode() + b"\n" + body


def _inflated(body: bytes) -> bytes:
    inflating = zlib.decompressobj()
    try:
        plain = inflating.decompress(body, MOST_PLAIN_BYTES)
    except zlib.error:
        raise BrokenSealError(why="what is stated is not compressed as it has to be") from None
    if not inflating.eof:
        raise BrokenSealError(why=f"it has more than {MOST_PLAIN_BYTES} bytes")
    return plain


def _plain(octets: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(octets)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
