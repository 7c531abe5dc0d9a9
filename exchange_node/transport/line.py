"""The seam: one method that carries a request to a partner and brings the answer back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from exchange_node.domain.transmission.content import Content, size_of, whole

MAX_ANSWER_BYTES = 1_000_000
"""A receipt or an error is a few kilobytes; more is no answer to a message (our choice)."""

BYTES_A_SECOND = 5_000_000
"""How slowly a partner may work off what it is sent, beyond its time to answer (our choice)."""


def patience(body: Content) -> timedelta:
    """Return how much longer each wait on a line may be: a partner has to work off the bytes."""
    return timedelta(seconds=size_of(body) / BYTES_A_SECOND)


def nothing() -> None:
    """Do nothing as an answer comes: it is a small one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: HTTP status, content type, the body."""

    status: int
    content_type: str
    body: Content

    @property
    def octets(self) -> bytes:
        """The body at once: of an answer that was bounded."""
        return whole(self.body)


class Line(Protocol):
    """A way to the partners."""

    def post(
        self,
        partner: str,
        content_type: str,
        body: Content,
        *,
        most_bytes: int = MAX_ANSWER_BYTES,
        as_it_comes: Callable[[], None] = nothing,
    ) -> Answer:
        """Carry the bytes to the partner's AS4 endpoint and return its answer.

        `most_bytes` bounds the answer: what is pulled may be larger than a receipt. `as_it_comes`
        is called with each stretch of it; what that raises breaks the exchange off.

        Raises:
            PartnerUnreachableError: no connection, or no answer in time; the partner may or may
                not have the bytes.
            PartnerCertificateError: the TLS handshake failed on a certificate.
            StoreFullError: there is no room for a large answer.
        """
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
