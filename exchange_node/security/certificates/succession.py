"""Old and new certificates for one use → which counts at a moment, and which follows when.

The rule is one for signing, sealing and TLS: of those that are valid, the newest that partners have
had the overlap to take in, else the oldest. What is encrypted for knows no overlap: whoever hands
out a certificate holds its key already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.security.certificates.fitness import (
    ENDS_SOON_RULE,
    EXPIRED,
    NOT_YET_VALID,
    Purpose,
    check_certificate,
)
from exchange_node.security.certificates.reading import is_valid_at, name_of
from exchange_node.security.keys import PrivateKey, agreement_of, algorithm_of, public_key_of

_SECOND = timedelta(seconds=1)  # the grain of a certificate's dates

FORMER = Rule(
    code="CERT-08",
    severity=Severity.WARNING,
    sentence="the {purpose} certificate {pointer} ended on {value}; another is in use",
    mend="Take it away once nothing waits any more that was made with it or for it.",
)
SUCCEEDED = Rule(
    code="CERT-09",
    severity=Severity.WARNING,
    sentence="the {purpose} certificate {pointer} ends on {value}; {next} takes over on {since}",
    mend="See that every partner has taken the new card in before that day.",
)


@dataclass(frozen=True, slots=True)
class Succession:
    """Certificates for one use, of which one counts at a moment; at least one.

    Attributes:
        overlap: how long one has been valid before it counts in place of an older one.
    """

    certificates: tuple[x509.Certificate, ...]
    overlap: timedelta = timedelta()

    def at(self, moment: datetime) -> x509.Certificate:
        """Return the certificate that counts at a moment.

        Where none is valid it is the one that ends last: the partner has the last word on it.
        """
        valid = [one for one in self.certificates if is_valid_at(one, moment)]
        if not valid:
            return max(self.certificates, key=lambda one: one.not_valid_after_utc)
        known = [one for one in valid if _began(one) + self.overlap <= moment]
        return max(known, key=_began) if known else min(valid, key=_began)

    def after(self, moment: datetime) -> tuple[x509.Certificate, datetime] | None:
        """Return which certificate counts next and from when; None where no other follows."""
        now = self.at(moment)
        turns = {
            turn
            for one in self.certificates
            for turn in (
                _began(one),
                _began(one) + self.overlap,
                one.not_valid_after_utc + _SECOND,
            )
            if turn > moment
        }
        for turn in sorted(turns):
            following = self.at(turn)
            if following is not now and is_valid_at(following, turn):
                return following, turn
        return None


def successions(
    certificates: Sequence[x509.Certificate], purpose: Purpose, overlap: timedelta = timedelta()
) -> tuple[Succession, ...]:
    """Return the certificates of a purpose by use: one kind of key does not follow another.

    TLS and the seal take any kind of key; signing and encryption are done in suites, each with a
    kind of its own.
    """
    groups: dict[str, list[x509.Certificate]] = {}
    for one in certificates:
        groups.setdefault(_use_of(one, purpose), []).append(one)
    waits = timedelta() if purpose is Purpose.ENCRYPTION else overlap
    return tuple(Succession(tuple(group), waits) for group in groups.values())


def check_succession(
    held: Sequence[tuple[x509.Certificate, PrivateKey | None]],
    purpose: Purpose,
    at: datetime,
    overlap: timedelta = timedelta(),
) -> tuple[Finding, ...]:
    """Return what stands against certificates of one purpose, each with its key where it is ours.

    Dates count for what is in use: what is coming may be early, what was may have ended.
    """
    return tuple(_findings(held, purpose, at, overlap))


def _findings(
    held: Sequence[tuple[x509.Certificate, PrivateKey | None]],
    purpose: Purpose,
    at: datetime,
    overlap: timedelta,
) -> Iterator[Finding]:
    certificates = [one for one, _ in held]
    in_use = {id(one.at(at)): one for one in successions(certificates, purpose, overlap)}
    for certificate, key in held:
        succession = in_use.get(id(certificate))
        following = succession.after(at) if succession else None
        for one in check_certificate(certificate, purpose, at, key):
            facts = {"pointer": one.pointer, "value": one.value, "purpose": purpose.value}
            if succession is None and one.code in (NOT_YET_VALID.code, ENDS_SOON_RULE.code):
                continue
            if succession is None and one.code == EXPIRED.code:
                yield FORMER.found(**facts)
            elif following and one.code == ENDS_SOON_RULE.code:
                new, since = following
                yield SUCCEEDED.found(next=name_of(new), since=f"{since:%Y-%m-%d}", **facts)
            else:
                yield one


def _use_of(certificate: x509.Certificate, purpose: Purpose) -> str:
    key = public_key_of(certificate)
    match purpose:
        case Purpose.SIGNING:
            return algorithm_of(key)
        case Purpose.ENCRYPTION:
            return agreement_of(key)  # empty for RSA, whose keys are transported
        case Purpose.TLS | Purpose.SEAL:  # pragma: no branch - the enumeration is closed
            return ""


def _began(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_before_utc
