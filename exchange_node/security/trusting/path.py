"""A certificate and the authorities trusted for a partner → the path between them, or why not.

The search tries every issuer of the right name whose key verifies; `flaws` then holds the whole
chain against RFC 5280. `cryptography.x509.verification` is not used: it admits the keys of the Web
alone, and authorities with Ed25519 keys, which suit eDelivery AS4 2.0, are beyond it (ADR 12).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.security.certificates import der_of, name_of
from exchange_node.security.trusting.flaws import flaws_of

MOST_CERTIFICATES = 8
"""Certificates of one path, the partner's own and the authority included (our choice)."""

MOST_SIGNATURES = 50
"""Signatures that are verified in the search for one path (our choice)."""

NO_ISSUER = Rule(
    code="PATH-01",
    severity=Severity.ERROR,
    sentence="{pointer} leads to no authority of this partner: the issuer {value} is not known",
    mend="Put the certificate of that issuer into `authorities` of the partner's card, or have the"
    " partner send it along (in TLS all of its chain, in a message X509PKIPathv1).",
)
BAD_SIGNATURE = Rule(
    code="PATH-02",
    severity=Severity.ERROR,
    sentence="{pointer} was not signed by the key of {value}, which it names as its issuer",
    mend="The authority may have a new key under its old name: put its present certificate into"
    " `authorities` of the partner's card. Otherwise somebody forged this one.",
)
TOO_LONG = Rule(
    code="PATH-09",
    severity=Severity.ERROR,
    sentence="no path from {pointer} to an authority was found within {value} certificates",
    mend="Name the nearest authority in `authorities` of the partner's card.",
)


@dataclass(frozen=True, slots=True)
class Path:
    """A path that holds; made by `find_path` alone.

    Attributes:
        certificates: the partner's own first, the trusted authority last; at least two.
    """

    certificates: tuple[x509.Certificate, ...]

    @property
    def leaf(self) -> x509.Certificate:
        """The partner's own certificate."""
        return self.certificates[0]

    @property
    def anchor(self) -> x509.Certificate:
        """The authority that the partner's card names."""
        return self.certificates[-1]

    def links(self) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
        """Yield each certificate that can be revoked with its issuer; an anchor is just trusted."""
        return pairwise(self.certificates)


def find_path(
    leaf: x509.Certificate,
    *,
    anchors: Sequence[x509.Certificate],
    above: Sequence[x509.Certificate] = (),
    at: datetime,
) -> Path | Finding:
    """Return a path from the certificate to one of the anchors that holds at the moment.

    Where there is none, the finding says what stands against the path that came farthest.

    Args:
        leaf: whose certificate it is; what it may be used for is not looked at here.
        anchors: trusted because the partner's card has them.
        above: further certificates that may help; not trusted.
        at: the moment.
    """
    return _Search(anchors=anchors, above=above, at=at).extend((leaf,))[1]


@dataclass
class _Search:
    """One search; what it may spend is bounded whatever certificates a partner sends."""

    anchors: Sequence[x509.Certificate]
    above: Sequence[x509.Certificate]
    at: datetime
    left: int = MOST_SIGNATURES
    _trusted: frozenset[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._trusted = frozenset(map(der_of, self.anchors))

    def extend(self, chain: tuple[x509.Certificate, ...]) -> tuple[int, Path | Finding]:
        """Return what became of a chain, and how far it came."""
        top = chain[-1]
        if der_of(top) in self._trusted:
            flaw = next(flaws_of(chain, self.at), None)
            return MOST_CERTIFICATES + len(chain), flaw or Path(chain)
        if len(chain) == MOST_CERTIFICATES:
            return len(chain), TOO_LONG.found(
                pointer=name_of(chain[0]), value=str(MOST_CERTIFICATES)
            )
        issuer = top.issuer.rfc4514_string()
        best: tuple[int, Path | Finding] = (
            0,
            NO_ISSUER.found(pointer=name_of(top), value=issuer),
        )
        for one in (*self.anchors, *self.above):
            if one.subject != top.issuer or one in chain:
                continue
            if not self.left:
                value = str(MOST_CERTIFICATES)
                return len(chain), TOO_LONG.found(pointer=name_of(chain[0]), value=value)
            self.left -= 1
            if not is_issued_by(top, one):
                forged = BAD_SIGNATURE.found(pointer=name_of(top), value=name_of(one))
                best = max(best, (len(chain), forged), key=lambda found: found[0])
                continue
            found = self.extend((*chain, one))
            if isinstance(found[1], Path):
                return found
            best = max(best, found, key=lambda found: found[0])
        return max(best, (len(chain), best[1]), key=lambda found: found[0])


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the certificate names that issuer and is signed with its key."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
