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
    Transmission,
    Unproven,
)
from exchange_node.domain.transmission.content import Content, InMemory, NewSpool
from exchange_node.ebms.message import ErrorSignal, PartnerKeys, Receipt
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.signals import check_receipt, read_answer
from exchange_node.policy.gates import permit_leaving
from exchange_node.policy.verdict import Verdict
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
"""Longer than a post of a document may take, so that it is not on its way twice (our choice).

An attachment on a slow line may take longer; the partner then knows the second for a repeat.
"""

BATCH = 20


def _nobody(_partner: str) -> None:
    """Call nobody: one after the other is quick enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Carries finished messages to partners until each is receipted, refused or given up.

    Attributes:
        repeats: codes of errors after which a message is tried again; any other ends it.
        call_another: asks for another hand to send to a partner.
    """

    engine: Engine
    vault: Vault
    line: Line
    partners: Mapping[str, PartnerKeys]
    modes: Mapping[str, PartnerMode]
    clock: Callable[[], datetime]
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
        is_more_waiting = False
        for tried in range(BATCH):
            claimed, is_more_waiting = self._claim(mode, is_waiting=is_more_waiting)
            if claimed is None:
                return tried
            try:
                self._try(claimed)
            except (StoreFullError, StoreBusyError):
                raise
            except NodeError as err:
                # The line, a setting, a record that cannot be opened: it is tried again, with the
                # waits in between, and the operator learns of it when it is given up.
                self._advance(claimed, Failed(self.clock(), f"{err.code}: {err}"))
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

    def _claim(self, mode: PartnerMode, *, is_waiting: bool) -> tuple[Outgoing | None, bool]:
        """Return what is to be posted next, if anything, and whether more waits behind it."""
        now = self.clock()
        if not is_waiting:  # to find nothing, nobody is kept from writing
            with reading(self.engine) as conn:
                if not outbox.may_claim(conn, mode.party, now, concurrency=mode.concurrency):
                    return None, False
        with transaction(self.engine) as conn:
            claimed = outbox.claim_next(
                conn,
                mode.party,
                now,
                LEASE,
                concurrency=mode.concurrency,
                per_minute=mode.per_minute,
            )
        if claimed is None:
            return None, False
        _, is_more_waiting = claimed
        if is_more_waiting:
            self.call_another(mode.party)
        return claimed

    def _try(self, outgoing: Outgoing) -> None:
        now = self.clock()
        transmission = outgoing.transmission
        with reading(self.engine) as conn:
            verdict = permit_leaving(held_agreements(conn), outgoing.exchange, now.date())
            instead = self._instead(transmission, verdict, now)
            packed = b"" if instead else self._packed(conn, outgoing)
        if instead is not None:
            self._advance(outgoing, instead)
            return
        partner = self._card_of(transmission.partner)
        log.info("post", message_id=transmission.message_id, partner=transmission.partner)
        answer = self.line.post(transmission.partner, outgoing.content_type, packed)
        self._weigh(outgoing, partner, answer)

    def _instead(self, transmission: Transmission, verdict: Verdict, now: datetime) -> Event | None:
        """Return what is to become of a message that is not to be posted now."""
        retry = self.mode_of(transmission.partner).retry
        if retry.is_spent(transmission.tries) and transmission.state is not State.HELD:
            return GaveUp(now)
        if not verdict.is_permitted:
            return Held(now, f"{verdict.code} {verdict.text}")
        return Released(now) if transmission.state is State.HELD else None

    def _packed(self, conn: Connection, outgoing: Outgoing) -> Content:
        return payloads.fetch_content(conn, outgoing.payload_id, self.vault, self.new_spool)

    def _card_of(self, party: str) -> PartnerKeys:
        partner = self.partners.get(party)
        if partner is None:
            raise MissingSettingError(what=f"the card of {party}", where="partners/")
        return partner

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
