"""A certificate and its issuer → an OCSP question; an answer's octets → what it says (RFC 6960).

An answer counts when it is signed by the issuer itself, or by a certificate that this very issuer
gave out for the purpose (section 4.2.2.2). The responder's own certificate is not asked about: an
authority keeps its life short.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    SignatureAlgorithmOID,
)

from exchange_node.security.certificates import is_valid_at, name_of
from exchange_node.security.trusting.flaws import extension_of, may_sign, weakness_of
from exchange_node.security.trusting.path import is_issued_by
from exchange_node.security.trusting.status import (
    Doubt,
    Revoked,
    Status,
    Unknown,
    timeliness,
)

_MALFORMED = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_MOST_ANSWERS = 20
"""Answers in one response that are looked through for ours (our choice)."""


def responders_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where the certificate says that its status may be asked for, as URIs."""
    access = extension_of(certificate, x509.AuthorityInformationAccess)
    return tuple(
        one.access_location.value
        for one in access or ()
        if one.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(one.access_location, x509.UniformResourceIdentifier)
    )


def question(certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes) -> bytes:
    """Return the question for one certificate, in DER; `nonce` is fresh, 16 octets or more."""
    # SHA-1 names the certificate and protects nothing; RFC 5019 responders know no other.
    return (
        ocsp.OCSPRequestBuilder()
        .add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
        .add_extension(x509.OCSPNonce(nonce), critical=False)
        .build()
        .public_bytes(Encoding.DER)
    )


def status_by_ocsp(
    octets: bytes,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    *,
    at: datetime,
    tolerance: timedelta,
    nonce: bytes = b"",
) -> Status:
    """Return what a response says of a certificate; `nonce` is what was asked with.

    A response without a nonce is taken, since most responders answer from a stock.
    """
    try:
        response = ocsp.load_der_ocsp_response(octets)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            why = f"the responder says {response.response_status.name.lower().replace('_', ' ')}"
            return Unknown(doubt=Doubt.NOT_KNOWN, why=why)
        answered = _nonce_of(response)
        if nonce and answered and nonce != answered:
            return Unknown(doubt=Doubt.MALFORMED, why="it answers another question (nonce)")
        if why := _signer_flaw(response, issuer, at):
            return Unknown(doubt=Doubt.WRONG_SIGNER, why=why)
        answer = next(_answers_for(response, certificate, issuer), None)
        if answer is None:
            return Unknown(doubt=Doubt.OUT_OF_SCOPE, why="it speaks of other certificates")
        return _status(answer, at, tolerance)
    except _MALFORMED as err:
        return Unknown(doubt=Doubt.MALFORMED, why=f"it is no OCSP response ({str(err)[:80]})")


def _status(answer: ocsp.OCSPSingleResponse, at: datetime, tolerance: timedelta) -> Status:
    revoked_at = answer.revocation_time_utc
    if answer.certificate_status is ocsp.OCSPCertStatus.REVOKED and revoked_at is not None:
        reason = answer.revocation_reason
        return Revoked(at=revoked_at, reason=reason.value if reason else "unspecified")
    if answer.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        why = "the responder does not know the certificate"
        return Unknown(doubt=Doubt.NOT_KNOWN, why=why)
    return timeliness(
        since=answer.this_update_utc, until=answer.next_update_utc, at=at, tolerance=tolerance
    )


def _answers_for(
    response: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> Iterator[ocsp.OCSPSingleResponse]:
    """Yield the answers about this certificate of this issuer: name and key hash, and serial."""
    for number, answer in enumerate(response.responses):
        if number == _MOST_ANSWERS:
            return
        ours = (
            ocsp.OCSPRequestBuilder()
            .add_certificate(certificate, issuer, answer.hash_algorithm)
            .build()
        )
        if (answer.serial_number, answer.issuer_name_hash, answer.issuer_key_hash) == (
            ours.serial_number,
            ours.issuer_name_hash,
            ours.issuer_key_hash,
        ):
            yield answer


def _signer_flaw(response: ocsp.OCSPResponse, issuer: x509.Certificate, at: datetime) -> str:
    """Return why nobody who may speak for the issuer has signed the response, or empty."""
    if _is_signed(response, issuer):
        return ""
    for one in response.certificates:
        if _is_signed(response, one):
            flaw = next(_flaws_of_delegate(one, issuer, at), "")
            return f"it is signed by {name_of(one)}, {flaw}" if flaw else ""
    return f"it is signed neither by {name_of(issuer)} nor by a responder of its own"


def _flaws_of_delegate(
    one: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> Iterator[str]:
    usage = extension_of(one, x509.ExtendedKeyUsage)
    if not is_issued_by(one, issuer):
        yield f"which was not issued by {name_of(issuer)}"
    if usage is None or ExtendedKeyUsageOID.OCSP_SIGNING not in usage:
        yield "whose extended key usage has no OCSPSigning"
    if not may_sign(one, what="digital_signature"):
        yield "whose key usage has no digitalSignature"
    if not is_valid_at(one, at):
        yield "which is out of date"
    if weakness := weakness_of(one):
        yield f"which is weak: {weakness}"


def _is_signed(response: ocsp.OCSPResponse, by: x509.Certificate) -> bool:
    try:
        algorithm = response.signature_hash_algorithm
        key = by.public_key()
        if isinstance(algorithm, (hashes.MD5, hashes.SHA1)):
            return False
        signature, octets = response.signature, response.tbs_response_bytes
        match key:
            case rsa.RSAPublicKey() if algorithm is not None and _is_plain(response):
                key.verify(signature, octets, padding.PKCS1v15(), algorithm)
            case ec.EllipticCurvePublicKey() if algorithm is not None:
                key.verify(signature, octets, ec.ECDSA(algorithm))
            case Ed25519PublicKey() if algorithm is None:
                key.verify(signature, octets)
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _is_plain(response: ocsp.OCSPResponse) -> bool:
    return response.signature_algorithm_oid != SignatureAlgorithmOID.RSASSA_PSS


def _nonce_of(response: ocsp.OCSPResponse) -> bytes:
    try:
        return response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return b""
