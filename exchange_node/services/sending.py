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
    OvertakenError,
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
    Sent,
    State,
    Unproven,
)
from exchange_node.domain.transmission.content import (
    CHUNK_BYTES,
    Content,
    InMemory,
    NewSpool,
    size_of,
)
from exchange_node.ebms.message import ErrorSignal, PartnerKeys, Receipt
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.signals import check_receipt, read_answer
from exchange_node.policy.gates import permit_leaving
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.outgoing import references_of
from exchange_node.services.stations.traffic.leasing import LeasedContent
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

LEASE = timedelta(minutes=4)
"""Longer than the line waits without progress, so that nothing is on its way twice (our choice).

A large message may take as long as it moves: its lease is renewed as its bytes leave.
"""

BATCH = 20


def _nobody(_partner: str) -> None:
    """Call nobody: one after the other is quick enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Carries finished messages to partners until each is receipted, refused or given up.

    Attributes:
        lease: how long a try is this worker's, and how long it may go without progress.
        repeats: codes of errors after which a message is tried again; any other ends it.
        call_another: asks for another hand to send to a partner.
    """

    engine: Engine
    vault: Vault
    line: Line
    partners: Mapping[str, PartnerKeys]
    modes: Mapping[str, PartnerMode]
    clock: Callable[[], datetime]
    lease: timedelta = LEASE
    repeats: frozenset[str] = RETRYABLE
    call_another: Callable[[str], None] = _nobody
    new_spool: NewSpool = InMemory

    def run(self) -> int:
        """Try what is due to every partner, one after the other; return how many were tried."""
        return sum(self.run_for(partner) for partner in self._due())

    def run_others(self) -> int:
        """Try what is due to partners of whom no card is held any more; return how many."""
        return sum(self.run_for(one) for one in self._due() if one not in self.partners)

    def run_for(self, partner: str) -> int:
        """Try what is due to one partner, up to a batch; return how many were tried.

        Several may do so at once, in this process and in others: each posts one message at a time,
        and all together no more than the partner's mode allows. Whoever finds that more is waiting
        calls another before it posts, so that a post that hangs keeps nothing else back.

        Messages are claimed one by one: a lease has to last for one post, not for all those before
        it, and what brings the walk down keeps no other message back.
        """
        mode = self.mode_of(partner)
        for tried in range(BATCH):
            claimed = self._claim(mode)
            if claimed is None:
                return tried
            outgoing, until = claimed
            try:
                self._try(outgoing, until)
            except (StoreFullError, StoreBusyError):
                raise
            except OvertakenError as err:  # whoever holds it now says what becomes of it
                log.info("overtaken", message_id=err.facts["message_id"], partner=partner)
            except NodeError as err:
                # The line, a setting, a record that cannot be opened: it is tried again, with the
                # waits in between, and the operator learns of it when it is given up.
                self._advance(outgoing, Failed(self.clock(), f"{err.code}: {err}"))
        return BATCH

    def mode_of(self, partner: str) -> PartnerMode:
        """Return what is agreed with a partner."""
        return self.modes.get(partner) or PartnerMode(party=partner)

    def rests_until(self, partner: str) -> datetime | None:
        """Return when the partner's pace lets the next message go, where one waits for that."""
        now = self.clock()
        with reading(self.engine) as conn:
            at = outbox.resting(conn, partner)
            if at is None or at <= now or partner not in outbox.partners_due(conn, now):
                return None
        return at

    def _due(self) -> list[str]:
        with reading(self.engine) as conn:
            return outbox.partners_due(conn, self.clock())

    def _claim(self, mode: PartnerMode) -> tuple[Outgoing, datetime] | None:
        """Return the next message and the end of its lease."""
        now = self.clock()
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not outbox.may_claim(conn, mode.party, now, concurrency=mode.concurrency):
                return None
        with transaction(self.engine) as conn:
            claimed = outbox.claim_next(
                conn,
                mode.party,
                now,
                self.lease,
                concurrency=mode.concurrency,
                per_minute=mode.per_minute,
            )
        if claimed is None:
            return None
        outgoing, is_more_waiting = claimed
        if is_more_waiting:
            self.call_another(mode.party)
        return outgoing, now + self.lease

    def _try(self, outgoing: Outgoing, until: datetime) -> None:
        now = self.clock()
        transmission = outgoing.transmission
        with reading(self.engine) as conn:
            verdict = permit_leaving(held_agreements(conn), outgoing.exchange, now.date())
        retry = self.mode_of(transmission.partner).retry
        if retry.is_spent(transmission.tries) and transmission.state is not State.HELD:
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
        if size_of(packed) > CHUNK_BYTES:
            packed = self._leased(transmission.message_id, packed, until)
        answer = self.line.post(transmission.partner, outgoing.content_type, packed)
        self._weigh(outgoing, partner, answer)

    def _leased(self, message_id: str, packed: Content, until: datetime) -> Content:
        def renew(until: datetime, new: datetime) -> bool:
            with transaction(self.engine) as conn:
                return outbox.renew(conn, message_id, until, new)

        return LeasedContent(
            packed,
            message_id=message_id,
            until=until,
            lease=self.lease,
            renew=renew,
            clock=self.clock,
        )

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
                case ErrorSignal():
                    self._advance(outgoing, self._meaning(signal, message_id, now))
                case None:
                    self._advance(outgoing, Sent(now, f"HTTP {answer.status} without a receipt"))
        except InvalidReceiptError as err:
            # The partner most likely holds the message: it is not sent again, unless the operator
            # has said that it may be; the operator and whoever submitted it learn of it at once.
            if err.ebms_code in self.repeats:
                why = f"{err.ebms_code} {err}"
                self._advance(outgoing, Sent(now, why), invalid_receipt=str(err))
            else:
                self._advance(outgoing, Unproven(now, str(err)))
        except ProtocolError as err:
            self._advance(outgoing, Failed(now, f"HTTP {answer.status}, no ebMS answer: {err}"))

    def _meaning(self, signal: ErrorSignal, message_id: str, now: datetime) -> Event:
        """Return what an error signal means for a message (OASIS ebMS 3.0 Core, section 6.2)."""
        said = f"{signal.ebms_code} {signal.detail or signal.short}".strip()
        if not signal.is_failure:
            return Sent(now, f"a warning and no receipt: {said}")
        if not signal.is_authenticated:
            return Failed(now, f"{signal.ebms_code} {signal.short}, not signed by the partner")
        if signal.ref not in ("", message_id):
            return Failed(now, f"{said}, about {signal.ref[:200]}")
        if signal.ebms_code in self.repeats:
            return Failed(now, said)
        return ErrorArrived(now, signal.ebms_code, signal.detail or signal.short)

    def _advance(
        self,
        outgoing: Outgoing,
        event: Event,
        *,
        receipt: bytes = b"",
        invalid_receipt: str = "",
    ) -> None:
        now = self.clock()
        retry = self.mode_of(outgoing.transmission.partner).retry
        with transaction(self.engine) as conn:
            if receipt:
                message_id = outgoing.transmission.message_id
                outbox.keep_receipt(conn, message_id, receipt, self.vault, now)
            settle(conn, outgoing, event, retry, now, actor="sending")
            if invalid_receipt:
                tell_invalid_receipt(conn, outgoing, now, invalid_receipt)
