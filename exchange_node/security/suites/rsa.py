"""The suites with RSA keys.

`edelivery-1.15`: RSA-SHA256, RSA-OAEP with SHA-256, AES-128-GCM. `sign-only`: RSA-SHA256 and no
encryption of messages, over mutual TLS (EU ICS2, Harmonised Trader Interface).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from exchange_node.domain.errors import (
    AuthenticationError,
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
from exchange_node.security.suites.content import ContentKey, WithAes128
from exchange_node.security.suites.suite import EncryptedKey, Token, TransportedKey

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
class Rsa(WithAes128):
    """A suite with RSA keys throughout."""

    name: str = "edelivery-1.15"
    digest: str = alg.SHA256
    digests: frozenset[str] = frozenset({alg.SHA256, alg.SHA384, alg.SHA512})
    signature_methods: frozenset[str] = frozenset({alg.RSA_SHA256, alg.RSA_SHA384, alg.RSA_SHA512})
    encrypts: bool = True
    token: Token = Token.CERTIFICATE

    def signs_with(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate holds an RSA key."""
        return isinstance(public_key_of(certificate), rsa.RSAPublicKey)

    def encrypts_for(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate holds an RSA key, in a suite that encrypts."""
        return self.encrypts and self.signs_with(certificate)

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

    def encrypt_key(
        self,
        certificate: x509.Certificate,
        key: ContentKey,
        random_bytes: Callable[[int], bytes],
    ) -> TransportedKey:
        """Return the key under RSA-OAEP with SHA-256 throughout."""
        if not self.encrypts:
            raise InvalidSettingError(where=f"suite {self.name}", why="it does not encrypt")
        del random_bytes  # the padding draws its own
        return TransportedKey(
            algorithm=alg.RSA_OAEP,
            cipher_value=wrap_oaep(certificate, key.octets, Oaep(digest="sha256", mask="sha256")),
            digest=alg.SHA256,
            mask=alg.MGF1_SHA256,
        )

    def decrypt_key(self, decrypter: Decrypter, encrypted: EncryptedKey) -> ContentKey:
        """Return the key, honouring the declared digest and mask; see `Suite.decrypt_key`."""
        if not (self.encrypts and isinstance(encrypted, TransportedKey)):
            what = "key transport" if isinstance(encrypted, TransportedKey) else "key agreement"
            raise SecurityPolicyError(why=f"{what} is outside suite {self.name}")
        octets = decrypter.decrypt(encrypted.cipher_value, self._oaep(encrypted))
        if octets is None or len(octets) != self.content_key_bytes:
            return ContentKey(bytes(self.content_key_bytes), is_sound=False)
        return ContentKey(octets)

    def _oaep(self, encrypted: TransportedKey) -> Oaep:
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

SIGN_ONLY = Rsa(name="sign-only", encrypts=False, token=Token.PATH)
"""Signed with RSA and not encrypted; the token carries the path to the anchor (EU ICS2)."""
