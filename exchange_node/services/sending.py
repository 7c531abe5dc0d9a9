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
    MissingSettingError,
    NodeError,
    OvertakenError,
    StoreBusyError,
    StoreFullError,
    TransmissionError,
)
from exchange_node.domain.transmission import (
    Event,
    Failed,
    GaveUp,
    Released,
    State,
)
from exchange_node.domain.transmission.content import (
    CHUNK_BYTES,
    Content,
    InMemory,
    NewSpool,
    size_of,
)
from exchange_node.ebms.message import PartnerKeys
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.services.stations.agreements import held_agreements, stopped
from exchange_node.services.stations.availability.seeing import kept_for
from exchange_node.services.stations.traffic.leasing import LeasedContent
from exchange_node.services.stations.traffic.settling import (
    RETRYABLE,
    note_line,
    settle,
    tell_invalid_receipt,
)
from exchange_node.services.stations.traffic.weighing import Outcome, weigh
from exchange_node.store import outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.payloads import Vault
from exchange_node.transport.line import Line

log = structlog.get_logger()

LEASE = timedelta(minutes=16)
"""Longer than a small message may be on its way, so that nothing is so twice (our choice).

A large message may take as long as it moves: its lease is renewed as its bytes leave.
"""

BATCH = 20


@dataclass(frozen=True, slots=True)
class _Turn:
    """A message that is claimed, and the end of its lease."""

    outgoing: Outgoing
    until: datetime


_Claimed = tuple[_Turn, bool]
"""What was claimed, and whether more waits behind it."""


def _never() -> bool:
    return False


def _nobody(*_: object) -> None:
    """Call nobody: one after the other is quick enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Carries finished messages to partners until each is receipted, refused or given up.

    Attributes:
        lease: how long a try is this worker's, and how long it may go without progress.
        repeats: codes of errors after which a message is tried again; any other ends it.
        call_another: asks for another hand to send to a partner.
        call_teller: says that there is news for a person.
        is_stopping: whether nothing more is to be begun; what fails then is no try.
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
    call_teller: Callable[[], None] = _nobody
    new_spool: NewSpool = InMemory
    is_stopping: Callable[[], bool] = _never

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
        it, and what brings the walk down keeps no other message back. The next is claimed in the
        transaction that settles the one before.
        """
        mode = self.mode_of(partner)
        turn = None if self.is_stopping() else self._first(mode)
        for tried in range(BATCH):
            if turn is None:
                return tried
            turn = self._through(turn, mode, goes_on=tried + 1 < BATCH)
        return BATCH

    def mode_of(self, partner: str) -> PartnerMode:
        """Return what is agreed with a partner."""
        return self.modes.get(partner) or PartnerMode(party=partner)

    def rests_until(self, partner: str, since: datetime) -> datetime | None:
        """Return when the partner's pace lets the next message go, where one waits for that.

        Whoever looked in vain `since` then has to look again at that moment, also when it has come
        meanwhile; None where the pace held nothing back from that look.
        """
        with reading(self.engine) as conn:
            at = outbox.resting(conn, partner, now := self.clock())
            if at is None or at <= since or partner not in outbox.partners_due(conn, now):
                return None
        return at

    def _due(self) -> list[str]:
        with reading(self.engine) as conn:
            return outbox.partners_due(conn, self.clock())

    def _through(self, turn: _Turn, mode: PartnerMode, *, goes_on: bool) -> _Turn | None:
        """Try a message and commit what became of it; return whose turn is next."""
        outcome = self._try(turn)
        try:
            return self._settle(turn, outcome, mode, goes_on=goes_on)
        except (StoreFullError, StoreBusyError):
            raise
        except NodeError as err:
            return self._settle(turn, self._failed(err), mode, goes_on=goes_on)

    def _first(self, mode: PartnerMode) -> _Turn | None:
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not self._may_claim(conn, mode):
                return None
        with transaction(self.engine) as conn:
            claimed = self._claim(conn, mode)
        return self._claimed(claimed, mode)

    def _may_claim(self, conn: Connection, mode: PartnerMode) -> bool:
        return outbox.may_claim(conn, mode.party, self.clock(), concurrency=mode.concurrency)

    def _claim(self, conn: Connection, mode: PartnerMode) -> _Claimed | None:
        now = self.clock()
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
        return _Turn(outgoing, now + self.lease), is_more_waiting

    def _claimed(self, claimed: _Claimed | None, mode: PartnerMode) -> _Turn | None:
        """Return whose turn it is, when the claim is committed."""
        if claimed is None:
            return None
        turn, is_more_waiting = claimed
        if is_more_waiting:
            self.call_another(mode.party)
        return turn

    def _try(self, turn: _Turn) -> Outcome:
        outgoing = turn.outgoing
        try:
            with reading(self.engine) as conn:
                instead = self._instead(conn, outgoing)
            return Outcome(instead) if instead else self._post(turn, self._packed(outgoing))
        except (StoreFullError, StoreBusyError):
            raise
        except OvertakenError:  # whoever holds it now says what becomes of it
            log.info("overtaken", message_id=outgoing.transmission.message_id)
            return Outcome(None)
        except NodeError as err:
            return self._failed(err)

    def _failed(self, err: NodeError) -> Outcome:
        """Return what the line, a setting, a record that cannot be opened mean for a message.

        It is tried again, with the waits in between; the operator learns of it when it is given up.
        """
        return Outcome(Failed(self.clock(), f"{err.code}: {err}"))

    def _instead(self, conn: Connection, outgoing: Outgoing) -> Event | None:
        """Return what is to become of a message that is not to be posted now."""
        now, transmission = self.clock(), outgoing.transmission
        retry = self.mode_of(transmission.partner).retry
        stop = stopped(conn, held_agreements(conn), outgoing, now, retry.window) or kept_for(
            conn, outgoing, now
        )
        if retry.is_spent(transmission.tries) and transmission.state is not State.HELD:
            return GaveUp(now)
        if stop is not None:
            return stop
        return Released(now) if transmission.state is State.HELD else None

    def _packed(self, outgoing: Outgoing) -> Content:
        return payloads.fetch_content(self.engine, outgoing.payload_id, self.vault, self.new_spool)

    def _post(self, turn: _Turn, packed: Content) -> Outcome:
        outgoing = turn.outgoing
        party, message_id = outgoing.transmission.partner, outgoing.transmission.message_id
        partner = self.partners.get(party)
        if partner is None:
            raise MissingSettingError(what=f"the card of {party}", where="partners/")
        log.info("post", message_id=message_id, partner=party)
        lease: LeasedContent | _Turn = turn
        if size_of(packed) > CHUNK_BYTES:
            packed = lease = self._leased(message_id, packed, turn.until)
        try:
            answer = self.line.post(party, outgoing.content_type, packed)
        except TransmissionError as err:
            if not self.is_stopping():
                raise
            return self._unused(message_id, lease.until, err)
        return weigh(answer, outgoing, partner, repeats=self.repeats, now=self.clock())

    def _unused(self, message_id: str, until: datetime, err: TransmissionError) -> Outcome:
        """Give a message back that a stop of this node may have broken off: it was no try."""
        log.info("broken-off", message_id=message_id, why=str(err))
        with transaction(self.engine) as conn:
            outbox.renew(conn, message_id, until, None)
        return Outcome(None)

    def _leased(self, message_id: str, packed: Content, until: datetime) -> LeasedContent:
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

    def _settle(
        self, turn: _Turn, outcome: Outcome, mode: PartnerMode, *, goes_on: bool
    ) -> _Turn | None:
        """Commit what became of a message; return whose turn is next."""
        now = self.clock()
        outgoing = turn.outgoing
        is_news = bool(outcome.invalid_receipt)
        with transaction(self.engine) as conn:
            if outcome.receipt:
                message_id = outgoing.transmission.message_id
                outbox.keep_receipt(conn, message_id, outcome.receipt, self.vault, now)
            if outcome.event:
                is_news |= settle(conn, outgoing, outcome.event, mode.retry, now, actor="sending")
                note_line(conn, outgoing, outcome.event, now)
            if outcome.invalid_receipt:
                tell_invalid_receipt(conn, outgoing, now, outcome.invalid_receipt)
            goes_on = goes_on and not self.is_stopping() and self._may_claim(conn, mode)
            claimed = self._claim(conn, mode) if goes_on else None
        if is_news:
            self.call_teller()
        return self._claimed(claimed, mode)
