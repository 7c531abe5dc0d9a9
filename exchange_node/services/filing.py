"""Inbox → record: open the seal · validate · gate · file, match, count · answer, all or nothing.

Each message that is filed gets exactly one business answer (SY-002); an answer gets none. What is
wrong with a message is said in its answer, with rule, pointer and value: nothing is dropped unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import (
    AuthenticationError,
    BrokenSealError,
    EarlyNoticeError,
    InputError,
    InvalidDocumentError,
    NodeError,
    NotPermittedError,
    StoreBusyError,
    StoreFullError,
)
from exchange_node.domain.finding import has_errors
from exchange_node.domain.lanes import ALERTS_BETWEEN
from exchange_node.domain.message import BUSINESS_ANSWER, CODES, EXPECTED, BusinessAnswer, Exchange
from exchange_node.domain.movement import MANIFEST_AMENDED, NOTICE_CODES
from exchange_node.domain.standing import AVAILABILITY, FOUNDING
from exchange_node.services.stations.agreeing.taking import PartnersActs
from exchange_node.services.stations.arrival.opening import Opening
from exchange_node.services.stations.arrival.taking import Taker
from exchange_node.services.stations.availability.taking import tell_refused
from exchange_node.services.stations.departure.releasing import written_answer
from exchange_node.services.stations.loss import answered
from exchange_node.services.stations.movement.errands import Missing, leave_ask
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.outcomes import Counting, record_message
from exchange_node.services.stations.outgoing import Packing, reversed_for
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.store import inbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming, State
from exchange_node.store.movements import parked
from exchange_node.store.movements.parked import Parked
from exchange_node.wco.answer_codec import encode_answer
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document
from exchange_node.wco.registry import Registry

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
_WAITING = NOTICE_CODES | {MANIFEST_AMENDED}
"""What may have waited for what comes before it."""

BATCH = 20
MOST_ATTEMPTS = 5
"""How often a message may bring its worker down before it is parked for a person (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Files what reception kept, in the order in which it came, but alerts before the rest.

    Attributes:
        takers: who takes what, by message code; reception lets no other code in.
        patience: how long a message waits for what has to happen to its movement first.
    """

    own: Administration
    registry: Registry
    opening: Opening
    packing: Packing
    takers: Mapping[str, Taker]
    acts: PartnersActs
    counting: Counting
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    patience: timedelta

    def run(self) -> int:
        """File what waits, up to a batch; return how many messages were settled."""
        with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
            if not inbox.may_claim(conn, self.clock()):
                return 0
        for number in range(BATCH):
            # One at a time: an attempt counts against the message that was being filed when the
            # worker died, and not against those that waited behind it.
            by_lane = number % (ALERTS_BETWEEN + 1) != ALERTS_BETWEEN
            with transaction(self.engine) as conn:
                claimed = inbox.claim_kept(conn, self.clock(), LEASE, 1, by_lane=by_lane)
            if not claimed:
                return number
            (one,) = claimed
            try:
                with transaction(self.engine) as conn:
                    if one.attempts >= MOST_ATTEMPTS:
                        self._park(conn, one)
                    else:
                        self._settle(conn, one)
            except (StoreFullError, StoreBusyError):
                # A full disk must not park what waits for it: the attempt does not count.
                with transaction(self.engine) as conn:
                    inbox.spare(conn, one)
                raise
        return BATCH

    def _settle(self, conn: Connection, incoming: Incoming) -> None:
        now = self.clock()
        exchange = exchange_in(incoming)
        document: Document | None = None
        refused: NodeError | None = None
        try:
            opened = self.opening.open(conn, incoming, exchange)
            document, findings = opened.document, opened.findings
            if has_errors(findings):
                raise InvalidDocumentError(findings)
            # What a refusal leaves half written is undone; the answer still goes out.
            with conn.begin_nested():
                if not inbox.settle(conn, incoming, State.FILED, at=now):
                    return
                findings += self.takers[exchange.code].take(conn, opened, now) or ()
        except EarlyNoticeError as err:
            self._wait(conn, incoming, err, now)
            return
        except (InputError, BrokenSealError, AuthenticationError, NotPermittedError) as err:
            refused = err
            findings = (
                err.findings if isinstance(err, InvalidDocumentError) else (err.as_finding(),)
            )
            # A finding quotes what it is about; the row is not encrypted.
            named = ", ".join(dict.fromkeys(one.code for one in findings))
            is_quoting = isinstance(err, InvalidDocumentError)
            verdict = {"code": err.code, "why": named if is_quoting else str(err)}
            if not inbox.settle(conn, incoming, State.REFUSED, at=now, verdict=verdict):
                return
            if isinstance(err, (BrokenSealError, AuthenticationError)):
                key = f"{incoming.sender}.{incoming.message_id}"
                broken = {"partner": incoming.sender, "why": str(err)}
                leave_notice(conn, "message.broken-identity", key, now, **broken)
        if exchange.code in _WAITING | FOUNDING.codes | AVAILABILITY.codes | {EXPECTED}:
            self._leave(conn, incoming, exchange, document, refused, now)
        accepted = refused is None
        is_answered = CODES[exchange.code].is_answered
        if is_answered:
            self.counting.received(
                conn, incoming, exchange, document, findings, accepted=accepted, at=now
            )
        record_message(conn, incoming, exchange, findings, accepted=accepted, at=now)
        if is_answered:
            answer = BusinessAnswer(
                reference=self.new_id(),
                issuer=str(self.own.party),
                issued_at=now,
                message_id=incoming.message_id,
                document_reference=_value(document, "FunctionalReferenceID"),
                document_id=_value(document, "ID"),
                accepted=accepted,
                findings=answered(findings),
            )
            self._answer(conn, incoming, exchange, answer)

    def _leave(
        self,
        conn: Connection,
        incoming: Incoming,
        exchange: Exchange,
        document: Document | None,
        refused: NodeError | None,
        now: datetime,
    ) -> None:
        """Do what is left to do for a message that waited, or that no business answer refuses."""
        if exchange.code in _WAITING:
            parked.leave(conn, incoming.sender, incoming.message_id)
        elif refused is not None and exchange.code == EXPECTED:
            leave_notice(
                conn, "office.refused", f"{incoming.sender}.{incoming.message_id}", now,
                partner=incoming.sender, movement=incoming.header.get("conversation", "")[:255],
                error=refused.code,
            )  # fmt: skip
        elif refused is not None and exchange.code in AVAILABILITY.codes:
            tell_refused(conn, incoming.sender, refused, now)
        elif refused is not None:
            self.acts.refuse(conn, document, incoming.sender, refused, now)

    def _wait(
        self, conn: Connection, incoming: Incoming, early: EarlyNoticeError, now: datetime
    ) -> None:
        """Put aside what comes too early; it is answered when it leaves the park.

        That it was weighed in vain is no attempt that failed.
        """
        verdict = {"code": early.code, "why": str(early)}
        if not inbox.settle(conn, incoming, State.PARKED, at=now, verdict=verdict):
            return
        inbox.spare(conn, incoming)
        is_new = parked.park(
            conn,
            Parked(
                sender=incoming.sender,
                message_id=incoming.message_id,
                official_number=early.number,
                test=early.test,
                since=now,
                until=now + self.patience,
            ),
            now,
        )
        if is_new and early.ask:
            missing = Missing(
                sender=incoming.sender,
                message_id=incoming.message_id,
                number=early.number,
                ask=list(early.ask),
                what=early.facts["missing"],
            )
            leave_ask(conn, missing, now)

    def _park(self, conn: Connection, incoming: Incoming) -> None:
        """Put aside what brought the worker down again and again; a person has to look at it."""
        now = self.clock()
        verdict = {"code": "filing.parked", "why": f"{incoming.attempts} attempts failed"}
        inbox.settle(conn, incoming, State.PARKED, at=now, verdict=verdict)
        parked.leave(conn, incoming.sender, incoming.message_id)  # nothing else is to wake it
        key = f"{incoming.sender}.{incoming.message_id}"
        leave_notice(conn, "message.parked", key, now, partner=incoming.sender)
        log.error("parked", message_id=incoming.message_id, partner=incoming.sender)

    def _answer(
        self, conn: Connection, incoming: Incoming, exchange: Exchange, answer: BusinessAnswer
    ) -> None:
        """Queue the one business answer, under the agreement of what it answers.

        Whether it may leave is asked when it leaves: held back it is not lost.
        """
        document = encode_answer(
            answer,
            metadata=Metadata(country=self.own.country, agency=self.own.name, type_name="RES"),
            registry=self.registry,
        )
        written = written_answer(conn, self.packing.versions, document, incoming, answer.issued_at)
        prepared = self.packing.prepare(
            written,
            reversed_for(exchange, BUSINESS_ANSWER),
            at=answer.issued_at,
            conversation_id=incoming.header.get("conversation", ""),
            ref_to_message_id=incoming.message_id,
        )
        self.packing.queue(conn, prepared)


def _value(document: Document | None, name: str) -> str:
    return document.value(f"{document.root_name}/{name}") if document else ""
