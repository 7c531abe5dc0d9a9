"""Who is who: TLS client = message signer = `eb:From` = seal's signer = submitter = grant's `from`.

This is the one place where the chain of identity is checked. Each link is a certificate that
`trust` finds to be one partner's, or a name that has to be that partner's. What is refused here
says which link broke, for our own operators and the log: outside it is EBMS:0101 and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from exchange_node.domain.errors import AuthenticationError
from exchange_node.domain.identifiers import PartyId
from exchange_node.security.certificates import Purpose, fingerprint, is_pinned
from exchange_node.security.trust import Partner
from exchange_node.security.trusting.path import Path


def require_one_identity(
    partner: Partner,
    *,
    signer: x509.Certificate,
    from_party: str,
    at: datetime,
    above: Sequence[x509.Certificate] = (),
) -> Path | None:
    """Return the signer's path, None for a pin, when TLS client, signer and `eb:From` are one.

    Args:
        partner: whom the TLS certificate names, from `Trust.partner_of_tls`.
        signer: the certificate that the message's signature verified with.
        from_party: the one `eb:From/eb:PartyId` of the signed header.
        at: the moment of arrival.
        above: certificates that came with the signer's; not trusted.

    Raises:
        AuthenticationError: a link is broken; `why` says which.
        RevokedCertificateError, UnknownRevocationError: see `Partner.path_of`.
    """
    if from_party != partner.party:
        raise AuthenticationError(
            why=f"the TLS client is {partner.party}, the message is from {from_party[:80]!r}"
        )
    if partner.anchors is None and not is_pinned(signer, partner.signing):
        raise AuthenticationError(
            why=f"the message from {partner.party} is signed with {fingerprint(signer)}, "
            "which is not its signing certificate"
        )
    return partner.path_of(signer, Purpose.SIGNING, at, above)


def require_document_identity(
    partner: Partner,
    *,
    sealer: x509.Certificate,
    submitter: str,
    country: str,
    granted_from: str,
) -> None:
    """Return when seal, submitter, country and grant name the partner the message came from.

    Args:
        partner: whom `require_one_identity` has found.
        sealer: the certificate the document seal was opened with.
        submitter: `Submitter/ID` of the sealed document.
        country: its `ResponsibleCountryCode`.
        granted_from: the `from` of the grant that the message invokes.

    Raises:
        AuthenticationError: a link is broken; `why` says which.
    """
    if not is_pinned(sealer, partner.seal):
        raise AuthenticationError(
            why=f"the document from {partner.party} is sealed with {fingerprint(sealer)}, "
            "which is not its seal certificate"
        )
    for link, found, wanted in (
        ("Submitter/ID", submitter, partner.party),
        ("ResponsibleCountryCode", country, PartyId.parse(partner.party).country),
        ("the grant's from", granted_from, partner.party),
    ):
        if found != wanted:
            raise AuthenticationError(
                why=f"{link} is {found[:80]!r} in a document from {partner.party}"
            )
