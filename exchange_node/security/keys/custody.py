"""Who holds a private key, and what its holder does: sign · open · agree.

`Signer` and `Decrypter` are the custody of keys: a PEM file's key stands behind them here, a key
in an HSM (PKCS#11) stands behind the same Protocols in the room of authorities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security import algorithms as alg
from exchange_node.security.keys import agreement
from exchange_node.security.keys.kinds import (
    OpeningKey,
    SigningKey,
    algorithm_of,
    opens,
    public_key_of,
    public_octets,
)

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - OAEP's own default; no collision resistance is asked of it
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_RSA_HASHES = {
    alg.RSA_SHA256: hashes.SHA256(),
    alg.RSA_SHA384: hashes.SHA384(),
    alg.RSA_SHA512: hashes.SHA512(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Oaep:
    """Parameters of RSA-OAEP (RFC 8017, section 7.1); digest and mask are hash names."""

    digest: str
    mask: str
    label: bytes = b""


class Signer(Protocol):
    """A key that signs, wherever it is kept."""

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""
        ...

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates above it, nearest first; empty when it is self-signed."""
        ...

    @property
    def algorithm(self) -> str:
        """XML Signature URI of what `sign` makes."""
        ...

    def sign(self, octets: bytes) -> bytes:
        """Return the signature as `ds:SignatureValue` carries it, decoded."""
        ...


class Decrypter(Protocol):
    """A key that opens what was encrypted for it, wherever it is kept.

    A key does one of the two: what it does not do gives None, as whatever does not open does.
    """

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""
        ...

    def decrypt(self, cipher_value: bytes, oaep: Oaep) -> bytes | None:
        """Return the octets, or None for whatever does not open; never why."""
        ...

    def agree(self, originator: bytes) -> bytes | None:
        """Return the secret shared with a public key (SubjectPublicKeyInfo), or None; never why."""
        ...


@dataclass(frozen=True, slots=True)
class PemSigner:
    """A signing key held in this process.

    Attributes:
        chain: certificates above `certificate`, nearest first; empty when it is self-signed.
    """

    key: SigningKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def __post_init__(self) -> None:
        _check(self.key, self.certificate, "signing key", does=bool(self.algorithm))

    @property
    def algorithm(self) -> str:
        """RSA with SHA-256, ECDSA with SHA-256 or Ed25519, by the kind of key."""
        return algorithm_of(self.key.public_key())

    def sign(self, octets: bytes) -> bytes:
        """Return the signature over the octets; ECDSA as r and s side by side."""
        match self.key:
            case rsa.RSAPrivateKey():
                return self.key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
            case ec.EllipticCurvePrivateKey():
                r, s = decode_dss_signature(self.key.sign(octets, ec.ECDSA(hashes.SHA256())))
                width = _width(self.key.curve)
                return r.to_bytes(width) + s.to_bytes(width)
            case Ed25519PrivateKey():  # pragma: no branch - the union is closed
                return self.key.sign(octets)


@dataclass(frozen=True, slots=True)
class PemDecrypter:
    """A decryption key held in this process."""

    key: OpeningKey = field(repr=False)
    certificate: x509.Certificate

    def __post_init__(self) -> None:
        does = opens(self.key.public_key())
        _check(self.key, self.certificate, "decryption key", does=does)

    def decrypt(self, cipher_value: bytes, oaep: Oaep) -> bytes | None:
        """Return the octets, or None for whatever does not open; never why."""
        if not isinstance(self.key, rsa.RSAPrivateKey):
            return None
        try:
            return self.key.decrypt(cipher_value, _padding(oaep))
        except ValueError:
            return None

    def agree(self, originator: bytes) -> bytes | None:
        """Return the secret shared with a public key, or None for whatever does not agree."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return None
        return agreement.shared(self.key, originator)


def wrap_oaep(certificate: x509.Certificate, octets: bytes, oaep: Oaep) -> bytes:
    """Return the octets encrypted for the holder of an RSA certificate.

    Raises:
        InvalidSettingError: the certificate holds no RSA key.
    """
    key = public_key_of(certificate)
    if not isinstance(key, rsa.RSAPublicKey):
        raise InvalidSettingError(where="encryption certificate", why="it holds no RSA key")
    return key.encrypt(octets, _padding(oaep))


def is_signed_by(
    certificate: x509.Certificate, algorithm: str, octets: bytes, signature: bytes
) -> bool:
    """Whether the signature over the octets is by the certificate's key, under that algorithm."""
    key = public_key_of(certificate)
    try:
        match key:
            case rsa.RSAPublicKey() if algorithm in _RSA_HASHES:
                key.verify(signature, octets, padding.PKCS1v15(), _RSA_HASHES[algorithm])
            case ec.EllipticCurvePublicKey() if algorithm == alg.ECDSA_SHA256 == algorithm_of(key):
                width = _width(key.curve)
                if len(signature) != 2 * width:
                    return False
                r, s = signature[:width], signature[width:]
                der = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
                key.verify(der, octets, ec.ECDSA(hashes.SHA256()))
            case Ed25519PublicKey() if algorithm == alg.ED25519:
                key.verify(signature, octets)
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def _check(
    key: SigningKey | OpeningKey, certificate: x509.Certificate, where: str, *, does: bool
) -> None:
    if public_octets(key.public_key()) != public_octets(public_key_of(certificate)):
        raise InvalidSettingError(
            where=where, why="it does not belong to the certificate beside it"
        )
    if not does:
        raise InvalidSettingError(where=where, why="a key of this kind is not used for it")


def _width(curve: ec.EllipticCurve) -> int:
    """Return the octets of r and of s: as wide as the order of the curve (RFC 9231, 2.3.6)."""
    return (curve.key_size + 7) // 8


def _padding(oaep: Oaep) -> padding.OAEP:
    return padding.OAEP(
        mgf=padding.MGF1(_HASHES[oaep.mask]),
        algorithm=_HASHES[oaep.digest],
        label=oaep.label or None,
    )
