"""Receipt or error on a request of its own → the message of ours that it answers.

So a pulled message is answered (eDelivery AS4 1.15, Pull feature), and so may a pushed one be. A
receipt wins over every timer: after the last try it is still recorded. A second one changes
nothing. An error is never answered with an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.errors import InvalidReceiptError, UnknownRecordError
from exchange_node.domain.transmission import ErrorArrived, ReceiptArrived, Retry
from exchange_node.ebms.message import ErrorSignal, PartnerKeys, Receipt
from exchange_node.ebms.signals import Arrived, authenticated, check_receipt
from exchange_node.security.identity import require_one_identity
from exchange_node.security.trust import Partner
from exchange_node.services.stations.outgoing import references_of
from exchange_node.services.stations.traffic.settling import (
    RETRYABLE,
    note_line,
    settle,
    tell_invalid_receipt,
)
from exchange_node.store import audit, outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.payloads import Vault
from exchange_node.transport.line import Answer

log = structlog.get_logger()

ACTOR = "late-answers"
TAKEN = Answer(status=202, content_type="", body=b"")
"""A signal is answered with nothing (eDelivery AS4 1.15, Pull feature)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswers:
    """Finds the message that a receipt or an error speaks of, and moves it on.

    Attributes:
        retries: by partner; `retry` is for those that have none there.
        repeats: codes of errors after which a message is tried again; any other ends it.
    """

    engine: Engine
    vault: Vault
    partners: Mapping[str, PartnerKeys]
    retries: Mapping[str, Retry]
    retry: Retry
    repeats: frozenset[str] = RETRYABLE

    def take(self, caller: Partner, signal: Arrived, body: bytes, now: datetime) -> Answer:
        """Return the answer to a receipt or an error, recorded.

        Raises:
            InvalidReceiptError: the receipt is for no message of the caller's, is not signed by
                it, or does not prove what was sent; the operator is told (EBMS:0302).
            AuthenticationError: it is signed by a certificate that is none of the caller's.
            StoreError: nothing was recorded.
        """
        outgoing = self._sent_to(caller.party, signal.ref)
        if not signal.is_receipt:
            return self._take_error(caller, signal, outgoing, now)
        if outgoing is None:
            why = f"no message of that id went to {caller.party}"
            raise InvalidReceiptError(message_id=signal.ref or "an unnamed message", why=why)
        try:
            receipt = self._receipt(caller, signal, outgoing, now)
        except InvalidReceiptError as err:
            with transaction(self.engine) as conn:
                tell_invalid_receipt(conn, outgoing, now, str(err))
            raise
        self._record(outgoing, receipt, body, now)
        return TAKEN

    def _sent_to(self, partner: str, message_id: str) -> Outgoing | None:
        try:
            with reading(self.engine) as conn:
                outgoing = outbox.get(conn, message_id)
        except UnknownRecordError:
            return None
        return outgoing if outgoing.transmission.partner == partner else None

    def _receipt(
        self, caller: Partner, signal: Arrived, outgoing: Outgoing, now: datetime
    ) -> Receipt:
        receipt = authenticated(signal, self.partners[caller.party], now)
        if not isinstance(receipt, Receipt):  # pragma: no cover - the caller has asked
            raise InvalidReceiptError(message_id=signal.ref, why="this is no receipt")
        require_one_identity(
            caller, signer=receipt.signer, from_party=caller.party, at=now, above=receipt.above
        )
        check_receipt(
            receipt,
            message_id=outgoing.transmission.message_id,
            references=references_of(outgoing.references),
        )
        return receipt

    def _record(self, outgoing: Outgoing, receipt: Receipt, body: bytes, now: datetime) -> None:
        message_id = outgoing.transmission.message_id
        partner = outgoing.transmission.partner
        with transaction(self.engine) as conn:
            outbox.keep_receipt(conn, message_id, body, self.vault, now)
            event = ReceiptArrived(now, by_itself=True)
            settle(conn, outgoing, event, self._retry(partner), now, actor=ACTOR)
            note_line(conn, outgoing, event, now)
        log.info("receipt", message_id=message_id, partner=partner, receipt=receipt.message_id)

    def _take_error(
        self, caller: Partner, signal: Arrived, outgoing: Outgoing | None, now: datetime
    ) -> Answer:
        error = authenticated(signal, self.partners[caller.party], now)
        if not isinstance(error, ErrorSignal):  # pragma: no cover - the caller has asked
            raise InvalidReceiptError(message_id=signal.ref, why="this is no error")
        is_final = (
            error.is_failure and error.is_authenticated and error.ebms_code not in self.repeats
        )
        facts = {
            "code": error.ebms_code,
            "why": error.detail or error.short,
            "signed": error.unsure or str(error.is_authenticated),
        }
        log.warning("error-arrived", partner=caller.party, message_id=signal.ref, **facts)
        with transaction(self.engine) as conn:
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now,
                    actor=ACTOR,
                    action="signal.error",
                    message_id=signal.ref,
                    partner=caller.party,
                    facts=facts,
                ),
            )
            if outgoing is not None and is_final:
                event = ErrorArrived(now, error.ebms_code, error.detail, by_itself=True)
                settle(conn, outgoing, event, self._retry(caller.party), now, actor=ACTOR)
                note_line(conn, outgoing, event, now)
        return TAKEN

    def _retry(self, partner: str) -> Retry:
        return self.retries.get(partner, self.retry)
