"""Kinds of keys: what each is, how a new one is made, and what it can do.

RSA and Ed25519 as they are; elliptic curves by a list (eDelivery AS4 2.0, the alternative suite):
three of NIST for signing and agreeing, brainpoolP256r1 for agreeing alone.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from exchange_node.security import algorithms as alg

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey
OpeningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | X25519PrivateKey
PrivateKey = SigningKey | X25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | Ed25519PublicKey | X25519PublicKey

SIGNING_CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
AGREEMENT_CURVES = SIGNING_CURVES | {"brainpoolP256r1"}


def new_rsa_key(bits: int = 3072) -> rsa.RSAPrivateKey:
    """Return a new RSA key with exponent 65537."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def new_ec_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    """Return a new key on the curve; on P-256 where none is named."""
    return ec.generate_private_key(curve or ec.SECP256R1())


def new_ed25519_key() -> Ed25519PrivateKey:
    """Return a new Ed25519 key: it signs."""
    return Ed25519PrivateKey.generate()


def new_x25519_key() -> X25519PrivateKey:
    """Return a new X25519 key: it agrees on keys, and cannot sign its own certificate."""
    return X25519PrivateKey.generate()


def public_key_of(certificate: x509.Certificate) -> PublicKey | None:
    """Return the certificate's key, or None for one of a kind or shape unknown here."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, PublicKey) else None


def public_octets(key: object) -> bytes:
    """Return the SubjectPublicKeyInfo of a public key: two keys are one when these are equal."""
    if not isinstance(key, PublicKey):
        return b""
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def algorithm_of(key: object) -> str:
    """Return the XML Signature URI for a public key; empty for a kind that does not sign here."""
    match key:
        case rsa.RSAPublicKey():
            return alg.RSA_SHA256
        case ec.EllipticCurvePublicKey() if key.curve.name in SIGNING_CURVES:
            return alg.ECDSA_SHA256
        case Ed25519PublicKey():
            return alg.ED25519
        case _:
            return ""


def agreement_of(key: object) -> str:
    """Return the XML Encryption URI of the key agreement; empty for a kind that does not agree."""
    match key:
        case ec.EllipticCurvePublicKey() if key.curve.name in AGREEMENT_CURVES:
            return alg.ECDH_ES
        case X25519PublicKey():
            return alg.X25519
        case _:
            return ""


def opens(key: object) -> bool:
    """Whether a content key may be encrypted for the holder of this public key."""
    return isinstance(key, rsa.RSAPublicKey) or agreement_of(key) != ""


def kind_of(key: object) -> str:
    """Return what people call the kind of a public key, such as `RSA 3072`."""
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.name}"
        case Ed25519PublicKey():
            return "Ed25519"
        case X25519PublicKey():
            return "X25519"
        case _:
            return "unknown"
