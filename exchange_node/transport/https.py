"""HTTPS to the partners: mutual TLS, one kept-alive client per partner, pinned certificates.

A partner's certificate is trusted because both administrations exchanged it, not because some
authority vouches for it: it is the only trust anchor of that partner's connections.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import inf

import httpcore
import httpx

from exchange_node.domain.errors import (
    NodeError,
    PartnerCertificateError,
    PartnerUnreachableError,
)
from exchange_node.domain.transmission.content import Content, InMemory, NewSpool, size_of
from exchange_node.transport.line import MAX_ANSWER_BYTES, Answer, nothing, patience
from exchange_node.transport.pace import Allowance
from exchange_node.transport.probe import MAX_PROBE_BYTES, Failure, Probed, probe
from exchange_node.transport.streams import BoundedBackend, Exchanges, Vouch
from exchange_node.transport.tls import TlsKey, load_key, pinned

KEEP_ALIVE_SECONDS = 4.0
"""How long an idle connection is kept: less than servers do, many of them 5 s (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a partner listens and which certificates (PEM) it may show there.

    Attributes:
        connections: how many may be open to it at once.
        vouch: asked in each exchange about the certificates the partner shows.
    """

    url: str
    certificates_pem: str
    connections: int = 5
    vouch: Vouch = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Kept-alive connections to a partner, opened with one key.

    Straight to the pool: redirects, cookies and logins are not for partners, what looks for them
    costs more than the connection does, and the pool alone lets each exchange have an end.
    """

    key: TlsKey
    url: httpcore.URL
    host: str
    pool: httpcore.ConnectionPool


class HttpsLine:
    """The line over the real network."""

    def __init__(
        self,
        key: TlsKey | Callable[[], TlsKey],
        routes: Mapping[str, Route],
        *,
        timeout_seconds: float = 60.0,
        asking_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        new_spool: NewSpool = InMemory,
    ) -> None:
        """Take key and routes.

        `timeout_seconds` bounds each wait for the partner, and with `LEAST_BYTES_A_SECOND` each
        exchange; `asking_seconds` beside that are for what `vouch` asks others. A large answer is
        spooled. A key that changes is asked for before each post: new connections follow it.
        """
        self._key = key if callable(key) else lambda: key
        self._routes = dict(routes)
        self._seconds = timeout_seconds
        self._asking = asking_seconds
        self._clock = clock
        self._ends = inf
        self._exchanges = Exchanges()
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
        as_it_comes: Callable[[], None] = nothing,
    ) -> Answer:
        """Carry the bytes to the partner; see `Line.post`."""
        route = self._routes.get(partner)
        if route is None:
            raise PartnerUnreachableError(partner=partner, url="-", why="no address is configured")
        allowance = self._allowance(body, most_bytes)
        try:
            way = self._way(partner, route)
            with (
                self._exchanges.held(allowance, _vouching(partner, route)),
                closing(way.pool.handle_request(self._request(way, content_type, body))) as answer,
            ):
                spool = self._new_spool()
                for chunk in _bounded(answer, partner, route.url, most_bytes):
                    spool.write(chunk)
                    as_it_comes()
                return Answer(
                    status=answer.status,
                    content_type=httpx.Headers(answer.headers).get("Content-Type", ""),
                    body=spool.finish(),
                )
        except _FAILURES as err:
            raise _failure(partner, route.url, err) from None
        except httpx.InvalidURL as err:
            raise PartnerUnreachableError(partner=partner, url=route.url, why=str(err)) from None

    def probe(self, partner: str, content_type: str, body: bytes) -> Probed:
        """Carry the bytes to the partner on a connection of their own; see `Prober.probe`."""
        route = self._routes.get(partner)
        if route is None:
            return Probed(url="", failure=Failure.NO_ADDRESS, why="no address is configured")
        context = _context(partner, route, self._key())
        return probe(
            context,
            route.url,
            content_type,
            body,
            allowance=self._allowance(body, MAX_PROBE_BYTES),
            vouch=route.vouch,
        )

    def hasten(self, seconds: float) -> None:
        """Let every exchange end within that time: the node is stopping."""
        self._ends = min(self._ends, self._clock() + seconds)

    def _allowance(self, body: Content, most_bytes: int) -> Allowance:
        return Allowance(
            body, most_bytes, self._seconds, self._clock, lambda: self._ends, self._asking
        )

    def _request(self, way: _Way, content_type: str, body: Content) -> httpcore.Request:
        # An answer is taken as it comes: what is not inflated cannot grow, nor fail to inflate.
        # The length is declared: partners' servers differ in what they make of chunks.
        headers: list[tuple[bytes | str, bytes | str]] = [
            ("Host", way.host),
            ("Content-Type", content_type),
            ("Content-Length", str(size_of(body))),
            ("Accept-Encoding", "identity"),
        ]
        # A partner checks and keeps all of a message before it answers.
        wait = self._seconds + patience(body).total_seconds()
        timeout = httpx.Timeout(wait, connect=min(10.0, self._seconds)).as_dict()
        return httpcore.Request(
            "POST",
            way.url,
            headers=headers,
            content=body if isinstance(body, bytes) else body.chunks(),
            extensions={"timeout": timeout},
        )

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            ways = [*self._former, *self._ways.values()]
            self._former, self._ways = [], {}
        for way in ways:
            way.pool.close()

    def _way(self, partner: str, route: Route) -> _Way:
        key = self._key()
        with self._lock:
            way = self._ways.get(partner)
            if way is not None and way.key == key:
                return way
            if way is not None:  # another post may be under way on it: it is closed at the end
                self._former.append(way)
            url = httpx.URL(route.url)
            pool = httpcore.ConnectionPool(
                ssl_context=_context(partner, route, key),
                max_connections=route.connections,
                max_keepalive_connections=route.connections,
                keepalive_expiry=KEEP_ALIVE_SECONDS,
                network_backend=BoundedBackend(self._exchanges),
            )
            way = _Way(
                key=key,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                host=url.netloc.decode("ascii"),
                pool=pool,
            )
            self._ways[partner] = way
            return way


def _bounded(answer: httpcore.Response, partner: str, url: str, most: int) -> Iterator[bytes]:
    size = 0
    for chunk in answer.iter_stream():
        size += len(chunk)
        if size > most:
            why = f"the answer exceeds {most} bytes"
            raise PartnerUnreachableError(partner=partner, url=url, why=why)
        yield chunk


_FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)


def _failure(
    partner: str, url: str, err: Exception
) -> PartnerUnreachableError | PartnerCertificateError:
    why = str(err) or type(err).__name__
    # In TLS 1.3 the server's complaint about our certificate arrives as an alert on the first read.
    if "certificate" in why.lower() or "ALERT_UNKNOWN_CA" in why.upper():
        return PartnerCertificateError(partner=partner, url=url, why=why)
    return PartnerUnreachableError(partner=partner, url=url, why=why)


def _vouching(partner: str, route: Route) -> Vouch:
    """Return who is asked about a certificate, saying of a refusal with whom it was."""

    def vouch(shown: Sequence[bytes]) -> None:
        try:
            route.vouch(shown)
        except NodeError as err:
            raise PartnerCertificateError(partner=partner, url=route.url, why=str(err)) from None

    return vouch


def _context(partner: str, route: Route, key: TlsKey) -> ssl.SSLContext:
    context = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), route.certificates_pem, partner)
    load_key(context, key)
    return context
