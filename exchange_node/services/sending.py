"""Outbox → partner: claim · permit once more · post · verify the receipt · advance.

What is claimed is leased: a worker that dies loses nothing, since the lease runs out and the same
bytes go again. Nothing is held across the network call but the lease.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.errors import (
    InvalidReceiptError,
    MissingSettingError,
    NodeError,
    ProtocolError,
    StoreBusyError,
    StoreFullError,
)
from exchange_node.domain.message import CODES, Service
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
    Transmission,
)
from exchange_node.domain.transmission.content import InMemory, NewSpool
from exchange_node.ebms.message import ErrorSignal, PartnerKeys, Receipt
from exchange_node.ebms.signals import check_receipt, read_answer
from exchange_node.policy.gates import permit_leaving
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.outgoing import references_of
from exchange_node.store import audit, outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.payloads import Vault
from exchange_node.store.records import recipients, submissions
from exchange_node.store.records.recipients import RecipientState
from exchange_node.transport.line import Answer, Line

log = structlog.get_logger()

LEASE = timedelta(minutes=3)
"""Longer than a post may take, so that no message is on its way twice (our choice)."""

BATCH = 20
RETRYABLE = frozenset({"EBMS:0005", "EBMS:0202"})
"""Errors that may pass by themselves: their connection, their disk (ebMS 3.0 Core, 6.7)."""

_SUBMISSION_STATE = {
    State.QUEUED: submissions.State.QUEUED,
    State.AWAITING_RECEIPT: submissions.State.SENT,
    State.HELD: submissions.State.HELD,
    State.RECEIPTED: submissions.State.RECEIPTED,
    State.RECEIPTED_LATE: submissions.State.RECEIPTED,
    State.REFUSED: submissions.State.FAILED,
    State.MISSING_RECEIPT: submissions.State.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Carries finished messages to partners until each is receipted, refused or given up."""

    engine: Engine
    vault: Vault
    line: Line
    partners: Mapping[str, PartnerKeys]
    retry: Retry
    clock: Callable[[], datetime]
    new_spool: NewSpool = InMemory

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
            packed = payloads.fetch_content(conn, outgoing.payload_id, self.vault, self.new_spool)
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
                answer.octets,
                partner=partner,
                at=now,
            )
            match signal:
                case Receipt():
                    check_receipt(
                        signal, message_id=message_id, references=references_of(outgoing.references)
                    )
                    self._advance(outgoing, ReceiptArrived(now), receipt=answer.octets)
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
        message_id = outgoing.transmission.message_id
        with transaction(self.engine) as conn:
            after = outbox.advance(conn, message_id, event, self.retry)
            if receipt:
                outbox.keep_receipt(conn, message_id, receipt, self.vault, now)
            _follow(conn, after, now)
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now,
                    actor="sending",
                    action=f"transmission.{after.state.value}",
                    movement=_movement(outgoing),
                    subject_kind="conversation",
                    subject_key=outgoing.conversation_id,
                    message_id=message_id,
                    partner=after.partner,
                    facts={"tries": str(after.tries), "why": after.last_error},
                ),
            )
            if invalid_receipt:
                leave_notice(
                    conn,
                    "transmission.invalid-receipt",
                    message_id,
                    now,
                    partner=after.partner,
                    why=invalid_receipt,
                )
            if after.state in (State.MISSING_RECEIPT, State.REFUSED):
                leave_notice(
                    conn,
                    f"transmission.{after.state.value}",
                    message_id,
                    now,
                    partner=after.partner,
                    conversation=outgoing.conversation_id,
                    message=outgoing.exchange.code,
                    why=after.last_error,
                )
        log.info(
            "transmission",
            message_id=message_id,
            partner=after.partner,
            state=after.state.value,
            tries=after.tries,
            why=after.last_error,
        )


def _follow(conn: Connection, after: Transmission, now: datetime) -> None:
    """Let what the message was made for know how far it has come."""
    submissions.advance(conn, after.message_id, _SUBMISSION_STATE[after.state], at=now)
    if after.state in (State.RECEIPTED, State.RECEIPTED_LATE):
        recipients.mark(conn, after.message_id, RecipientState.DELIVERED, now)


def _movement(outgoing: Outgoing) -> str:
    is_transit = CODES[outgoing.exchange.code].service is Service.TRANSIT
    return outgoing.conversation_id if is_transit else ""
