"""A partner's authorities and the name it is bound to → whether a certificate is its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from exchange_node.domain.errors import AuthenticationError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.security.certificates import ENDS_SOON, name_of
from exchange_node.security.certificates.fitness import ENDS_SOON_RULE
from exchange_node.security.trusting.flaws import OUT_OF_DATE
from exchange_node.security.trusting.names import BoundName
from exchange_node.security.trusting.path import Path, find_path
from exchange_node.security.trusting.policy import Register, Strictness

OTHER_NAME = Rule(
    code="PATH-11",
    severity=Severity.ERROR,
    sentence="{pointer} bears none of the names that this partner is bound to ({value})",
    mend="Another customer of the same authority is not the partner. If the partner has a new name,"
    " correct `subject` in its card.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """Whose word is taken for one partner, and for which names.

    Attributes:
        authorities: trusted; at least one.
        names: the partner's certificates have to bear one of these; at least one.
        strictness: how revocation is asked about for this partner; None leaves it to the node.
        register: who is asked about revocation; None where nobody can be (a card that is read).
    """

    authorities: tuple[x509.Certificate, ...]
    names: tuple[BoundName, ...]
    strictness: Strictness | None = None
    register: Register | None = field(default=None, repr=False, compare=False)

    def bears_name(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate bears a name of the partner; that alone proves nothing."""
        return any(one.fits(certificate) for one in self.names)

    def check(self, at: datetime) -> Iterator[Finding]:
        """Yield the authorities that are out of date, or soon will be."""
        for one in self.authorities:
            start, end = one.not_valid_before_utc, one.not_valid_after_utc
            if not start <= at <= end:
                yield OUT_OF_DATE.found(
                    pointer=name_of(one),
                    value=at.isoformat(timespec="seconds"),
                    start=start.isoformat(),
                    end=end.isoformat(),
                )
            elif at + ENDS_SOON > end:
                yield ENDS_SOON_RULE.found(
                    pointer=name_of(one),
                    purpose="authority's",
                    value=f"{end:%Y-%m-%d}",
                    days=(end - at).days,
                )

    def look_for(
        self, certificate: x509.Certificate, at: datetime, above: Sequence[x509.Certificate] = ()
    ) -> Path | Finding:
        """Return the path that makes the certificate the partner's, or what stands against it.

        `above` are certificates that came with it; they are not trusted.
        """
        if not self.bears_name(certificate):
            wanted = " or ".join(repr(one.text) for one in self.names)
            return OTHER_NAME.found(pointer=name_of(certificate), value=wanted)
        return find_path(certificate, anchors=self.authorities, above=above, at=at)

    def path_of(
        self, certificate: x509.Certificate, at: datetime, above: Sequence[x509.Certificate] = ()
    ) -> Path:
        """Return the path that makes the certificate the partner's.

        Raises:
            AuthenticationError: there is none; `why` is what stands against it.
        """
        found = self.look_for(certificate, at, above)
        if isinstance(found, Finding):
            raise AuthenticationError(why=found.text)
        return found

    def require_unrevoked(self, path: Path, at: datetime) -> None:
        """Return when no certificate of a path is known to be revoked; see `Register`.

        Asked once the holder of the certificate has shown that it has the key: a stranger shall not
        make us ask authorities.

        Raises:
            RevokedCertificateError: one is revoked.
            UnknownRevocationError: nobody says, for longer than the policy allows.
        """
        if self.register is not None:
            self.register.require_good(path, at, strictness=self.strictness)
