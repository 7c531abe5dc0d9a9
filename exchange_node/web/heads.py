"""HTTP with a bound on heads: what comes beside bodies is counted as it comes.

The parser underneath gathers request line, header fields and trailers however long they grow; a
caller that never ends one would fill the memory.
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 65_536
"""Bytes that may come before a body begins or a request ends (our choice; partners send a few
hundred). One read of the socket more is noticed only after it."""


class BoundedHeadProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol, which otherwise takes a head of any length."""

    _beside_bytes = 0

    def on_body(self, body: bytes) -> None:
        """A body is bounded by whoever reads it."""
        self._beside_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin anew with the next request of the connection."""
        self._beside_bytes = 0
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Take what came, and no more of a head than is let in."""
        self._beside_bytes += len(data)
        super().data_received(data)
        if self._beside_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The request's head is too large.")
