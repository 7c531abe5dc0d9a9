"""A public key and a private one → a key that both sides know: agreement, derivation, wrapping.

    sender:    new ephemeral key → agree → HKDF → AES key wrap of the content key
    recipient: own static key    → agree → HKDF → unwrap

RFC 7748 (X25519), NIST SP 800-56A (ECDH), RFC 5869 (HKDF), RFC 3394 (AES key wrap). Public keys
travel as SubjectPublicKeyInfo in DER, so that what is compared and kept is one thing.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from exchange_node.security.keys.kinds import agreement_of, public_key_of, public_octets

_X25519_BYTES = 32
_CURVES: dict[str, ec.EllipticCurve] = {  # by object identifier: RFC 5480, RFC 5639
    "1.2.840.10045.3.1.7": ec.SECP256R1(),
    "1.3.132.0.34": ec.SECP384R1(),
    "1.3.132.0.35": ec.SECP521R1(),
    "1.3.36.3.3.2.8.1.1.7": ec.BrainpoolP256R1(),
}
_OIDS = {curve.name: oid for oid, curve in _CURVES.items()}


def agree_with(
    certificate: x509.Certificate, random_bytes: Callable[[int], bytes]
) -> tuple[bytes, bytes] | None:
    """Return a new ephemeral public key and the secret it shares with the certificate's holder.

    None for a certificate whose key does not agree. A key on a curve draws its own random octets.
    """
    match public_key_of(certificate):
        case X25519PublicKey() as theirs:
            ours = X25519PrivateKey.from_private_bytes(random_bytes(_X25519_BYTES))
            return _both(public_octets(ours.public_key()), shared(ours, public_octets(theirs)))
        case ec.EllipticCurvePublicKey() as theirs if agreement_of(theirs):
            one = ec.generate_private_key(theirs.curve)
            return _both(public_octets(one.public_key()), shared(one, public_octets(theirs)))
        case _:
            return None


def shared(
    private: X25519PrivateKey | ec.EllipticCurvePrivateKey, public_spki: bytes
) -> bytes | None:
    """Return the secret that two keys share, or None for whatever does not agree; never why.

    All zeros are no secret: the other key was of small order (RFC 7748, section 6.1).
    """
    try:
        theirs = serialization.load_der_public_key(public_spki)
        match private:
            case X25519PrivateKey() if isinstance(theirs, X25519PublicKey):
                secret = private.exchange(theirs)
            case ec.EllipticCurvePrivateKey() if (
                isinstance(theirs, ec.EllipticCurvePublicKey)
                and theirs.curve.name == private.curve.name
                and agreement_of(theirs)
            ):
                secret = private.exchange(ec.ECDH(), theirs)
            case _:
                return None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return secret if any(secret) else None


def derive(secret: bytes, *, salt: bytes, info: bytes, size: int) -> bytes:
    """Return `size` octets of HKDF with SHA-256 (RFC 5869)."""
    return HKDF(
        algorithm=hashes.SHA256(), length=size, salt=salt or None, info=info or None
    ).derive(secret)


def wrap(key: bytes, content_key: bytes) -> bytes:
    """Return the content key under AES key wrap (RFC 3394); eight octets longer."""
    return keywrap.aes_key_wrap(key, content_key)


def unwrap(key: bytes, wrapped: bytes) -> bytes | None:
    """Return the content key, or None for whatever does not open."""
    try:
        return keywrap.aes_key_unwrap(key, wrapped)
    except (keywrap.InvalidUnwrap, ValueError):
        return None


def point_of(public_spki: bytes) -> tuple[str, bytes] | None:
    """Return curve (object identifier) and uncompressed point; None for a key on no curve here."""
    try:
        key = serialization.load_der_public_key(public_spki)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in _OIDS:
        return None
    point = key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return _OIDS[key.curve.name], point


def public_key_at(oid: str, point: bytes) -> bytes | None:
    """Return the SubjectPublicKeyInfo of a point; None where curve or point is none."""
    curve = _CURVES.get(oid)
    if curve is None:
        return None
    try:
        return public_octets(ec.EllipticCurvePublicKey.from_encoded_point(curve, point))
    except ValueError:
        return None


def _both(public: bytes, secret: bytes | None) -> tuple[bytes, bytes] | None:
    return None if secret is None else (public, secret)
