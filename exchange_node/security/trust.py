"""Certificate → whose it is: pinned for one partner, or vouched for by an authority of its card.

An authority's word counts under the partner's name alone. What is refused here says why, for our
own operators and the log: outside it is EBMS:0101 and nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from exchange_node.domain.errors import AuthenticationError, InvalidSettingError
from exchange_node.domain.identifiers import PartyId
from exchange_node.security.certificates import (
    Purpose,
    check_certificate,
    der_of,
    fingerprint,
    is_pinned,
    is_valid_at,
    name_of,
    read_certificate,
)
from exchange_node.security.trusting.anchors import Anchors
from exchange_node.security.trusting.flaws import extension_of
from exchange_node.security.trusting.path import MOST_CERTIFICATES, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner's certificates as they are configured; old and new side by side while rolling over.

    Attributes:
        party: the party id (`customs.uz`).
        tls: what it may show as a TLS client, and as a server; none where `anchors` vouch.
        signing: what its messages may be signed with; none where `anchors` vouch.
        encryption: what we encrypt for; none where nothing is encrypted.
        seal: what its documents may be sealed with.
        anchors: whose word is taken for its TLS and signing certificates; None for nobody's.
    """

    party: str
    tls: tuple[x509.Certificate, ...]
    signing: tuple[x509.Certificate, ...]
    encryption: tuple[x509.Certificate, ...]
    seal: tuple[x509.Certificate, ...]
    anchors: Anchors | None = None

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

    def path_of(
        self,
        certificate: x509.Certificate,
        purpose: Purpose,
        at: datetime,
        above: Sequence[x509.Certificate] = (),
    ) -> Path | None:
        """Return the path that makes a TLS or signing certificate the partner's; None for a pin.

        The holder has shown that it has the key. `above` are certificates that came with it; they
        are not trusted.

        Raises:
            AuthenticationError: it is neither pinned nor vouched for, out of date, or made for
                something else.
            RevokedCertificateError: an authority has revoked it, or one above it.
            UnknownRevocationError: nobody says, for longer than the policy allows.
        """
        if is_pinned(certificate, self.of(purpose)):
            _require_valid(certificate, purpose, at)
            return None
        if self.anchors is None:
            raise AuthenticationError(
                why=f"{fingerprint(certificate)} is not a {purpose.value} certificate of"
                f" {self.party}"
            )
        path = self.anchors.path_of(certificate, at, above)
        if purpose is Purpose.TLS:
            _require_client(certificate)
        else:
            for finding in check_certificate(certificate, purpose, at):
                if finding.is_error:
                    raise AuthenticationError(why=finding.text)
        self.anchors.require_unrevoked(path, at)
        return path

    def server_path(self, shown: Sequence[bytes], at: datetime) -> Path | None:
        """Return the path of the TLS certificate that the partner shows when it is called.

        None for a pin. `shown` is what its server has sent, in DER, its own certificate first. That
        a server may show that, OpenSSL has checked.

        Raises:
            AuthenticationError, RevokedCertificateError, UnknownRevocationError: as `path_of`.
        """
        certificate = read_certificate(shown[0] if shown else b"")
        if self.anchors is None or is_pinned(certificate, self.tls):
            return self.path_of(certificate, Purpose.TLS, at)
        path = self.anchors.path_of(certificate, at, _readable(shown[1:]))
        self.anchors.require_unrevoked(path, at)
        return path


@dataclass(frozen=True, slots=True)
class Trust:
    """All partners of a node.

    Invariant: no party is there twice, and no certificate and no bound name belongs to two parties.

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
        bound: dict[object, str] = {}
        for partner in self.partners:
            for name in partner.anchors.names if partner.anchors is not None else ():
                other = bound.setdefault(name.key, partner.party)
                if other != partner.party:
                    raise InvalidSettingError(
                        where=f"partner {partner.party}",
                        why=f"subject {name.text!r} is configured for {other} as well",
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

    def may_be_partner(self, der: bytes) -> bool:
        """Whether a TLS certificate, in DER, is some partner's for all that can be seen at once.

        It is pinned, or bears a partner's name; `partner_of_tls` has the last word.
        """
        if der in self._by_tls:
            return True
        try:
            certificate = read_certificate(der)
        except AuthenticationError:
            return False
        return any(
            one.anchors is not None and one.anchors.bears_name(certificate) for one in self.partners
        )

    def partner_of_tls(self, der: bytes, at: datetime, above: Sequence[bytes] = ()) -> Partner:
        """Return the partner whose TLS certificate this is, in DER, as the listener saw it.

        `above` are certificates, in DER, that came with it; they are not trusted.

        Raises:
            AuthenticationError: it is no certificate, nobody's, or out of date.
            RevokedCertificateError, UnknownRevocationError: see `Partner.path_of`.
        """
        certificate = read_certificate(der)
        partner = self._by_tls.get(der)
        if partner is not None:
            _require_valid(certificate, Purpose.TLS, at)
            return partner
        named = [
            one
            for one in self.partners
            if one.anchors is not None and one.anchors.bears_name(certificate)
        ]
        if len(named) != 1:
            whose = " and ".join(one.party for one in named) or "no partner"
            raise AuthenticationError(
                why=f"TLS certificate {fingerprint(certificate)} is {whose}'s"
            )
        named[0].path_of(certificate, Purpose.TLS, at, _readable(above))
        return named[0]


def _readable(ders: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """Return certificates that came with another, as many as a path may have.

    One that cannot be read is passed over: it leads nowhere, and what it was to lead to is told by
    who looks for the path.
    """
    found = []
    for der in ders[:MOST_CERTIFICATES]:
        with suppress(AuthenticationError):
            found.append(read_certificate(der))
    return tuple(found)


def _require_client(certificate: x509.Certificate) -> None:
    """Return when the certificate may be shown by a caller; what a server shows, OpenSSL checks."""
    usage = extension_of(certificate, x509.ExtendedKeyUsage)
    if usage is not None and ExtendedKeyUsageOID.CLIENT_AUTH not in usage:
        raise AuthenticationError(why=f"{name_of(certificate)} may not be shown by a TLS client")


def _require_valid(certificate: x509.Certificate, purpose: Purpose, at: datetime) -> None:
    if not is_valid_at(certificate, at):
        raise AuthenticationError(
            why=f"the {purpose.value} certificate {name_of(certificate)} is not valid at "
            f"{at.isoformat()}"
        )
