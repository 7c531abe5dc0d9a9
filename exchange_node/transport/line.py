"""The seam: one method that carries a request to a partner and brings the answer back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: HTTP status, content type, the bytes of the body."""

    status: int
    content_type: str
    body: bytes


class Line(Protocol):
    """A way to the partners."""

    def post(self, partner: str, content_type: str, body: bytes) -> Answer:
        """Carry the bytes to the partner's AS4 endpoint and return its answer.

        Raises:
            PartnerUnreachableError: no connection, or no answer in time; the partner may or may
                not have the bytes.
            PartnerCertificateError: the TLS handshake failed on a certificate.
        """
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
