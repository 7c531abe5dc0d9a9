"""Outbox → partner: claim · permit once more · post · verify the receipt · advance.

What is claimed is leased: a worker that dies loses nothing, since the lease runs out and the same
bytes go again. Nothing is held across the network call but the lease.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from exchange_node.domain.errors import (
    InvalidReceiptError,
    MissingSettingError,
    NodeError,
    ProtocolError,
    StoreBusyError,
    StoreFullError,
)
from exchange_node.domain.transmission import (
    ErrorArrived,
    Event,
    Failed,
    GaveUp,
    Held,
    ReceiptArrived,
    Released,
    Retry,
    Sent,
    State,
)
from exchange_node.ebms.message import ErrorSignal, PartnerKeys, Receipt
from exchange_node.ebms.signals import check_receipt, read_answer
from exchange_node.policy.gates import permit_leaving
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.outgoing import references_of
from exchange_node.services.stations.traffic.settling import (
    RETRYABLE,
    settle,
    tell_invalid_receipt,
)
from exchange_node.store import outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.payloads import Vault
from exchange_node.transport.line import Answer, Line

log = structlog.get_logger()

LEASE = timedelta(minutes=3)
"""Longer than a post may take, so that no message is on its way twice (our choice)."""

BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Carries finished messages to partners until each is receipted, refused or given up."""

    engine: Engine
    vault: Vault
    line: Line
    partners: Mapping[str, PartnerKeys]
    retry: Retry
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Try what is due, one message per partner; return how many were tried.

        They are claimed one by one: a lease has to last for one post, not for all those before it,
        and what brings the walk down keeps no other message back.
        """
        tried: set[str] = set()
        while len(tried) < BATCH:
            with transaction(self.engine) as conn:
                claimed = outbox.claim(
                    conn, self.clock(), LEASE, 1, one_per_partner=True, passing_over=tried
                )
            if not claimed:
                break
            tried.add(claimed[0].transmission.partner)
            try:
                self._try(claimed[0])
            except (StoreFullError, StoreBusyError):
                raise
            except NodeError as err:
                # The line, a setting, a record that cannot be opened: it is tried again, with the
                # waits in between, and the operator learns of it when it is given up.
                self._advance(claimed[0], Failed(self.clock(), f"{err.code}: {err}"))
        return len(tried)

    def _try(self, outgoing: Outgoing) -> None:
        now = self.clock()
        transmission = outgoing.transmission
        with reading(self.engine) as conn:
            verdict = permit_leaving(held_agreements(conn), outgoing.exchange, now.date())
        if self.retry.is_spent(transmission.tries) and transmission.state is not State.HELD:
            self._advance(outgoing, GaveUp(now))
            return
        if not verdict.is_permitted:
            self._advance(outgoing, Held(now, f"{verdict.code} {verdict.text}"))
            return
        if transmission.state is State.HELD:
            self._advance(outgoing, Released(now))
            return
        partner = self.partners.get(transmission.partner)
        if partner is None:
            raise MissingSettingError(what=f"the card of {transmission.partner}", where="partners/")
        with reading(self.engine) as conn:
            packed = payloads.fetch(conn, outgoing.payload_id, self.vault)
        log.info("post", message_id=transmission.message_id, partner=transmission.partner)
        answer = self.line.post(transmission.partner, outgoing.content_type, packed)
        self._weigh(outgoing, partner, answer)

    def _weigh(self, outgoing: Outgoing, partner: PartnerKeys, answer: Answer) -> None:
        """Advance by what came back: a receipt that proves, an error, or nothing of use."""
        now = self.clock()
        message_id = outgoing.transmission.message_id
        try:
            signal = read_answer(
                answer.content_type,
                answer.body,
                partner=partner,
                at=now,
            )
            match signal:
                case Receipt():
                    check_receipt(
                        signal, message_id=message_id, references=references_of(outgoing.references)
                    )
                    self._advance(outgoing, ReceiptArrived(now), receipt=answer.body)
                case ErrorSignal() if signal.is_failure and signal.is_authenticated:
                    if signal.ebms_code in RETRYABLE:
                        self._advance(outgoing, Failed(now, f"{signal.ebms_code} {signal.detail}"))
                    else:
                        self._advance(outgoing, ErrorArrived(now, signal.ebms_code, signal.detail))
                case ErrorSignal():
                    why = f"{signal.ebms_code} {signal.short}, not signed by the partner"
                    self._advance(outgoing, Failed(now, why))
                case None:
                    self._advance(outgoing, Sent(now, f"HTTP {answer.status} without a receipt"))
        except InvalidReceiptError as err:
            # The partner most likely holds the message: it is not sent again in haste, and the
            # operator learns of it at once (EBMS:0302).
            self._advance(outgoing, Sent(now, f"EBMS:0302 {err}"), invalid_receipt=str(err))
        except ProtocolError as err:
            self._advance(outgoing, Failed(now, f"HTTP {answer.status}, no ebMS answer: {err}"))

    def _advance(
        self,
        outgoing: Outgoing,
        event: Event,
        *,
        receipt: bytes = b"",
        invalid_receipt: str = "",
    ) -> None:
        now = self.clock()
        with transaction(self.engine) as conn:
            if receipt:
                message_id = outgoing.transmission.message_id
                outbox.keep_receipt(conn, message_id, receipt, self.vault, now)
            settle(conn, outgoing, event, self.retry, now, actor="sending")
            if invalid_receipt:
                tell_invalid_receipt(conn, outgoing, now, invalid_receipt)
