"""HTTP with bounds on callers: how long a head may be, and how long anything may take.

The parser underneath gathers request line, header fields and trailers however long they grow, and
waits for the rest of them, and of a body, without end; so would a caller that never ends one fill
the memory, and one that trickles, or takes its answer in by the byte, hold its connection for ever.
"""

from __future__ import annotations

import asyncio

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger()

MAX_HEAD_BYTES = 65_536
"""Bytes that may come before a body begins or a request ends (our choice; partners send a few
hundred). One read of the socket more is noticed only after it."""

PATIENCE_SECONDS = 30.0
"""Seconds that a caller may keep us waiting: for a request, or to take in more of an answer
(our choice)."""

LEAST_BYTES_A_SECOND = 10_000
"""How slowly a request may come beyond that (our choice): less than any line between offices."""

LOOK_SECONDS = 5.0
"""How often a connection is looked at (our choice)."""


class BoundedHeadProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol, which otherwise takes a head of any length, at any pace."""

    _beside_bytes = 0
    _owed = 0
    """Requests that came whole, and are not yet answered; -1 for one answered before its end."""
    _is_inside = False
    _since = 0.0
    _came = 0
    _waits_to_leave = (0, 0.0)
    """Bytes that wait for the caller to take them, and since when there are as many."""
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_anew()
        self._look = self.loop.call_later(LOOK_SECONDS, self._look_at)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a request."""
        super().on_message_begin()
        self._is_inside = True
        self._wait_anew()

    def on_body(self, body: bytes) -> None:
        """A body is bounded by whoever reads it."""
        self._beside_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin anew with the next request of the connection."""
        self._beside_bytes = 0
        self._is_inside = False
        self._owed += 1
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request, unless it is there."""
        self._owed -= 1
        if not self._is_inside:
            self._wait_anew()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        """Take what came, and no more of a head than is let in."""
        self._beside_bytes += len(data)
        self._came += len(data)
        super().data_received(data)
        if self._beside_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The request's head is too large.")

    def _wait_anew(self) -> None:
        self._since, self._came = self.loop.time(), 0

    def _look_at(self) -> None:
        """End a connection whose caller keeps us waiting; look again later at any other."""
        now = self.loop.time()
        if self.flow.read_paused:  # it is we who are slow
            self._since += LOOK_SECONDS
        is_awaited = self._is_inside or self._owed <= 0
        allowed = PATIENCE_SECONDS + self._came / LEAST_BYTES_A_SECOND
        if (is_awaited and now - self._since > allowed) or self._is_stuck(now):
            log.warning("caller-too-slow", caller=str(self.client), came=self._came)
            self.transport.abort()
            return
        self._look = self.loop.call_later(LOOK_SECONDS, self._look_at)

    def _is_stuck(self, now: float) -> bool:
        """Whether the caller has taken in nothing of an answer for too long."""
        waiting = self.transport.get_write_buffer_size() if self.flow.write_paused else 0
        if not waiting or waiting != self._waits_to_leave[0]:
            self._waits_to_leave = waiting, now
        return now - self._waits_to_leave[1] > PATIENCE_SECONDS
