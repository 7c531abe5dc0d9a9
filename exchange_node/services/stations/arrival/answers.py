"""SY-002: what a partner says of one of our messages is recorded where the message came from.

A rejection of an alert that its issuer has taken puts the alert out of force here: what it fitted
between the word and the answer has led to a channel, which is decided anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.message import BusinessAnswer
from exchange_node.domain.transmission import State as Sent
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.clocks.force import judge_anew
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.services.stations.letters.telling import tell_owner
from exchange_node.services.stations.movement import texts
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.outcomes import Counting
from exchange_node.store import outbox
from exchange_node.store.alerting import words
from exchange_node.store.records import alerts, hits, recipients, submissions
from exchange_node.store.records.held import AlertState
from exchange_node.store.records.recipients import RecipientState
from exchange_node.wco.answer_codec import decode_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Takes business answers."""

    counting: Counting
    judging: Judging

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Record what became of our message at the partner; the first answer counts.

        Raises:
            InvalidDocumentError: it is no answer that can be read.
        """
        answer = decode_answer(opened.document)
        if not outbox.answered(conn, opened.incoming.sender, answer, now):
            return
        submission = submissions.State.ACCEPTED if answer.accepted else submissions.State.REJECTED
        recipient = RecipientState.ACCEPTED if answer.accepted else RecipientState.REJECTED
        if submissions.advance(
            conn, answer.message_id, submission, at=now, findings=answer.findings
        ):
            self.counting.answered(conn, answer, now)
        else:
            tell_owner(conn, answer.message_id, now)
            if answer.accepted:
                self._judge_rejected(conn, opened.incoming.sender, answer.message_id, now)
        self._look_at_text(conn, answer, now)
        recipients.mark(conn, answer.message_id, recipient, now, answer.findings)
        if not answer.accepted:
            leave_notice(
                conn,
                "message.rejected",
                answer.message_id,
                now,
                partner=opened.incoming.sender,
                why=answer.findings[0].text if answer.findings else "",
            )

    def _look_at_text(self, conn: Connection, answer: BusinessAnswer, now: datetime) -> None:
        """Leave it to see which text of a manifest holds; an answer may come after a cancel."""
        sent = outbox.get(conn, answer.message_id)
        if not answer.accepted or sent.transmission.state is Sent.CANCELLED:
            texts.leave_look(conn, sent.exchange, answer.message_id, now)

    def _judge_rejected(
        self, conn: Connection, issuer: str, message_id: str, now: datetime
    ) -> None:
        about = words.about(conn, message_id, issuer)
        if about is None:
            return
        alert = alerts.by_number(conn, about[0])
        if alert.state is AlertState.REJECTED:
            hits.queue_as_alert(conn)
            judge_anew(conn, self.judging, alert.number, now)
