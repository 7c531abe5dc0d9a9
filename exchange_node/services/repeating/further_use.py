"""What is said of a further use is sent anew: requests under their number, answers as a newer one.

The supplier numbers its answers and the highest number holds, so that an answer told anew says the
same whether or not the first one came.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.onward.asking import Asking
from exchange_node.domain.onward.course import due_after
from exchange_node.domain.onward.wanted import Intended
from exchange_node.policy.export import reply_working_days
from exchange_node.services.repeating.rewriting import Anew
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.onward.intended import found, require_seen
from exchange_node.services.stations.onward.letters import Letters
from exchange_node.store import inbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.onward import requests
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing.letters import Letter
from exchange_node.wco.document import read
from exchange_node.wco.onward_codec import decode_onward_answer, decode_request


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAnew:
    """Writes requests and notices of a further use anew; the time to answer runs from now."""

    letters: Letters
    engine: Engine

    def again(self, actor: Actor, letter: Letter, now: datetime) -> Anew:
        """Return a request as a new message; see `Rewriter`."""
        with reading(self.engine) as conn:
            kept = requests.get(
                conn, letter.conversation_id, direction=Direction.SENT, partner=letter.partner
            ).kept
            if kept.message_id != letter.message_id:
                raise UnknownRecordError(kind="onward request", key=letter.message_id)
            said = decode_request(read(payloads.fetch(conn, kept.document_id, self.letters.vault)))
            held = held_agreements(conn)
        wanted = said.wanted
        intended = Intended(
            kind=wanted.record.kind,
            subject=wanted.record.subject,
            recipient=wanted.recipient,
            use=wanted.use,
            purpose=wanted.purpose,
            message_id=wanted.record.message_id,
        )
        require_seen(self.engine, actor, now, intended, action="look.onward")
        due_at = None
        if said.asking is Asking.CONSENT:
            with transaction(self.engine) as conn:  # the record is locked while it is asked
                days = reply_working_days(held, found(conn, intended).stamp, now)
            due_at = due_after(now, days) if days else None
        prepared = self.letters.request(
            held, replace(said, due_at=due_at), letter.partner, now, actor.name
        )

        def enter(conn: Connection) -> bool:
            is_first = requests.carry_anew(conn, kept, prepared.message_id, due_at)
            if is_first:
                self.letters.packing.queue(conn, prepared)
            return is_first

        return Anew(kind="onward", message_id=prepared.message_id, enter=enter)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredAnew:
    """Writes answers anew, under the next number."""

    letters: Letters
    engine: Engine

    def again(self, actor: Actor, letter: Letter, now: datetime) -> Anew:
        """Return an answer as a new message; see `Rewriter`."""
        with reading(self.engine) as conn:
            asked = requests.get(
                conn, letter.conversation_id, direction=Direction.RECEIVED, partner=letter.partner
            )
            newest = max(asked.answers, key=lambda one: one.answer.ordinal, default=None)
            if newest is None or newest.message_id != letter.message_id:
                raise UnknownRecordError(kind="newest answer", key=letter.message_id)
            content = payloads.fetch(conn, newest.document_id, self.letters.vault)
            answer = replace(
                newest.answer,
                answer_id=self.letters.new_number(now),
                party=str(self.letters.own.party),
                ordinal=newest.answer.ordinal + 1,
                at=now.replace(microsecond=0),
                conditions=decode_onward_answer(read(content)).conditions,
            )
            prepared = self.letters.answer(
                held_agreements(conn),
                answer,
                inbox.get(conn, asked.kept.partner, asked.kept.message_id),
                now,
                actor.name,
            )

        def enter(conn: Connection) -> bool:
            return self.letters.send_answer(
                conn, answer, prepared, request=asked.kept.number, by=actor.name, at=now
            )

        return Anew(kind="onward", message_id=prepared.message_id, enter=enter)
