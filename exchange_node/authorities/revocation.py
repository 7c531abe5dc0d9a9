"""A path → nothing, or the error that a certificate of it is revoked or that nobody can say.

Every certificate below the trusted authority is asked about. A word is used until the age that the
settings state, and never beyond the moment the authority itself promised the next one; after that
the authority is asked anew, by one caller at a time. When it cannot be heard, the policy decides
whether the last good word still counts, and for how long. A certificate once called revoked stays
so until the authority itself says otherwise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from cryptography import x509

from exchange_node.authorities.asking import TRY_AGAIN, Asking, Word
from exchange_node.authorities.fetching import Fetch
from exchange_node.authorities.folder import ListFolder
from exchange_node.domain.errors import RevokedCertificateError, UnknownRevocationError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.security.certificates import fingerprint, name_of
from exchange_node.security.trusting.path import Path
from exchange_node.security.trusting.policy import RevocationPolicy, Strictness
from exchange_node.security.trusting.status import Good, Revoked, Unknown

log = structlog.get_logger()

MOST_WORDS = 2000
"""Certificates whose status is remembered at a time (our choice)."""

REVOKED = Rule(
    code="REV-01",
    severity=Severity.ERROR,
    sentence="{pointer} was revoked on {value} ({reason}), says {source}",
    mend="Ask the partner by telephone what happened; it needs a new certificate.",
)
NOBODY_SAYS = Rule(
    code="REV-02",
    severity=Severity.WARNING,
    sentence="nobody says whether {pointer} is revoked: {value}",
    mend="Let this machine reach the authority, or put its list into the folder that"
    " trust.crl_folder names; check this machine's clock.",
)


@dataclass
class _Memory:
    """What was heard of one certificate, asked for by one caller at a time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    word: Word | None = None
    ask_again: datetime | None = None
    good: Word | None = None
    good_until: datetime | None = None

    def is_current(self, at: datetime) -> bool:
        if self.word is None or self.ask_again is None:
            return False
        return self.word.heard_at <= at < self.ask_again


class Revocation:
    """Knows which certificates are revoked; shared by all threads of a node."""

    def __init__(
        self,
        policy: RevocationPolicy,
        fetch: Fetch,
        *,
        random_bytes: Callable[[int], bytes],
        lists: ListFolder | None = None,
    ) -> None:
        """Take policy and sources; `lists` are asked first where there are any."""
        self._policy = policy
        self._asking = Asking(policy, fetch, random_bytes=random_bytes, lists=lists)
        self._memories: dict[tuple[str, str], _Memory] = {}
        self._lock = threading.Lock()

    def hasten(self, seconds: float) -> None:
        """Let no authority be waited for longer than that from now: the node is stopping."""
        self._asking.hasten(seconds)

    def close(self) -> None:
        """Give connections back."""
        self._asking.close()

    def require_good(
        self, path: Path, at: datetime, *, strictness: Strictness | None = None
    ) -> None:
        """Return when no certificate of the path is known to be revoked; see `RevocationPolicy`.

        `strictness` is the partner's own; None takes the node's.

        Raises:
            RevokedCertificateError: one is revoked.
            UnknownRevocationError: nobody says, for longer than the policy allows.
        """
        how = strictness or self._policy.strictness
        if how is Strictness.OFF:
            return
        for certificate, issuer in path.links():
            self._require(certificate, issuer, at, how)

    def check(
        self, path: Path, at: datetime, *, strictness: Strictness | None = None
    ) -> Iterator[Finding]:
        """Yield what is revoked, and what nobody can be heard about; asks as the node would."""
        if (strictness or self._policy.strictness) is Strictness.OFF:
            return
        for certificate, issuer in path.links():
            word = self._recall(certificate, issuer, at)[0]
            match word.status:
                case Revoked(at=since, reason=reason):
                    yield REVOKED.found(
                        pointer=name_of(certificate),
                        value=since.isoformat(),
                        reason=reason,
                        source=word.source,
                    )
                case Unknown(why=why):
                    yield NOBODY_SAYS.found(pointer=name_of(certificate), value=why)
                case Good():
                    continue

    def _require(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime, how: Strictness
    ) -> None:
        word, good, good_until = self._recall(certificate, issuer, at)
        match word.status:
            case Good():
                return
            case Revoked(at=since, reason=reason):
                raise RevokedCertificateError(
                    certificate=name_of(certificate),
                    revoked_at=since.isoformat(),
                    reason=reason,
                    source=word.source,
                )
            case Unknown(why=why):
                grace = self._policy.grace if how is Strictness.GRACE else timedelta(0)
                if good_until is not None and at <= good_until + grace:
                    log.warning(
                        "revocation-in-grace",
                        certificate=name_of(certificate),
                        why=why,
                        until=(good_until + grace).isoformat(),
                    )
                    return
                raise UnknownRevocationError(
                    certificate=name_of(certificate),
                    why=why,
                    last_word=_last_word(good, good_until, at, grace),
                )

    def _recall(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> tuple[Word, Word | None, datetime | None]:
        """Return the present word, the last good one, and until when that was current."""
        memory = self._memory(certificate, issuer)
        with memory.lock:
            if memory.word is None or not memory.is_current(at):
                self._ask(memory, certificate, issuer, at)
            if memory.word is None:  # pragma: no cover - `_ask` leaves one
                raise AssertionError
            return memory.word, memory.good, memory.good_until

    def _ask(
        self,
        memory: _Memory,
        certificate: x509.Certificate,
        issuer: x509.Certificate,
        at: datetime,
    ) -> None:
        word = self._asking.hear(certificate, issuer, at)
        match word.status:
            case Good(until=until):
                memory.good, memory.good_until = word, min(at + self._policy.max_age, until)
                # Within the tolerance of clocks `until` may have passed: not asked at every call.
                memory.ask_again = max(memory.good_until, at + TRY_AGAIN)
            case Revoked():
                memory.good, memory.good_until = None, None
                memory.ask_again = at + self._policy.max_age
            case Unknown():
                memory.ask_again = at + TRY_AGAIN
                if memory.word is not None and isinstance(memory.word.status, Revoked):
                    word = Word(status=memory.word.status, source=memory.word.source, heard_at=at)
        memory.word = word

    def _memory(self, certificate: x509.Certificate, issuer: x509.Certificate) -> _Memory:
        key = fingerprint(certificate), fingerprint(issuer)
        with self._lock:
            while len(self._memories) >= MOST_WORDS and key not in self._memories:
                self._memories.pop(next(iter(self._memories)))
            return self._memories.setdefault(key, _Memory())


def _last_word(
    good: Word | None, good_until: datetime | None, at: datetime, grace: timedelta
) -> str:
    if good is None or good_until is None:
        return "no good word was heard since this node was started"
    age = timedelta(seconds=round((at - good.heard_at).total_seconds()))
    return (
        f"the last good word came from {good.source} {age} ago and counted until"
        f" {(good_until + grace).isoformat(timespec='seconds')}"
    )
