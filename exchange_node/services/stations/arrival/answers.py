"""SY-002: what a partner says of one of our messages is recorded where the message came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.letters.telling import tell_owner
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.outcomes import Counting
from exchange_node.store import outbox
from exchange_node.store.records import recipients, submissions
from exchange_node.store.records.recipients import RecipientState
from exchange_node.wco.answer_codec import decode_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Takes business answers."""

    counting: Counting

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
