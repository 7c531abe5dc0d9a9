"""One request from a partner → its answer: who calls, and which of three things it brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from exchange_node.domain.errors import (
    InvalidSettingError,
    KeyModuleError,
    NotPermittedError,
    ProtocolError,
    StoreError,
)
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.signals import MOST_SIGNAL_BYTES, read_signal
from exchange_node.security.trust import Trust
from exchange_node.services.reception.handing_out import HandingOut
from exchange_node.services.reception.late_answers import LateAnswers
from exchange_node.services.stations.traffic.capturing import Capturing
from exchange_node.services.stations.traffic.taking import Taking
from exchange_node.transport.line import Answer

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Takes what partners post: messages, pull requests, receipts and errors."""

    trust: Trust
    taking: Taking
    handing_out: HandingOut
    late_answers: LateAnswers
    capturing: Capturing
    clock: Callable[[], datetime]

    def most_bytes(self, tls_certificate: bytes) -> int:
        """Return how much a caller may send: one that is no partner, no more than a signal has.

        It is told that it is refused; what it sends beyond that would only fill the disk.
        """
        if self.trust.may_be_partner(tls_certificate):
            return self.taking.limits.mime.max_bytes
        return MOST_SIGNAL_BYTES

    def count(self) -> int:
        """Write down how many strangers were refused unrecorded; return how many lines."""
        return self.taking.replies.count_strangers(self.clock())

    def close(self) -> None:
        """Write down what was only counted, if the store takes it."""
        try:
            self.taking.replies.count_strangers(self.clock(), is_last=True)
        except StoreError as err:
            log.warning("strangers-not-recorded", code=err.code, why=str(err))

    def receive(
        self,
        tls_certificate: bytes,
        content_type: str,
        body: Content,
        above: Sequence[bytes] = (),
    ) -> Answer:
        """Return the answer to one request: a receipt, a pulled message, an error, or nothing.

        It is 503 if nothing could be kept. `tls_certificate` is the caller's, in DER, as the
        listener verified it; empty for none. `above` are certificates, in DER, that came with it.
        """
        caller, answer = self._receive(tls_certificate, content_type, body, above)
        if caller:
            self.capturing.keep(caller, content_type, body, answer, is_ours=False)
        return answer

    def _receive(
        self, tls_certificate: bytes, content_type: str, body: Content, above: Sequence[bytes]
    ) -> tuple[str, Answer]:
        """Return who called, empty for nobody who is known, and the answer."""
        now = self.clock()
        caller = ""
        try:
            try:
                partner = self.trust.partner_of_tls(tls_certificate, now, above)
                caller = partner.party
                signal = read_signal(content_type, body, self.taking.limits)
                if signal is None:
                    reply = self.taking.take(partner, content_type, body, now).reply
                    return caller, Answer(
                        status=reply.status, content_type=reply.content_type, body=reply.content
                    )
                if signal.is_pull_request:
                    return caller, self.handing_out.answer(partner, signal, now)
                return caller, self.late_answers.take(partner, signal, whole(body), now)
            except (ProtocolError, NotPermittedError) as err:
                error = self.taking.replies.refuse(err, caller, content_type, body, now)
                return caller, Answer(status=200, content_type=error.content_type, body=error.body)
        except (StoreError, KeyModuleError, InvalidSettingError) as err:
            # Nothing was kept, not even a refusal: the partner sends the same bytes again.
            log.warning("reception-failed", code=err.code, why=str(err))
            unkept = Answer(status=503, content_type="text/plain", body=f"{err.code}\n".encode())
            return caller, unkept
