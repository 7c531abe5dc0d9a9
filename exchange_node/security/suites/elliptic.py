"""The suites of eDelivery AS4 2.0: keys on elliptic curves.

`edelivery-2.0`: Ed25519 and X25519. `edelivery-2.0-ecc`, its alternative: ECDSA and ECDH-ES. In
both the content key is wrapped (AES-128 key wrap) under a key that HKDF with SHA-256 derives from
the agreement of a fresh key of the sender with the recipient's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509

from exchange_node.domain.errors import (
    AuthenticationError,
    InvalidSettingError,
    SecurityPolicyError,
)
from exchange_node.security import algorithms as alg
from exchange_node.security.keys import (
    Decrypter,
    Signer,
    agreement,
    agreement_of,
    algorithm_of,
    is_signed_by,
    public_key_of,
)
from exchange_node.security.suites.content import ContentKey, WithAes128
from exchange_node.security.suites.suite import AgreedKey, EncryptedKey, Token

_SALT_BYTES = 32
_WRAPPING_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Elliptic(WithAes128):
    """A suite whose keys lie on elliptic curves: one kind signs, one kind agrees.

    Attributes:
        signature: URI of the one signature algorithm.
        agreement: URI of the one key agreement.
    """

    name: str
    signature: str
    agreement: str
    digest: str = alg.SHA256
    digests: frozenset[str] = frozenset({alg.SHA256, alg.SHA384, alg.SHA512})
    encrypts: bool = True
    token: Token = Token.CERTIFICATE

    @property
    def signature_methods(self) -> frozenset[str]:
        """What a partner may sign with: the one algorithm."""
        return frozenset({self.signature})

    def signs_with(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate's key signs with the suite's algorithm."""
        return algorithm_of(public_key_of(certificate)) == self.signature

    def encrypts_for(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate's key takes part in the suite's agreement."""
        return agreement_of(public_key_of(certificate)) == self.agreement

    def signature_method(self, signer: Signer) -> str:
        """Return the URI of the signature that the key makes."""
        if signer.algorithm != self.signature:
            raise InvalidSettingError(
                where="signing key", why=f"suite {self.name} signs with keys of another kind"
            )
        return signer.algorithm

    def sign(self, signer: Signer, octets: bytes) -> bytes:
        """Return the signature over the octets; ECDSA as r and s side by side."""
        self.signature_method(signer)
        return signer.sign(octets)

    def verify(
        self, certificate: x509.Certificate, algorithm: str, octets: bytes, signature: bytes
    ) -> None:
        """Return when the signature holds; see `Suite.verify`."""
        if algorithm != self.signature:
            raise SecurityPolicyError(
                why=f"signature algorithm {algorithm[:120]!r} is outside suite {self.name}"
            )
        if not self.signs_with(certificate):
            raise SecurityPolicyError(
                why=f"the signing key is of a kind or on a curve outside suite {self.name}"
            )
        if not is_signed_by(certificate, algorithm, octets, signature):
            raise AuthenticationError(why="the signature value does not verify")

    def encrypt_key(
        self,
        certificate: x509.Certificate,
        key: ContentKey,
        random_bytes: Callable[[int], bytes],
    ) -> AgreedKey:
        """Return the key wrapped under what a fresh key of ours agrees with the certificate's."""
        agreed = (
            agreement.agree_with(certificate, random_bytes)
            if self.encrypts_for(certificate)
            else None
        )
        if agreed is None:
            raise InvalidSettingError(
                where="encryption certificate",
                why=f"suite {self.name} agrees on keys with keys of another kind",
            )
        originator, secret = agreed
        salt = random_bytes(_SALT_BYTES)
        wrapping = agreement.derive(secret, salt=salt, info=b"", size=_WRAPPING_BYTES)
        return AgreedKey(
            agreement=self.agreement,
            originator=originator,
            wrap=alg.KW_AES128,
            cipher_value=agreement.wrap(wrapping, key.octets),
            salt=salt,
        )

    def decrypt_key(self, decrypter: Decrypter, encrypted: EncryptedKey) -> ContentKey:
        """Return the key, honouring the declared salt and info; see `Suite.decrypt_key`."""
        if not isinstance(encrypted, AgreedKey):
            raise SecurityPolicyError(why=f"key transport is outside suite {self.name}")
        for what, found, wanted in (
            ("key agreement", encrypted.agreement, self.agreement),
            ("key wrap", encrypted.wrap, alg.KW_AES128),
        ):
            if found != wanted:
                raise SecurityPolicyError(
                    why=f"{what} {found[:120]!r} is outside suite {self.name}"
                )
        secret = decrypter.agree(encrypted.originator)
        # A key of small order makes every secret zero (RFC 7748, section 6.1), in any custody.
        is_secret = secret is not None and any(secret)
        wrapping = agreement.derive(
            secret if secret is not None and is_secret else bytes(_SALT_BYTES),
            salt=encrypted.salt,
            info=encrypted.info,
            size=_WRAPPING_BYTES,
        )
        octets = agreement.unwrap(wrapping, encrypted.cipher_value)
        if not is_secret or octets is None or len(octets) != self.content_key_bytes:
            return ContentKey(bytes(self.content_key_bytes), is_sound=False)
        return ContentKey(octets)


EDELIVERY_2_0 = Elliptic(name="edelivery-2.0", signature=alg.ED25519, agreement=alg.X25519)
"""The suite of eDelivery AS4 2.0, Common Profile."""

EDELIVERY_2_0_ECC = Elliptic(
    name="edelivery-2.0-ecc", signature=alg.ECDSA_SHA256, agreement=alg.ECDH_ES
)
"""Its alternative: curves of NIST, and brainpoolP256r1 for the agreement."""
