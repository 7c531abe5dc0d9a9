"""A chain whose signatures hold → what else stands against it, from the authority down.

In the order of RFC 5280, section 6.1, the part of it that administrations use: dates, unknown
critical extensions, strength of keys, basic constraints, key usage, path length, name constraints.
Policies are not processed: a chain that insists on them is refused for what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.x509.oid import ExtensionOID

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.security.certificates import is_valid_at, name_of
from exchange_node.security.certificates.fitness import LEAST_RSA_BITS
from exchange_node.security.trusting.constraints import broken_by

OUT_OF_DATE = Rule(
    code="PATH-03",
    severity=Severity.ERROR,
    sentence="{pointer}, valid from {start} to {end}, is not valid at {value}",
    mend="Have the partner or its authority renew it; if {value} is not the time on the wall, set"
    " this machine's clock.",
)
NO_AUTHORITY = Rule(
    code="PATH-04",
    severity=Severity.ERROR,
    sentence="{pointer} has issued a certificate and is no authority: {value}",
    mend="Take it out of `authorities`; what it has issued is not to be trusted.",
)
TOO_DEEP = Rule(
    code="PATH-05",
    severity=Severity.ERROR,
    sentence="{pointer} allows {value} authority certificate(s) below it; there are {found}",
    mend="Ask the authority: one of those below was issued against its rules.",
)
WEAK = Rule(
    code="PATH-06",
    severity=Severity.ERROR,
    sentence="{pointer} is not strong enough to be trusted: {value}",
    mend="Have one issued with RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519, and signed"
    " with SHA-256 or better.",
)
OUTSIDE_NAMES = Rule(
    code="PATH-07",
    severity=Severity.ERROR,
    sentence="{pointer} bears the name {value}, for which {authority} may not vouch",
    mend="Ask the authority: this certificate was issued outside the names it is confined to.",
)
NOT_UNDERSTOOD = Rule(
    code="PATH-08",
    severity=Severity.ERROR,
    sentence="{pointer} insists on extension {value}, which is not understood here",
    mend="Ask the authority for a certificate without it, or pin the partner's"
    " certificate instead.",
)
OWN_AUTHORITY = Rule(
    code="PATH-10",
    severity=Severity.ERROR,
    sentence="{pointer} is an authority's certificate and speaks for no partner",
    mend="Have the partner use the certificate that the authority issued to it.",
)

_Kind = TypeVar("_Kind", bound=x509.ExtensionType)

_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_MODERN = (Ed25519PublicKey, X25519PublicKey)
_UNKNOWN_KIND = "a key or a signature of a kind that is not known here"
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.NAME_CONSTRAINTS,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        # Without policies of our own these two can refuse nothing (RFC 5280, section 6.1.1).
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.INHIBIT_ANY_POLICY,
    }
)


def may_sign(certificate: x509.Certificate, *, what: str) -> bool:
    """Whether its key usage allows signing `key_cert_sign` or `crl_sign`; stating none allows."""
    usage = extension_of(certificate, x509.KeyUsage)
    return usage is None or bool(getattr(usage, what))


def weakness_of(
    certificate: x509.Certificate, *, signs: bool = True, is_anchor: bool = False
) -> str:
    """Return what makes the certificate's key or signature too weak to be trusted, or empty.

    Args:
        certificate: whose.
        signs: whether its key has to be one that signs.
        is_anchor: trusted for itself, so that nothing rests on how it was signed.
    """
    try:
        key = certificate.public_key()
        algorithm = certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return _UNKNOWN_KIND
    if not is_anchor and isinstance(algorithm, (hashes.MD5, hashes.SHA1)):
        return f"a signature with {algorithm.name.upper()}"
    match key:
        case rsa.RSAPublicKey():
            return "" if key.key_size >= LEAST_RSA_BITS else f"RSA of {key.key_size} bits"
        case ec.EllipticCurvePublicKey():
            return "" if isinstance(key.curve, _CURVES) else f"an unusual curve ({key.curve.name})"
        case _:
            known = isinstance(key, Ed25519PublicKey if signs else _MODERN)
            return "" if known else _UNKNOWN_KIND


def flaws_of(chain: Sequence[x509.Certificate], at: datetime) -> Iterator[Finding]:
    """Yield what stands against a chain, the partner's certificate first, whose signatures hold."""
    for place in reversed(range(len(chain))):
        one = chain[place]
        pointer = name_of(one)
        if not is_valid_at(one, at):
            yield OUT_OF_DATE.found(
                pointer=pointer,
                value=at.isoformat(timespec="seconds"),
                start=one.not_valid_before_utc.isoformat(),
                end=one.not_valid_after_utc.isoformat(),
            )
        for extension in one.extensions:
            if extension.critical and extension.oid not in _UNDERSTOOD:
                yield NOT_UNDERSTOOD.found(pointer=pointer, value=extension.oid.dotted_string)
        if weakness := weakness_of(one, signs=place > 0, is_anchor=one is chain[-1]):
            yield WEAK.found(pointer=pointer, value=weakness)
        basic = extension_of(one, x509.BasicConstraints)
        if place:
            yield from _flaws_of_authority(chain, place, basic)
        elif len(chain) == 1 or (basic is not None and basic.ca):
            yield OWN_AUTHORITY.found(pointer=pointer)


def _flaws_of_authority(
    chain: Sequence[x509.Certificate], place: int, basic: x509.BasicConstraints | None
) -> Iterator[Finding]:
    one = chain[place]
    pointer = name_of(one)
    if basic is None or not basic.ca:
        yield NO_AUTHORITY.found(pointer=pointer, value="its basic constraints do not say CA")
    elif not may_sign(one, what="key_cert_sign"):
        yield NO_AUTHORITY.found(pointer=pointer, value="its key usage has no keyCertSign")
    elif basic.path_length is not None:
        found = sum(1 for below in chain[1:place] if below.subject != below.issuer)
        if found > basic.path_length:
            yield TOO_DEEP.found(pointer=pointer, value=str(basic.path_length), found=found)
    constraints = extension_of(one, x509.NameConstraints)
    if constraints is None:
        return
    for below, certificate in enumerate(chain[:place]):
        if below and certificate.subject == certificate.issuer:
            continue  # RFC 5280, section 6.1.3 (b): self-issued, and not the last
        if name := broken_by(constraints, certificate):
            yield OUTSIDE_NAMES.found(pointer=name_of(certificate), value=name, authority=pointer)


def extension_of(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    """Return the value of an extension, or None where it is not there."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
