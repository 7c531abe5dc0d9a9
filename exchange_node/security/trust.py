"""Who is who: TLS client = message signer = `eb:From` = seal's signer = submitter = grant's `from`.

This is the one place where the chain of identity is checked. Each link is a certificate pinned for
one partner, or a name that has to be that partner's. What is refused here says which link broke,
for our own operators and the log: outside it is EBMS:0101 and nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from cryptography import x509

from exchange_node.domain.errors import AuthenticationError, InvalidSettingError
from exchange_node.domain.identifiers import PartyId
from exchange_node.security.certificates import (
    Purpose,
    der_of,
    fingerprint,
    is_pinned,
    is_valid_at,
    name_of,
    read_certificate,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner's certificates as they are configured; old and new side by side while rolling over.

    Attributes:
        party: the party id (`customs.uz`).
        tls: what it may show as a TLS client, and as a server.
        signing: what its messages may be signed with.
        encryption: what we encrypt for; none where nothing is encrypted.
        seal: what its documents may be sealed with.
    """

    party: str
    tls: tuple[x509.Certificate, ...]
    signing: tuple[x509.Certificate, ...]
    encryption: tuple[x509.Certificate, ...]
    seal: tuple[x509.Certificate, ...]

    def of(self, purpose: Purpose) -> tuple[x509.Certificate, ...]:
        """Return the certificates configured for a purpose."""
        match purpose:
            case Purpose.TLS:
                return self.tls
            case Purpose.SIGNING:
                return self.signing
            case Purpose.ENCRYPTION:
                return self.encryption
            case Purpose.SEAL:  # pragma: no branch - the enumeration is closed
                return self.seal


@dataclass(frozen=True, slots=True)
class Trust:
    """All partners of a node.

    Invariant: no party is there twice, and no certificate belongs to two parties.

    Raises:
        InvalidSettingError: the invariant would not hold.
        MalformedIdentifierError: a party id is none.
    """

    partners: tuple[Partner, ...]
    _by_party: Mapping[str, Partner] = field(init=False, repr=False, compare=False)
    _by_tls: Mapping[bytes, Partner] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_party: dict[str, Partner] = {}
        owner: dict[bytes, str] = {}
        for partner in self.partners:
            PartyId.parse(partner.party)
            if by_party.setdefault(partner.party, partner) is not partner:
                raise InvalidSettingError(
                    where=f"partner {partner.party}", why="it is configured twice"
                )
            for one in (one for purpose in Purpose for one in partner.of(purpose)):
                other = owner.setdefault(der_of(one), partner.party)
                if other != partner.party:
                    raise InvalidSettingError(
                        where=f"partner {partner.party}",
                        why=f"certificate {name_of(one)} is configured for {other} as well",
                    )
        by_tls = {der_of(one): partner for partner in self.partners for one in partner.tls}
        object.__setattr__(self, "_by_party", MappingProxyType(by_party))
        object.__setattr__(self, "_by_tls", MappingProxyType(by_tls))

    def partner(self, party: str) -> Partner:
        """Return the partner of that party id.

        Raises:
            AuthenticationError: none is configured.
        """
        partner = self._by_party.get(party)
        if partner is None:
            raise AuthenticationError(why=f"{party[:80]!r} is no partner of this node")
        return partner

    def partner_of_tls(self, der: bytes, at: datetime) -> Partner:
        """Return the partner whose TLS certificate this is, in DER, as the listener saw it.

        Raises:
            AuthenticationError: it is no certificate, nobody's, or out of date.
        """
        partner = self._by_tls.get(der)
        certificate = read_certificate(der)
        if partner is None:
            raise AuthenticationError(
                why=f"TLS certificate {fingerprint(certificate)} is no partner's"
            )
        _require_valid(certificate, Purpose.TLS, at)
        return partner


def require_one_identity(
    partner: Partner, *, signer: x509.Certificate, from_party: str, at: datetime
) -> None:
    """Return when the TLS client, the message's signer and `eb:From` are one partner.

    Args:
        partner: whom the TLS certificate names, from `Trust.partner_of_tls`.
        signer: the certificate that the message's signature verified with.
        from_party: the one `eb:From/eb:PartyId` of the signed header.
        at: the moment of arrival.

    Raises:
        AuthenticationError: a link is broken; `why` says which.
    """
    if from_party != partner.party:
        raise AuthenticationError(
            why=f"the TLS client is {partner.party}, the message is from {from_party[:80]!r}"
        )
    if not is_pinned(signer, partner.signing):
        raise AuthenticationError(
            why=f"the message from {partner.party} is signed with {fingerprint(signer)}, "
            "which is not its signing certificate"
        )
    _require_valid(signer, Purpose.SIGNING, at)


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


def _require_valid(certificate: x509.Certificate, purpose: Purpose, at: datetime) -> None:
    if not is_valid_at(certificate, at):
        raise AuthenticationError(
            why=f"the {purpose.value} certificate {name_of(certificate)} is not valid at "
            f"{at.isoformat()}"
        )
