"""A security suite: which algorithms protect a message, and the work they do.

`Suite` is the interface; `Rsa` stands behind it for eDelivery AS4 1.15 (RSA-SHA256, RSA-OAEP with
SHA-256, AES-128-GCM). eDelivery AS4 2.0 (Ed25519, X25519) will stand beside it.

What fails in decryption fails alike: a content key that could not be opened is still carried
through the cipher, and only then refused, so that neither the answer nor its time tells a sender
which step failed (W3C XML Encryption 1.1, section 6.1.2; eDelivery AS4: one EBMS:0102 for all).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange_node.domain.errors import (
    AuthenticationError,
    DecryptionError,
    InvalidSettingError,
    SecurityPolicyError,
)
from exchange_node.security import algorithms as alg
from exchange_node.security.keys import (
    Decrypter,
    Oaep,
    Signer,
    is_signed_by,
    public_key_of,
    wrap_oaep,
)

_IV_BYTES = 12  # W3C XML Encryption 1.1, section 5.2.4: 96-bit IV, then the text, then the tag
_TAG_BYTES = 16
_LEAST_RSA_BITS = 2048  # eDelivery AS4 1.15, Common Profile: 2048 bits or more
_OAEP_DIGESTS = {
    alg.SHA1: "sha1",
    alg.SHA256: "sha256",
    alg.SHA384: "sha384",
    alg.SHA512: "sha512",
}
_OAEP_MASKS = {
    alg.MGF1_SHA1: "sha1",
    alg.MGF1_SHA256: "sha256",
    alg.MGF1_SHA384: "sha384",
    alg.MGF1_SHA512: "sha512",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedKey:
    """A content key encrypted for one recipient, as `xenc:EncryptedKey` describes it.

    Attributes:
        algorithm: URI of the key transport.
        digest: URI of the OAEP digest; empty where the element is absent (then SHA-1).
        mask: URI of the mask generation function; empty where absent (then MGF1 with SHA-1).
        label: `xenc:OAEPparams`, decoded.
    """

    algorithm: str
    cipher_value: bytes
    digest: str = ""
    mask: str = ""
    label: bytes = b""


@dataclass(frozen=True, slots=True)
class ContentKey:
    """A symmetric key for the payloads of one message.

    Invariant: a key that could not be opened is not `is_sound` and decrypts nothing.
    """

    octets: bytes = field(repr=False)
    is_sound: bool = field(default=True, repr=False)


class Suite(Protocol):
    """The algorithms of one edition of the profile, by URI, and what they do."""

    @property
    def name(self) -> str:
        """What settings call the suite."""
        ...

    @property
    def digest(self) -> str:
        """What our own references use."""
        ...

    @property
    def digests(self) -> frozenset[str]:
        """What a partner's references may use."""
        ...

    @property
    def signature_methods(self) -> frozenset[str]:
        """What a partner may sign with."""
        ...

    @property
    def content_cipher(self) -> str:
        """What payloads are encrypted with, both ways."""
        ...

    def signature_method(self, signer: Signer) -> str:
        """Return the URI of what `sign` does with this key.

        Raises:
            InvalidSettingError: the key is of a kind that the suite does not sign with.
        """
        ...

    def sign(self, signer: Signer, octets: bytes) -> bytes:
        """Return the signature over the octets, as `ds:SignatureValue` carries it, decoded.

        Raises:
            InvalidSettingError: the key is of a kind that the suite does not sign with.
        """
        ...

    def verify(
        self, certificate: x509.Certificate, algorithm: str, octets: bytes, signature: bytes
    ) -> None:
        """Return when the signature over the octets is by the certificate's key.

        Raises:
            SecurityPolicyError: the algorithm, or the kind or size of the key, is not the suite's.
            AuthenticationError: the signature is not by that key, or not over these octets.
        """
        ...

    def new_content_key(self, random_bytes: Callable[[int], bytes]) -> ContentKey:
        """Return a fresh content key of the cipher's length."""
        ...

    def encrypt_key(self, certificate: x509.Certificate, key: ContentKey) -> EncryptedKey:
        """Return the content key encrypted for the holder of the certificate.

        Raises:
            InvalidSettingError: the certificate's key is of a kind the suite does not encrypt for.
        """
        ...

    def decrypt_key(self, decrypter: Decrypter, encrypted: EncryptedKey) -> ContentKey:
        """Return the content key; one that could not be opened makes `decrypt_content` fail.

        Raises:
            SecurityPolicyError: the key transport or its parameters are outside the suite.
        """
        ...

    def encrypt_content(
        self, key: ContentKey, octets: bytes, random_bytes: Callable[[int], bytes]
    ) -> bytes:
        """Return initialisation vector, cipher text and tag in one; the vector is fresh."""
        ...

    def decrypt_content(self, key: ContentKey, algorithm: str, octets: bytes) -> bytes:
        """Return what `encrypt_content` was given.

        Raises:
            SecurityPolicyError: the algorithm is outside the suite.
            DecryptionError: key, vector, text or tag do not fit, without saying which.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rsa:
    """The suite of eDelivery AS4 1.15: RSA keys throughout."""

    name: str = "edelivery-1.15"
    digest: str = alg.SHA256
    digests: frozenset[str] = frozenset({alg.SHA256, alg.SHA384, alg.SHA512})
    signature_methods: frozenset[str] = frozenset({alg.RSA_SHA256, alg.RSA_SHA384, alg.RSA_SHA512})
    content_cipher: str = alg.AES128_GCM
    content_key_bytes: int = 16

    def signature_method(self, signer: Signer) -> str:
        """Return the URI of the signature that the key makes."""
        if signer.algorithm not in self.signature_methods:
            raise InvalidSettingError(
                where="signing key", why=f"suite {self.name} signs with RSA keys only"
            )
        return signer.algorithm

    def sign(self, signer: Signer, octets: bytes) -> bytes:
        """Return RSASSA-PKCS1-v1_5 with SHA-256 over the octets."""
        self.signature_method(signer)
        return signer.sign(octets)

    def verify(
        self, certificate: x509.Certificate, algorithm: str, octets: bytes, signature: bytes
    ) -> None:
        """Return when the signature holds; see `Suite.verify`."""
        if algorithm not in self.signature_methods:
            raise SecurityPolicyError(
                why=f"signature algorithm {algorithm[:120]!r} is outside suite {self.name}"
            )
        key = public_key_of(certificate)
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _LEAST_RSA_BITS:
            raise SecurityPolicyError(
                why=f"want a signing key of RSA with {_LEAST_RSA_BITS} bits or more"
            )
        if not is_signed_by(certificate, algorithm, octets, signature):
            raise AuthenticationError(why="the signature value does not verify")

    def new_content_key(self, random_bytes: Callable[[int], bytes]) -> ContentKey:
        """Return a fresh AES-128 key."""
        return ContentKey(random_bytes(self.content_key_bytes))

    def encrypt_key(self, certificate: x509.Certificate, key: ContentKey) -> EncryptedKey:
        """Return the key under RSA-OAEP with SHA-256 throughout."""
        return EncryptedKey(
            algorithm=alg.RSA_OAEP,
            cipher_value=wrap_oaep(certificate, key.octets, Oaep(digest="sha256", mask="sha256")),
            digest=alg.SHA256,
            mask=alg.MGF1_SHA256,
        )

    def decrypt_key(self, decrypter: Decrypter, encrypted: EncryptedKey) -> ContentKey:
        """Return the key, honouring the declared digest and mask; see `Suite.decrypt_key`."""
        octets = decrypter.decrypt(encrypted.cipher_value, self._oaep(encrypted))
        if octets is None or len(octets) != self.content_key_bytes:
            return ContentKey(bytes(self.content_key_bytes), is_sound=False)
        return ContentKey(octets)

    def encrypt_content(
        self, key: ContentKey, octets: bytes, random_bytes: Callable[[int], bytes]
    ) -> bytes:
        """Return AES-128-GCM: 12-byte vector, cipher text, 16-byte tag."""
        vector = random_bytes(_IV_BYTES)
        return vector + AESGCM(key.octets).encrypt(vector, octets, None)

    def decrypt_content(self, key: ContentKey, algorithm: str, octets: bytes) -> bytes:
        """Return the plain octets; see `Suite.decrypt_content`."""
        if algorithm != self.content_cipher:
            raise SecurityPolicyError(
                why=f"content cipher {algorithm[:120]!r} is outside suite {self.name}"
            )
        if len(octets) < _IV_BYTES + _TAG_BYTES:
            raise DecryptionError
        body = memoryview(octets)
        try:
            plain = AESGCM(key.octets).decrypt(body[:_IV_BYTES], body[_IV_BYTES:], None)
        except InvalidTag:
            raise DecryptionError from None
        if not key.is_sound:
            raise DecryptionError
        return plain

    def _oaep(self, encrypted: EncryptedKey) -> Oaep:
        """Return the declared parameters (W3C XML Encryption 1.1, section 5.5.2)."""
        digest = _OAEP_DIGESTS.get(encrypted.digest or alg.SHA1)
        match encrypted.algorithm:
            case alg.RSA_OAEP:
                mask = _OAEP_MASKS.get(encrypted.mask or alg.MGF1_SHA1)
            case alg.RSA_OAEP_MGF1P:
                mask = None if encrypted.mask else "sha1"
            case _:
                raise SecurityPolicyError(
                    why=f"key transport {encrypted.algorithm[:120]!r} is outside suite {self.name}"
                )
        if digest is None or mask is None:
            raise SecurityPolicyError(why="the parameters of RSA-OAEP are outside the suite")
        return Oaep(digest=digest, mask=mask, label=encrypted.label)


EDELIVERY_1_15 = Rsa()
"""The suite of eDelivery AS4 1.15, Common Profile."""
