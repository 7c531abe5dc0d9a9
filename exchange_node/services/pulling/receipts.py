"""Replies to what was pulled → posted to where it was pulled from, until the partner has them.

The reply is stored with the message, and the duty to post it is left in the same transaction. A
crash between the two loses nothing: the timetable posts it, and a repeated pull of the message has
the same bytes posted again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.errors import (
    AlteredRecordError,
    ProtocolError,
    TransmissionError,
)
from exchange_node.domain.transmission import Retry
from exchange_node.ebms.message import ErrorSignal, PartnerKeys
from exchange_node.ebms.signals import read_answer
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.traffic.owing import RECEIPT, named_in, owed_ref
from exchange_node.services.stations.traffic.settling import RETRYABLE
from exchange_node.store import audit, duties, inbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.duties import Duty
from exchange_node.store.incoming import Reply
from exchange_node.store.payloads import Vault
from exchange_node.transport.line import Answer, Line

log = structlog.get_logger()

LEASE = timedelta(minutes=16)
"""Longer than a post may take (our choice)."""

BATCH = 50
"""Replies that are posted in one walk (our choice)."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Posts what this node owes its partners for what it pulled.

    Attributes:
        lease: how long a try is this worker's: longer than a post may take.
        repeats: codes of errors after which a reply is posted again; any other ends it.
        is_stopping: whether nothing more is to be begun; what fails then is no try.
    """

    engine: Engine
    vault: Vault
    line: Line
    partners: Mapping[str, PartnerKeys]
    retry: Retry
    clock: Callable[[], datetime]
    lease: timedelta = LEASE
    repeats: frozenset[str] = RETRYABLE
    is_stopping: Callable[[], bool] = _never

    def run(self) -> int:
        """Post the replies that are due to anybody; return how many reached their partner."""
        return sum(self.run_for(partner) for partner in self._due())

    def run_others(self) -> int:
        """Try what is due to partners of whom no card is held any more; return how many went."""
        return sum(self.run_for(one) for one in self._due() if one not in self.partners)

    def run_for(self, partner: str) -> int:
        """Post the replies that are due to one partner; return how many reached it."""
        posted = 0
        for _ in range(BATCH):
            now = self.clock()
            with reading(self.engine) as conn:  # to find nothing, nobody is kept from writing
                if self.is_stopping() or not duties.may_claim(conn, (RECEIPT,), now):
                    break
            with transaction(self.engine) as conn:
                due = duties.claim(conn, (RECEIPT,), now, self.lease, 1, whose=partner)
            if not due:
                break
            posted += self._post_again(due[0])
        return posted

    def _due(self) -> list[str]:
        now = self.clock()
        with reading(self.engine) as conn:
            owed = duties.waiting(conn, RECEIPT)
        return sorted({named_in(one.ref)[0] for one in owed if one.due_at <= now})

    def post_now(self, partner: str, message_id: str, reply: Reply) -> bool:
        """Post a reply just kept; return whether the partner has it. If not, its duty stays."""
        why = self._post(partner, message_id, reply)
        if why:
            log.warning("reply-not-posted", partner=partner, message_id=message_id, why=why)
            return False
        with transaction(self.engine) as conn:
            duties.drop(conn, RECEIPT, owed_ref(partner, message_id))
        return True

    def post_once(self, partner: str, message_id: str, reply: Reply) -> None:
        """Post a reply that is stored nowhere; if it is lost, the message is handed out again."""
        why = self._post(partner, message_id, reply)
        if why:
            log.warning("reply-lost", partner=partner, message_id=message_id, why=why)

    def _post_again(self, duty: Duty) -> bool:
        partner, message_id = named_in(duty.ref)
        try:
            with reading(self.engine) as conn:
                seen = inbox.seen(conn, partner, message_id, self.vault)
            why = "" if seen is None else self._post(partner, message_id, seen.reply)
        except AlteredRecordError as err:
            why = f"{err.code}: {err}"
        now = self.clock()
        tries = duty.attempts + 1
        with transaction(self.engine) as conn:
            if not why:
                duties.done(conn, duty)
            elif self.is_stopping():  # by which it may have been broken off: it was no try
                duties.give_back(conn, duty)
            elif self.retry.is_spent(tries):
                duties.done(conn, duty)
                _tell(conn, "receipt.not-taken", partner, message_id, now, why)
            else:
                duties.put_off(conn, duty, now + self.retry.wait_after(tries), why)
        return not why

    def _post(self, partner: str, message_id: str, reply: Reply) -> str:
        """Post a reply; return why the partner does not have it, empty where it has."""
        keys = self.partners.get(partner)
        if keys is None:
            return f"no card of {partner} is held"
        try:
            answer = self.line.post(partner, reply.content_type, reply.content)
        except TransmissionError as err:
            return f"{err.code}: {err}"
        log.info("reply-posted", partner=partner, message_id=message_id, status=answer.status)
        return self._missed(answer, partner, message_id, keys)

    def _missed(self, answer: Answer, partner: str, message_id: str, keys: PartnerKeys) -> str:
        """Return why an answer does not say that the partner has the reply; empty where it does.

        It says so when it is good and empty, or the partner's own word: a page, or an error that
        anybody could have written or that nobody can check now, ends no duty.
        """
        now = self.clock()
        try:
            signal = read_answer(answer.content_type, answer.octets, partner=keys, at=now)
        except ProtocolError as err:
            return f"HTTP {answer.status}, {err.code}: {err}"
        if isinstance(signal, ErrorSignal):
            said = f"{signal.ebms_code} {signal.short} {signal.detail}".strip()
            if signal.doubt:
                return f"{said}, {signal.doubt}"
            if signal.is_failure and signal.ebms_code in self.repeats:
                return said
            if signal.is_failure:
                # It has the reply, and does not believe it: the same bytes again would not help.
                with transaction(self.engine) as conn:
                    _tell(conn, "receipt.refused", partner, message_id, now, said)
                return ""
        return "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"


def _tell(
    conn: Connection, code: str, partner: str, message_id: str, now: datetime, why: str
) -> None:
    audit.write(
        conn,
        audit.AuditRecord(
            at=now,
            actor="pulling",
            action=code,
            message_id=message_id,
            partner=partner,
            facts={"why": why},
        ),
    )
    leave_notice(conn, code, f"{partner}.{message_id}", now, partner=partner, why=why)
