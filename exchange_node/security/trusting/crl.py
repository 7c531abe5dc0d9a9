"""Octets of a revocation list and its issuer → a list that is believed → what it says of one.

A list is verified once and asked often. RFC 5280, sections 5 and 6.3, for complete lists by the
issuer of the certificate itself; delta lists and indirect lists are not used. A list that covers
only part of what an authority issued counts for that part alone: else a list of another part, where
a revoked certificate does not stand, would clear it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

from exchange_node.security.certificates import name_of
from exchange_node.security.trusting.flaws import extension_of, may_sign
from exchange_node.security.trusting.status import (
    Doubt,
    Revoked,
    Status,
    Unknown,
    timeliness,
)

_MALFORMED = (
    ValueError,
    TypeError,  # a name's attribute that is a BIT STRING, where the standard has none
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
)
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.CRL_NUMBER,
        ExtensionOID.ISSUING_DISTRIBUTION_POINT,
    }
)
_UNDERSTOOD_OF_ENTRY = frozenset(
    {CRLEntryExtensionOID.CRL_REASON, CRLEntryExtensionOID.INVALIDITY_DATE}
)


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list whose signature holds; made by `open_crl` alone."""

    crl: x509.CertificateRevocationList
    issuer: x509.Certificate
    scope: x509.IssuingDistributionPoint | None

    def status_of(
        self, certificate: x509.Certificate, at: datetime, tolerance: timedelta
    ) -> Status:
        """Return what the list says of a certificate of its issuer.

        Who stands in it is revoked even when the list itself is out of date.
        """
        if certificate.issuer != self.issuer.subject:
            return _out_of_scope("it is another authority's")
        if why := self._not_covered(certificate):
            return _out_of_scope(why)
        entry = self.crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            return _revoked(entry)
        until = self.crl.next_update_utc
        return timeliness(since=self.crl.last_update_utc, until=until, at=at, tolerance=tolerance)

    def _not_covered(self, certificate: x509.Certificate) -> str:
        scope = self.scope
        if scope is None:
            return ""
        basic = extension_of(certificate, x509.BasicConstraints)
        is_authority = basic is not None and basic.ca
        if scope.only_contains_attribute_certs:
            return "it lists attribute certificates alone"
        if scope.only_contains_ca_certs and not is_authority:
            return "it lists authorities alone"
        if scope.only_contains_user_certs and is_authority:
            return "it lists no authorities"
        if scope.full_name is not None and not set(scope.full_name) & set(points_of(certificate)):
            return "it is for certificates that name another distribution point"
        return ""


def open_crl(octets: bytes, issuer: x509.Certificate) -> RevocationList | Unknown:
    """Return the list (DER or PEM) once it is seen to be that authority's, else why it is not."""
    try:
        is_pem = octets.lstrip().startswith(b"-----BEGIN")
        crl = (x509.load_pem_x509_crl if is_pem else x509.load_der_x509_crl)(octets)
        _ = crl.last_update_utc, crl.next_update_utc, crl.issuer
        critical = {one.oid for one in crl.extensions if one.critical}
        scope = _scope(crl)
        is_delta = any(one.oid == ExtensionOID.DELTA_CRL_INDICATOR for one in crl.extensions)
    except _MALFORMED as err:
        return Unknown(doubt=Doubt.MALFORMED, why=f"it is no revocation list ({str(err)[:80]})")
    if crl.issuer != issuer.subject:
        return _wrong_signer(f"it is by {crl.issuer.rfc4514_string()}")
    if is_delta or critical - _UNDERSTOOD:
        return _out_of_scope("it is a delta list, or insists on an extension that is not known")
    if scope is not None and (
        scope.indirect_crl or scope.only_some_reasons or scope.relative_name is not None
    ):
        return _out_of_scope("it is indirect, or lists some reasons alone")
    return _verified(crl, issuer, scope)


def points_of(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    """Return where the certificate says that its authority's lists are to be had.

    A point that is another authority's, or for some reasons alone, is passed over.
    """
    points = extension_of(certificate, x509.CRLDistributionPoints)
    return tuple(
        name
        for point in points or ()
        if point.crl_issuer is None and point.reasons is None
        for name in point.full_name or ()
    )


def _verified(
    crl: x509.CertificateRevocationList,
    issuer: x509.Certificate,
    scope: x509.IssuingDistributionPoint | None,
) -> RevocationList | Unknown:
    if not may_sign(issuer, what="crl_sign"):
        return _wrong_signer(f"the key usage of {name_of(issuer)} has no cRLSign")
    try:
        if isinstance(crl.signature_hash_algorithm, (hashes.MD5, hashes.SHA1)):
            return _wrong_signer("it is signed with MD5 or SHA-1")
        key = issuer.public_key()
        is_signed = crl.is_signature_valid(key)  # type: ignore[arg-type]
    except (ValueError, TypeError, UnsupportedAlgorithm):
        is_signed = False
    if not is_signed:
        return _wrong_signer(f"it is not signed by the key of {name_of(issuer)}")
    return RevocationList(crl, issuer, scope)


def _scope(crl: x509.CertificateRevocationList) -> x509.IssuingDistributionPoint | None:
    try:
        return crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return None


def _revoked(entry: x509.RevokedCertificate) -> Status:
    reason = "unspecified"
    try:
        for one in entry.extensions:
            if one.critical and one.oid not in _UNDERSTOOD_OF_ENTRY:
                return _out_of_scope("its entry insists on an extension that is not known")
            if isinstance(one.value, x509.CRLReason):
                reason = one.value.reason.value
    except _MALFORMED:
        reason = "unreadable"
    return Revoked(at=entry.revocation_date_utc, reason=reason)


def _wrong_signer(why: str) -> Unknown:
    return Unknown(doubt=Doubt.WRONG_SIGNER, why=why)


def _out_of_scope(why: str) -> Unknown:
    return Unknown(doubt=Doubt.OUT_OF_SCOPE, why=why)
