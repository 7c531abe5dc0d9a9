"""A message that arrived, as the inbox keeps it: its values, and the row that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exchange_node.domain.lanes import lane_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row


class State(StrEnum):
    """Where a received message stands; PARKED waits for something that has to come first."""

    KEPT = "kept"
    PARKED = "parked"
    FILED = "filed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered on the back channel, to be sent again byte for byte.

    Attributes:
        status: of HTTP.
    """

    status: int
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that arrived.

    Attributes:
        digest: of the message's signed references; equal for the same message.
        header: the ebMS header's values by name.
        verdict: why it was refused or parked, by name; empty otherwise.
        payload_id: the document; None where only the header is remembered. `keep` fills it in.
        repeats: how often it came again.
        attempts: how often it was claimed.
        number: counts up; names the page in `search`.
    """

    sender: str
    message_id: str
    digest: str
    header: Mapping[str, str]
    received_at: datetime
    state: State = State.KEPT
    verdict: Mapping[str, str] = field(default_factory=dict)
    payload_id: str | None = None
    repeats: int = 0
    last_repeat_at: datetime | None = None
    attempts: int = 0
    settled_at: datetime | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An earlier message of the same sender and id.

    Attributes:
        digest: compare it: another digest is another message under a used id.
    """

    digest: str
    state: State
    received_at: datetime
    reply: Reply


def row_values(
    incoming: Incoming, reply: Reply, *, payload_id: str | None, reply_id: str
) -> dict[str, object]:
    """Return the columns of a message that is new in the inbox."""
    return {
        "sender": incoming.sender,
        "message_id": incoming.message_id,
        "digest": incoming.digest,
        "header": dict(incoming.header),
        "payload_id": payload_id,
        "received_at": incoming.received_at,
        "state": incoming.state,
        "verdict": dict(incoming.verdict),
        "reply_id": reply_id,
        "reply_content_type": reply.content_type,
        "reply_status": reply.status,
        "repeats": 0,
        "attempts": 0,
        "lane": lane_in(incoming.header.get("code", "")),
        "settled_at": incoming.received_at if incoming.state is State.REFUSED else None,
    }


def incoming_of(row: Row[Any]) -> Incoming:
    """Return the message in a row."""
    return Incoming(
        sender=row.sender,
        message_id=row.message_id,
        digest=row.digest,
        header=MappingProxyType(row.header),
        received_at=row.received_at,
        state=State(row.state),
        verdict=MappingProxyType(row.verdict),
        payload_id=row.payload_id,
        repeats=row.repeats,
        last_repeat_at=row.last_repeat_at,
        attempts=row.attempts,
        settled_at=row.settled_at,
        number=row.number,
    )
