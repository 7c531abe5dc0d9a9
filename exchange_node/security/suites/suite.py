"""What a security suite is: which algorithms protect a message, and the work they do.

`Suite` is the interface; each edition of the profile stands behind it in a file of its own.

What fails in decryption fails alike: a content key that could not be opened is still carried
through the cipher, and only then refused, so that neither the answer nor its time tells a sender
which step failed (W3C XML Encryption 1.1, section 6.1.2; eDelivery AS4: one EBMS:0102 for all).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cryptography import x509

from exchange_node.security.keys import Decrypter, Signer
from exchange_node.security.suites.content import ContentDecryption, ContentEncryption, ContentKey


class Token(StrEnum):
    """How a signature names its certificate."""

    CERTIFICATE = "certificate"
    PATH = "path"
    KEY_IDENTIFIER = "key-identifier"
    ISSUER_SERIAL = "issuer-serial"
    THUMBPRINT = "thumbprint"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportedKey:
    """A content key encrypted by RSA for one recipient, as `xenc:EncryptedKey` describes it.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedKey:
    """A content key wrapped under a key that both sides agree on: ephemeral-static, then HKDF.

    W3C XML Encryption 1.1, section 5.6; RFC 9231, sections 2.6 and 2.7.

    Attributes:
        agreement: URI of the key agreement (X25519 or ECDH-ES).
        originator: the sender's ephemeral public key, SubjectPublicKeyInfo in DER.
        wrap: URI of the key wrap.
        cipher_value: the content key as wrapped.
        salt, info: of HKDF, decoded; empty where absent.
    """

    agreement: str
    originator: bytes
    wrap: str
    cipher_value: bytes
    salt: bytes = b""
    info: bytes = b""


EncryptedKey = TransportedKey | AgreedKey


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

    @property
    def encrypts(self) -> bool:
        """Whether the suite has an encryption at all."""
        ...

    @property
    def token(self) -> Token:
        """How our signatures name our certificate where nothing else is agreed."""
        ...

    def signs_with(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate's key is of a kind that signs in this suite."""
        ...

    def encrypts_for(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate's key is of a kind that the suite encrypts for."""
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

    def encrypt_key(
        self,
        certificate: x509.Certificate,
        key: ContentKey,
        random_bytes: Callable[[int], bytes],
    ) -> EncryptedKey:
        """Return the content key encrypted for the holder of the certificate.

        Raises:
            InvalidSettingError: the certificate's key is of a kind the suite does not encrypt for.
        """
        ...

    def decrypt_key(self, decrypter: Decrypter, encrypted: EncryptedKey) -> ContentKey:
        """Return the content key; one that could not be opened fails in `decrypting`.

        Raises:
            SecurityPolicyError: the key transport or its parameters are outside the suite.
        """
        ...

    def encrypting(
        self, key: ContentKey, random_bytes: Callable[[int], bytes]
    ) -> ContentEncryption:
        """Begin to encrypt one payload under a fresh initialisation vector."""
        ...

    def decrypting(self, key: ContentKey, algorithm: str) -> ContentDecryption:
        """Begin to decrypt one payload.

        Raises:
            SecurityPolicyError: the algorithm is outside the suite.
        """
        ...
