"""The sockets under HTTPS: each wait is cut down to what is left of its exchange's time.

The client above bounds every wait by itself, and so would let a partner hold it without end that
sends one byte within each. Here a thread says for which exchange it reads and writes.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import httpcore

from exchange_node.transport.pace import Allowance
from exchange_node.transport.tls import shown_on

_PIECE_BYTES = 16 * 1024
"""What is written between two looks at the time: a record of TLS."""

Vouch = Callable[[Sequence[bytes]], None]
"""Called with the certificates (DER) that a partner shows, its own first; raises where that is not
the partner's. It may ask authorities, which takes its time."""


class Exchanges(threading.local):
    """What a thread exchanges now: its time, and who asks for the other's certificate."""

    allowance: Allowance | None = None
    vouch: Vouch | None = None

    @contextmanager
    def held(self, allowance: Allowance, vouch: Vouch) -> Iterator[None]:
        """Let what this thread reads and writes be bounded until the block ends."""
        self.allowance, self.vouch = allowance, vouch
        try:
            yield
        finally:
            self.allowance, self.vouch = None, None

    def time_for(self, timeout: float | None, late: type[Exception]) -> float | None:
        """Return how long the next wait may be: no longer than is left.

        Raises:
            late: nothing is left.
        """
        if self.allowance is None:
            return timeout
        left = self.allowance.left
        if left <= 0:
            raise late(self.allowance.why)
        return left if timeout is None else min(timeout, left)


class BoundedStream(httpcore.NetworkStream):
    """A stream whose waits are cut; before a message is written, its reader is asked for."""

    def __init__(self, inner: httpcore.NetworkStream, exchanges: Exchanges) -> None:
        self._inner = inner
        self._exchanges = exchanges

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Wait for bytes of the answer."""
        allowance = self._exchanges.allowance
        if allowance is not None:
            allowance.awaits()
        wait = self._exchanges.time_for(timeout, httpcore.ReadTimeout)
        came = self._inner.read(max_bytes, wait)
        if allowance is not None:
            allowance.moved(len(came))
        return came

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes, piece by piece: each has the time of one wait."""
        self._require_vouched()
        allowance = self._exchanges.allowance
        pieces = memoryview(buffer)
        for start in range(0, len(buffer), _PIECE_BYTES):
            piece = bytes(pieces[start : start + _PIECE_BYTES])
            wait = self._exchanges.time_for(timeout, httpcore.WriteTimeout)
            self._inner.write(piece, wait)
            if allowance is not None:
                allowance.moved(len(piece))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands: all of it has the time of one wait."""
        wait = self._exchanges.time_for(timeout, httpcore.ConnectTimeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, wait)
        return BoundedStream(inner, self._exchanges)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        """Return what is known of the socket."""
        return self._inner.get_extra_info(info)

    def _require_vouched(self) -> None:
        """Ask about the certificate, once in each exchange: a connection may outlive its trust."""
        vouch = self._exchanges.vouch
        line = self._inner.get_extra_info("socket")
        if vouch is None or not isinstance(line, ssl.SSLSocket):
            return
        allowance = self._exchanges.allowance
        with allowance.spared() if allowance is not None else nullcontext():
            vouch(shown_on(line))
        self._exchanges.vouch = None


class BoundedBackend(httpcore.NetworkBackend):
    """Opens connections; all addresses of a name together have the time of one exchange."""

    def __init__(self, exchanges: Exchanges, inner: httpcore.NetworkBackend | None = None) -> None:
        self._exchanges = exchanges
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; each has the time of one wait."""
        last: Exception = httpcore.ConnectError("no address")
        for address in _addresses(host, port):
            wait = self._exchanges.time_for(timeout, httpcore.ConnectTimeout)
            try:
                inner = self._inner.connect_tcp(address, port, wait, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as err:
                last = err
            else:
                return BoundedStream(inner, self._exchanges)
        raise last


def _addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a name; how long the system looks for them is the system's."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as err:
        raise httpcore.ConnectError(str(err)) from None
    return [str(address) for _, _, _, _, (address, *_) in found]


class Paced:
    """A TLS connection, for the standard library's client: each wait is cut to what is left."""

    def __init__(self, line: ssl.SSLSocket, allowance: Allowance) -> None:
        self._line = line
        self._allowance = allowance

    def sendall(self, octets: bytes) -> None:
        """Send bytes: a test message is small."""
        self._line.settimeout(left_of(self._allowance))
        self._line.sendall(octets)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what the answer is read from."""
        return io.BufferedReader(_Reading(self._line, self._allowance))

    def close(self) -> None:
        """Leave it to whoever has opened the connection."""


class _Reading(io.RawIOBase):
    def __init__(self, line: ssl.SSLSocket, allowance: Allowance) -> None:
        self._line = line
        self._allowance = allowance

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any, /) -> int:  # noqa: ANN401 - any buffer
        self._allowance.awaits()
        self._line.settimeout(left_of(self._allowance))
        came = self._line.recv_into(into)
        self._allowance.moved(came)
        return came


def left_of(allowance: Allowance) -> float:
    """Return how many seconds are left.

    Raises:
        TimeoutError: none.
    """
    left = allowance.left
    if left <= 0:
        raise TimeoutError(allowance.why)
    return left
