"""Private keys and who holds them: make · encrypt to PEM · load · sign · decrypt.

`Signer` and `Decrypter` are the custody of keys: a PEM file's key stands behind them here, a key
in an HSM (PKCS#11) stands behind the same Protocols in the room of authorities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from exchange_node.domain.errors import InvalidSettingError, PassphraseError
from exchange_node.security import algorithms as alg

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | Ed25519PublicKey

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
_MOST_PASSPHRASE_BYTES = 1023  # OpenSSL's own bound
_P256_BYTES = 32  # RFC 9231, section 2.3.6: r and s, each as wide as the order of the curve


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
    def algorithm(self) -> str:
        """XML Signature URI of what `sign` makes."""
        ...

    def sign(self, octets: bytes) -> bytes:
        """Return the signature as `ds:SignatureValue` carries it, decoded."""
        ...


class Decrypter(Protocol):
    """A key that opens what was encrypted for it, wherever it is kept."""

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""
        ...

    def decrypt(self, cipher_value: bytes, oaep: Oaep) -> bytes | None:
        """Return the octets, or None for whatever does not open; never why."""
        ...


def new_rsa_key(bits: int = 3072) -> rsa.RSAPrivateKey:
    """Return a new RSA key with exponent 65537."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def new_ec_key() -> ec.EllipticCurvePrivateKey:
    """Return a new key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def new_ed25519_key() -> Ed25519PrivateKey:
    """Return a new Ed25519 key."""
    return Ed25519PrivateKey.generate()


def encrypt_private_key(key: PrivateKey, passphrase: str) -> bytes:
    """Return the key as PKCS#8 PEM, encrypted under the passphrase.

    Raises:
        PassphraseError: the passphrase is empty, or longer than PEM encryption takes.
    """
    secret = passphrase_octets(passphrase)
    if not 0 < len(secret) <= _MOST_PASSPHRASE_BYTES:
        why = f"want a passphrase of 1 to {_MOST_PASSPHRASE_BYTES} octets"
        raise PassphraseError(which="that is to be written", why=why)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(secret),
    )


def load_private_key(pem: bytes, passphrase: str | None, *, which: str = "key") -> PrivateKey:
    """Return the private key in a PEM text; `which` names it in an error.

    Raises:
        PassphraseError: the key is encrypted and the passphrase is missing or wrong.
        InvalidSettingError: this is no private key, or one of a kind unknown here.
    """
    if b"-----BEGIN" not in pem:
        raise InvalidSettingError(where=which, why="it holds no PEM block")
    is_encrypted = b"ENCRYPTED" in pem
    if is_encrypted and not passphrase:
        raise PassphraseError(which=which, why="it is encrypted and no passphrase was given")
    secret = passphrase_octets(passphrase) if is_encrypted and passphrase else None
    try:
        key = serialization.load_pem_private_key(pem, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # OpenSSL says the same of a wrong passphrase and of a damaged file.
        if is_encrypted:
            raise PassphraseError(
                which=which, why="the passphrase is wrong or the file is damaged"
            ) from None
        raise InvalidSettingError(where=which, why="it holds no usable private key") from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, (rsa.RSAPrivateKey, Ed25519PrivateKey)):
        return key
    raise InvalidSettingError(where=which, why="want an RSA, P-256 or Ed25519 key")


def passphrase_octets(passphrase: str) -> bytes:
    """Return the octets the operator typed: the environment escapes what is no UTF-8.

    Raises:
        PassphraseError: the text stands for no octets.
    """
    try:
        return passphrase.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise PassphraseError(which="of this node", why="the passphrase is no text") from None


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
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return alg.ECDSA_SHA256
        case Ed25519PublicKey():
            return alg.ED25519
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class PemSigner:
    """A signing key held in this process.

    Attributes:
        chain: certificates above `certificate`, nearest first; empty when it is self-signed.
    """

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def __post_init__(self) -> None:
        if public_octets(self.key.public_key()) != public_octets(public_key_of(self.certificate)):
            raise InvalidSettingError(
                where="signing key", why="it does not belong to the certificate beside it"
            )

    @property
    def algorithm(self) -> str:
        """RSA with SHA-256, ECDSA with SHA-256 on P-256, or Ed25519, by the kind of key."""
        return algorithm_of(self.key.public_key())

    def sign(self, octets: bytes) -> bytes:
        """Return the signature over the octets; ECDSA as r and s side by side."""
        match self.key:
            case rsa.RSAPrivateKey():
                return self.key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
            case ec.EllipticCurvePrivateKey():
                r, s = decode_dss_signature(self.key.sign(octets, ec.ECDSA(hashes.SHA256())))
                return r.to_bytes(_P256_BYTES) + s.to_bytes(_P256_BYTES)
            case Ed25519PrivateKey():  # pragma: no branch - the union is closed
                return self.key.sign(octets)


@dataclass(frozen=True, slots=True)
class PemDecrypter:
    """A decryption key held in this process."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate

    def __post_init__(self) -> None:
        if public_octets(self.key.public_key()) != public_octets(public_key_of(self.certificate)):
            raise InvalidSettingError(
                where="decryption key", why="it does not belong to the certificate beside it"
            )

    def decrypt(self, cipher_value: bytes, oaep: Oaep) -> bytes | None:
        """Return the octets, or None for whatever does not open; never why."""
        try:
            return self.key.decrypt(cipher_value, _padding(oaep))
        except ValueError:
            return None


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
    try:
        match public_key_of(certificate):
            case rsa.RSAPublicKey() as key if algorithm in _RSA_HASHES:
                key.verify(signature, octets, padding.PKCS1v15(), _RSA_HASHES[algorithm])
            case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()) as key if (
                algorithm == alg.ECDSA_SHA256
            ):
                if len(signature) != 2 * _P256_BYTES:
                    return False
                r, s = signature[:_P256_BYTES], signature[_P256_BYTES:]
                der = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
                key.verify(der, octets, ec.ECDSA(hashes.SHA256()))
            case Ed25519PublicKey() as key if algorithm == alg.ED25519:
                key.verify(signature, octets)
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def _padding(oaep: Oaep) -> padding.OAEP:
    return padding.OAEP(
        mgf=padding.MGF1(_HASHES[oaep.mask]),
        algorithm=_HASHES[oaep.digest],
        label=oaep.label or None,
    )
