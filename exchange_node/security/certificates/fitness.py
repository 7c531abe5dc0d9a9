"""A certificate and a purpose → findings: end date, strength, usage, and whether the key fits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.security.certificates.reading import name_of
from exchange_node.security.keys import (
    PrivateKey,
    PublicKey,
    agreement_of,
    algorithm_of,
    opens,
    public_key_of,
    public_octets,
)

LEAST_RSA_BITS = 2048
ENDS_SOON = timedelta(days=30)
"""How long before its end a certificate is warned of (our choice)."""

EXPIRED = Rule(
    code="CERT-01",
    severity=Severity.ERROR,
    sentence="the {purpose} certificate {pointer} ended on {value}",
    mend="Have a new certificate issued and give it to every partner before it is used.",
)
NOT_YET_VALID = Rule(
    code="CERT-02",
    severity=Severity.ERROR,
    sentence="the {purpose} certificate {pointer} is valid only from {value}",
    mend="Wait until then, or check this machine's clock.",
)
ENDS_SOON_RULE = Rule(
    code="CERT-03",
    severity=Severity.WARNING,
    sentence="the {purpose} certificate {pointer} ends on {value}, in {days} day(s)",
    mend="Have a new certificate issued now; old and new may be configured side by side.",
)
WEAK_KEY = Rule(
    code="CERT-04",
    severity=Severity.ERROR,
    sentence="the {purpose} certificate {pointer} holds a key that is not strong enough: {value}",
    mend="Use RSA of 2048 bits or more, P-256, P-384 or P-521, or Ed25519 and X25519.",
)
FOREIGN_KEY = Rule(
    code="CERT-05",
    severity=Severity.ERROR,
    sentence="the {purpose} certificate {pointer} does not belong to the private key beside it",
    mend="Put the key and the certificate that was made from its request side by side.",
)
WRONG_USAGE = Rule(
    code="CERT-06",
    severity=Severity.ERROR,
    sentence="the {purpose} certificate {pointer} may not be used for this: {value}",
    mend="Have one issued from the request that `exchange-node init` wrote; it asks for this.",
)
WEAK_SIGNATURE = Rule(
    code="CERT-07",
    severity=Severity.ERROR,
    sentence="the {purpose} certificate {pointer} is itself signed with {value}",
    mend="Have a new certificate issued that is signed with SHA-256 or better.",
)


class Purpose(StrEnum):
    """What a key pair is for; each has its own."""

    TLS = "tls"
    SIGNING = "signing"
    ENCRYPTION = "encryption"
    SEAL = "seal"


def check_certificate(
    certificate: x509.Certificate,
    purpose: Purpose,
    at: datetime,
    key: PrivateKey | PublicKey | None = None,
) -> tuple[Finding, ...]:
    """Return what stands against using the certificate for the purpose at that moment.

    `pointer` of a finding is the certificate's name and the start of its fingerprint.
    """
    return tuple(_findings(certificate, purpose, at, key))


def _findings(
    certificate: x509.Certificate,
    purpose: Purpose,
    at: datetime,
    key: PrivateKey | PublicKey | None,
) -> Iterator[Finding]:
    facts = {"pointer": name_of(certificate), "purpose": purpose.value}
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at > end:
        yield EXPIRED.found(value=f"{end:%Y-%m-%d}", **facts)
    elif at + ENDS_SOON > end:
        yield ENDS_SOON_RULE.found(value=f"{end:%Y-%m-%d}", days=(end - at).days, **facts)
    if at < start:
        yield NOT_YET_VALID.found(value=start.isoformat(), **facts)
    public_key = public_key_of(certificate)
    if key is not None:
        public = key if isinstance(key, PublicKey) else key.public_key()
        if public_octets(public) != public_octets(public_key):
            yield FOREIGN_KEY.found(**facts)
    for rule, value in (
        (WEAK_KEY, _weakness(public_key, purpose)),
        (WEAK_SIGNATURE, _weak_hash(certificate)),
        (WRONG_USAGE, _misuse(certificate.extensions, public_key, purpose)),
    ):
        if value:
            yield rule.found(value=value, **facts)


def _weak_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return "an algorithm that is not known here"
    return algorithm.name.upper() if isinstance(algorithm, (hashes.MD5, hashes.SHA1)) else ""


def _weakness(key: PublicKey | None, purpose: Purpose) -> str:
    match key:
        case rsa.RSAPublicKey() if key.key_size < LEAST_RSA_BITS:
            return f"RSA of {key.key_size} bits"
        case None:
            return "a key of a kind that is not known here"
        case ec.EllipticCurvePublicKey() if not (algorithm_of(key) or agreement_of(key)):
            return f"an elliptic curve that is not used here ({key.curve.name})"
        case _ if purpose is Purpose.ENCRYPTION:
            return "" if opens(key) else "a key that only signs"
        case _:
            return "" if algorithm_of(key) else "a key that only agrees on keys"


def _misuse(extensions: x509.Extensions, key: PublicKey | None, purpose: Purpose) -> str:
    """Return which usage is lacking; a certificate that states none may be used for anything."""
    for extension in extensions:
        match extension.value:
            case x509.KeyUsage() as usage:
                lacking = _lacking(usage, key, purpose)
                if lacking:
                    return f"{lacking} is lacking"
            case x509.ExtendedKeyUsage() as extended if purpose is Purpose.TLS:
                if ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in extended:
                    continue
                if ExtendedKeyUsageOID.CLIENT_AUTH not in extended:
                    return "clientAuth is lacking"
                if ExtendedKeyUsageOID.SERVER_AUTH not in extended:
                    return "serverAuth is lacking"
            case _:
                continue
    return ""


def _lacking(usage: x509.KeyUsage, key: PublicKey | None, purpose: Purpose) -> str:
    """Return the one usage that the purpose needs and the certificate does not state."""
    if purpose is not Purpose.ENCRYPTION:
        seals = purpose is Purpose.SEAL and usage.content_commitment
        return "" if usage.digital_signature or seals else "digitalSignature"
    if isinstance(key, rsa.RSAPublicKey):
        return "" if usage.key_encipherment else "keyEncipherment"
    return "" if usage.key_agreement else "keyAgreement"
