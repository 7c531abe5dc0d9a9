"""A certificate and its issuer → what can be heard of it now: files · OCSP · revocation list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509

from exchange_node.authorities.fetching import Fetch, UnfetchedError
from exchange_node.authorities.folder import ListFolder
from exchange_node.security.certificates import fingerprint
from exchange_node.security.trusting.crl import RevocationList, open_crl, points_of
from exchange_node.security.trusting.ocsp import question, responders_of, status_by_ocsp
from exchange_node.security.trusting.policy import RevocationPolicy
from exchange_node.security.trusting.status import Doubt, Status, Unknown

MOST_PLACES = 3
"""Responders, and places of a list, that are tried for one certificate (our choice)."""

MOST_LISTS = 50
"""Revocation lists that are kept in memory at a time (our choice)."""

TRY_AGAIN = timedelta(minutes=1)
"""How long an authority that could not be heard is left in peace (our choice)."""

_NONCE_BYTES = 16  # RFC 9654, section 2.1: 32 is advised, responders of RFC 6960 may know no more
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What was heard of a certificate: from where, and when."""

    status: Status
    source: str
    heard_at: datetime


@dataclass
class _Slot:
    """One list, asked for by one at a time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    opened: RevocationList | Unknown | None = None
    date: datetime | None = None
    heard_at: datetime | None = None
    ask_again: datetime | None = None

    def is_current(self, at: datetime) -> bool:
        """Whether the list may be used without asking anew; a clock set back asks anew."""
        if self.heard_at is None or self.ask_again is None:
            return False
        return self.heard_at <= at < self.ask_again


class Asking:
    """Asks every source that a certificate or a setting names, until one gives a clear word."""

    def __init__(
        self,
        policy: RevocationPolicy,
        fetch: Fetch,
        *,
        random_bytes: Callable[[int], bytes],
        lists: ListFolder | None,
    ) -> None:
        """Take how to ask."""
        self._policy = policy
        self._fetch = fetch
        self._random_bytes = random_bytes
        self._lists = lists
        self._slots: dict[tuple[str, str], _Slot] = {}
        self._lock = threading.Lock()

    def hasten(self, seconds: float) -> None:
        """Let nobody be waited for longer than that from now: the node is stopping."""
        self._fetch.hasten(seconds)

    def close(self) -> None:
        """Give connections back."""
        self._fetch.close()

    def hear(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> Word:
        """Return the first clear word, or why there is none, with every source and its reason."""
        doubts: list[tuple[str, Unknown]] = []
        for source, status in self._sources(certificate, issuer, at):
            if not isinstance(status, Unknown):
                return Word(status=status, source=source, heard_at=at)
            doubts.append((source, status))
        if not doubts:
            why = "it names neither a responder nor a list that can be asked over HTTP"
            status = Unknown(doubt=Doubt.NO_SOURCE, why=why)
            return Word(status=status, source="nobody", heard_at=at)
        why = "; ".join(f"{source}: {one.why}" for source, one in doubts)
        status = Unknown(doubt=doubts[0][1].doubt, why=why)
        return Word(status=status, source=doubts[0][0], heard_at=at)

    def _sources(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[tuple[str, Status]]:
        tolerance = self._policy.tolerance
        if self._lists is not None:
            found = self._lists.lists_of(issuer)
            for one in found:
                yield "trust.crl_folder", one.status_of(certificate, at, tolerance)
            if not found:
                why = "no list of its authority lies there"
                yield "trust.crl_folder", Unknown(doubt=Doubt.NO_SOURCE, why=why)
        for url in _reachable(responders_of(certificate)):
            yield url, self._by_ocsp(url, certificate, issuer, at)
        names = (one.value for one in points_of(certificate) if _is_uri(one))
        for url in _reachable(names):
            yield url, self._by_list(url, certificate, issuer, at)

    def _by_ocsp(
        self, url: str, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Status:
        nonce = self._random_bytes(_NONCE_BYTES)
        try:
            fetched = self._fetch(url, question(certificate, issuer, nonce))
        except UnfetchedError as err:
            return _unreachable(str(err))
        status = status_by_ocsp(
            fetched.octets,
            certificate,
            issuer,
            at=at,
            tolerance=self._policy.tolerance,
            nonce=nonce,
        )
        return self._with_clock(status, fetched.date, at)

    def _by_list(
        self, url: str, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Status:
        slot = self._slot(url, issuer)
        with slot.lock:
            if slot.opened is None or not slot.is_current(at):
                self._fill(slot, url, issuer, at)
            opened, date = slot.opened, slot.date
        if isinstance(opened, RevocationList):
            status = opened.status_of(certificate, at, self._policy.tolerance)
            return self._with_clock(status, date, at)
        return opened or _unreachable("nothing was heard")

    def _fill(self, slot: _Slot, url: str, issuer: x509.Certificate, at: datetime) -> None:
        slot.heard_at, slot.ask_again = at, at + TRY_AGAIN
        try:
            fetched = self._fetch(url, None)
        except UnfetchedError as err:
            slot.opened, slot.date = _unreachable(str(err)), None
            return
        slot.opened, slot.date = open_crl(fetched.octets, issuer), fetched.date
        if isinstance(slot.opened, RevocationList):
            # A list is fetched anew when the next one is due, and not at every call after that.
            due = slot.opened.crl.next_update_utc or at + self._policy.max_age
            slot.ask_again = min(at + self._policy.max_age, max(due, at + TRY_AGAIN))

    def _slot(self, url: str, issuer: x509.Certificate) -> _Slot:
        with self._lock:
            key = url, fingerprint(issuer)
            while len(self._slots) >= MOST_LISTS and key not in self._slots:
                self._slots.pop(next(iter(self._slots)))
            return self._slots.setdefault(key, _Slot())

    def _with_clock(self, status: Status, date: datetime | None, at: datetime) -> Status:
        """Add whose clock is off, where the answer's time is the trouble and its sender tells."""
        if (
            date is None
            or not isinstance(status, Unknown)
            or status.doubt not in {Doubt.STALE, Doubt.FROM_THE_FUTURE}
        ):
            return status
        says = f"the clock there says {date.isoformat(timespec='seconds')}"
        is_off = abs(date - at) > self._policy.tolerance
        verdict = "set this machine's clock" if is_off else "this machine's clock agrees with it"
        return Unknown(doubt=status.doubt, why=f"{status.why}; {says}: {verdict}")


def _reachable(urls: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    """Yield the first few that are asked over HTTP; LDAP is not spoken here."""
    left = MOST_PLACES
    for url in urls:
        if left and url.lower().startswith(_SCHEMES):
            left -= 1
            yield url


def _is_uri(name: x509.GeneralName) -> bool:
    return isinstance(name, x509.UniformResourceIdentifier)


def _unreachable(why: str) -> Unknown:
    return Unknown(doubt=Doubt.UNREACHABLE, why=f"out of reach ({why})")
