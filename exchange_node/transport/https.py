"""HTTPS to the partners: mutual TLS, one kept-alive client per partner, pinned certificates.

A partner's certificate is trusted because both administrations exchanged it, not because some
authority vouches for it: it is the only trust anchor of that partner's connections.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from exchange_node.domain.errors import (
    InvalidSettingError,
    PartnerCertificateError,
    PartnerUnreachableError,
    PassphraseError,
)
from exchange_node.domain.transmission.content import (
    Content,
    InMemory,
    NewSpool,
    size_of,
)
from exchange_node.transport.line import MAX_ANSWER_BYTES, Answer, patience
from exchange_node.transport.probe import Failure, Probed, probe

ANSWER_BYTES_A_SECOND = 100_000
"""How slowly a large answer may come, beyond the time of a small one (our choice): what is pulled
may be an attachment, on a line of 1 Mbit/s."""

KEEP_ALIVE_SECONDS = 4.0
"""How long an idle connection is kept: less than servers do, many of them 5 s (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsKey:
    """Our own TLS certificate and its encrypted key, as files, with the key's passphrase."""

    certificate_file: Path
    key_file: Path
    passphrase: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a partner listens and which certificates (PEM) it may show there.

    Attributes:
        connections: how many may be open to it at once.
    """

    url: str
    certificates_pem: str
    connections: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Kept-alive connections to a partner, opened with one key.

    Straight to the transport: redirects, cookies and logins are not for partners, and what looks
    for them costs more than the connection does.
    """

    key: TlsKey
    url: httpx.URL
    transport: httpx.HTTPTransport


def load_key(context: ssl.SSLContext, key: TlsKey) -> None:
    """Put our certificate and key into a TLS context.

    Raises:
        PassphraseError: the passphrase does not open the key.
        InvalidSettingError: the files are no certificate and key that belong together.
    """
    try:
        context.load_cert_chain(key.certificate_file, key.key_file, password=key.passphrase)
    except ssl.SSLError as err:
        if "KEY_VALUES_MISMATCH" in (err.reason or ""):
            raise InvalidSettingError(
                where=key.certificate_file.name, why="the certificate is not for this key"
            ) from None
        raise PassphraseError(which=key.key_file.name, why="the passphrase is wrong") from None
    except OSError as err:
        raise InvalidSettingError(
            where=key.key_file.name, why=err.strerror or "unreadable"
        ) from None


def pinned(context: ssl.SSLContext, certificates_pem: str, where: str) -> ssl.SSLContext:
    """Make the given certificates the only ones a peer may show.

    Raises:
        InvalidSettingError: they are no PEM certificates.
    """
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    # A pinned leaf is its own anchor; without this flag OpenSSL insists on a self-issued root.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=certificates_pem)
    except (ssl.SSLError, ValueError) as err:
        raise InvalidSettingError(where=where, why=f"no PEM certificates: {err}") from None
    return context


def time_for(size: int, seconds: float) -> float:
    """Return how many seconds an answer may take of which so many bytes have come."""
    return seconds + size / ANSWER_BYTES_A_SECOND


class HttpsLine:
    """The line over the real network."""

    def __init__(
        self,
        key: TlsKey | Callable[[], TlsKey],
        routes: Mapping[str, Route],
        *,
        timeout_seconds: float = 60.0,
        answer_seconds: float | None = None,
        new_spool: NewSpool = InMemory,
    ) -> None:
        """Take key and routes; `answer_seconds` bounds a small body, else as `timeout_seconds`.

        The latter bounds each wait for the partner's next bytes. A large answer is spooled. A key
        that changes is asked for before each post: a change of keys is followed by new connections.
        """
        self._key = key if callable(key) else lambda: key
        self._routes = dict(routes)
        self._seconds = timeout_seconds if answer_seconds is None else answer_seconds
        self._wait = timeout_seconds
        self._timeout = httpx.Timeout(timeout_seconds, connect=min(10.0, timeout_seconds))
        self._new_spool = new_spool
        self._ways: dict[str, _Way] = {}
        self._former: list[_Way] = []
        self._lock = threading.Lock()

    def post(
        self,
        partner: str,
        content_type: str,
        body: Content,
        *,
        most_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Carry the bytes to the partner; see `Line.post`."""
        route = self._routes.get(partner)
        if route is None:
            raise PartnerUnreachableError(partner=partner, url="-", why="no address is configured")
        try:
            way = self._way(partner, route)
            # An answer is taken as it comes: what is not inflated cannot grow, nor fail to inflate.
            # The length is declared: partners' servers differ in what they make of chunks.
            headers = {
                "Content-Type": content_type,
                "Content-Length": str(size_of(body)),
                "Accept-Encoding": "identity",
            }
            request = httpx.Request(
                "POST",
                way.url,
                content=body if isinstance(body, bytes) else body.chunks(),
                headers=headers,
                extensions={"timeout": self._patience(body).as_dict()},
            )
            with closing(way.transport.handle_request(request)) as response:
                return Answer(
                    status=response.status_code,
                    content_type=response.headers.get("Content-Type", ""),
                    body=self._bounded(response, partner, route.url, most_bytes),
                )
        except httpx.TransportError as err:
            raise _failure(partner, route.url, err) from None
        except httpx.InvalidURL as err:
            raise PartnerUnreachableError(partner=partner, url=route.url, why=str(err)) from None

    def probe(self, partner: str, content_type: str, body: bytes) -> Probed:
        """Carry the bytes to the partner on a connection of their own; see `Prober.probe`."""
        route = self._routes.get(partner)
        if route is None:
            return Probed(url="", failure=Failure.NO_ADDRESS, why="no address is configured")
        context = _context(partner, route, self._key())
        return probe(context, route.url, content_type, body, seconds=self._seconds)

    def _patience(self, body: Content) -> httpx.Timeout:
        """Return how long to wait: a partner checks and keeps all of it before it answers."""
        wait = self._wait + patience(body).total_seconds()
        return httpx.Timeout(wait, connect=self._timeout.connect)

    def _bounded(
        self, response: httpx.Response, partner: str, url: str, most_bytes: int
    ) -> Content:
        """Return the body of an answer; one that trickles must not hold up what goes to others."""
        spool = self._new_spool()
        size = 0
        begin = time.monotonic()
        for chunk in response.iter_raw():
            size += len(chunk)
            allowed = time_for(size, self._seconds)
            if time.monotonic() - begin > allowed:
                why = f"the answer takes longer than {allowed:.0f} s"
                raise PartnerUnreachableError(partner=partner, url=url, why=why)
            if size > most_bytes:
                why = f"the answer exceeds {most_bytes} bytes"
                raise PartnerUnreachableError(partner=partner, url=url, why=why)
            spool.write(chunk)
        return spool.finish()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            ways = [*self._former, *self._ways.values()]
            self._former, self._ways = [], {}
        for way in ways:
            way.transport.close()

    def _way(self, partner: str, route: Route) -> _Way:
        key = self._key()
        with self._lock:
            way = self._ways.get(partner)
            if way is not None and way.key == key:
                return way
            if way is not None:  # another post may be under way on it: it is closed at the end
                self._former.append(way)
            transport = httpx.HTTPTransport(
                verify=_context(partner, route, key),
                limits=httpx.Limits(
                    max_connections=route.connections,
                    max_keepalive_connections=route.connections,
                    keepalive_expiry=KEEP_ALIVE_SECONDS,
                ),
                trust_env=False,
            )
            way = _Way(key=key, url=httpx.URL(route.url), transport=transport)
            self._ways[partner] = way
            return way


def _failure(
    partner: str, url: str, err: httpx.TransportError
) -> PartnerUnreachableError | PartnerCertificateError:
    why = str(err) or type(err).__name__
    # In TLS 1.3 the server's complaint about our certificate arrives as an alert on the first read.
    if "certificate" in why.lower() or "ALERT_UNKNOWN_CA" in why.upper():
        return PartnerCertificateError(partner=partner, url=url, why=why)
    return PartnerUnreachableError(partner=partner, url=url, why=why)


def _context(partner: str, route: Route, key: TlsKey) -> ssl.SSLContext:
    context = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), route.certificates_pem, partner)
    load_key(context, key)
    return context
