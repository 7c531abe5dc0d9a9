"""Octets → a signature that lies beside them, by the key of a document seal; and back.

What an administration consents to by signing is no document of WCO's: the text of an agreement, as
its canonical JSON. Key, certificate and algorithms are those of the seal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from exchange_node.domain.errors import AuthenticationError, BrokenSealError, InvalidSettingError
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import (
    der_of,
    fingerprint,
    is_pinned,
    is_valid_at,
    name_of,
    read_certificate,
)
from exchange_node.security.keys import Signer, is_signed_by, public_key_of

_METHODS = frozenset(
    {alg.RSA_SHA256, alg.RSA_SHA384, alg.RSA_SHA512, alg.ECDSA_SHA256, alg.ED25519}
)
_LEAST_RSA_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Detached:
    """A signature beside what it signs.

    Attributes:
        algorithm: XML Signature URI.
        certificate: DER.
    """

    algorithm: str
    certificate: bytes
    value: bytes


def sign_detached(octets: bytes, signer: Signer, *, at: datetime) -> Detached:
    """Return the signature of the octets.

    Raises:
        BrokenSealError: the certificate is out of date.
        InvalidSettingError: the key is of a kind that does not seal.
    """
    if not is_valid_at(signer.certificate, at):
        raise BrokenSealError(why=f"{name_of(signer.certificate)} is not valid at {at.isoformat()}")
    if signer.algorithm not in _METHODS:
        raise InvalidSettingError(where="seal key", why="want an RSA, EC or Ed25519 key")
    return Detached(
        algorithm=signer.algorithm,
        certificate=der_of(signer.certificate),
        value=signer.sign(octets),
    )


def verify_detached(
    detached: Detached, octets: bytes, trusted: Collection[x509.Certificate], *, at: datetime
) -> str:
    """Return the fingerprint of the certificate that signed these octets.

    Args:
        trusted: the seal certificates of the one administration that may have signed.
        at: when it was signed; the certificate has to be valid then.

    Raises:
        BrokenSealError: the certificate is not among the trusted, was not valid, or did not sign
            these octets; `why` says which.
    """
    try:
        certificate = read_certificate(detached.certificate)
    except AuthenticationError as err:
        raise BrokenSealError(why=err.facts["why"]) from None
    if not is_pinned(certificate, trusted):
        raise BrokenSealError(
            why=f"certificate {fingerprint(certificate)} is not among the {len(trusted)} trusted"
        )
    if not is_valid_at(certificate, at):
        raise BrokenSealError(why=f"{name_of(certificate)} is not valid at {at.isoformat()}")
    key = public_key_of(certificate)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        raise BrokenSealError(why=f"RSA of {key.key_size} bits is not strong enough")
    is_good = detached.algorithm in _METHODS and is_signed_by(
        certificate, detached.algorithm, octets, detached.value
    )
    if not is_good:
        raise BrokenSealError(why="the signature is of something else, or by another key")
    return fingerprint(certificate)
