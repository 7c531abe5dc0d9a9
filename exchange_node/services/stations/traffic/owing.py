"""A message that was pulled → the duty to post the reply to it, on a request of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.ebms.message import Received
from exchange_node.store import duties

RECEIPT = "receipt"
"""The kind of duty that is a reply to be posted, to a message that was pulled."""

POST_AGAIN = timedelta(minutes=1)
"""Until a reply that was not posted at once is posted by the timetable (our choice)."""


def owe(conn: Connection, received: Received, now: datetime, *, is_pulled: bool) -> None:
    """Leave the duty to post the reply to a message that was pulled; to no other."""
    if is_pulled:
        ref = owed_ref(received.sender, received.message.message_id)
        duties.leave(conn, RECEIPT, ref, now + POST_AGAIN)


def owed_ref(sender: str, message_id: str) -> str:
    """Return what a duty to post a reply is about; no party id holds a blank."""
    return f"{sender} {message_id}"


def named_in(ref: str) -> tuple[str, str]:
    """Return sender and message id, as `owed_ref` wrote them."""
    sender, _, message_id = ref.partition(" ")
    return sender, message_id
