"""Tables of the waiting room: messages that wait for officers, and each officer's approval."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from exchange_node.store.tables.columns import (
    NUMBER,
    exchange_columns,
    metadata,
    moment,
    number,
    payload_reference,
    perhaps_moment,
    plain,
    text,
)

waiting_room = Table(
    "waiting_room",
    metadata,
    number(),
    text("message_id", unique=True),
    *exchange_columns(),
    text("conversation_id"),
    text("ref_to_message_id"),
    plain("makers"),
    text("urgency"),
    # Who is shown first: flash before priority, routine, and everything else.
    Column("rank", Integer, nullable=False),
    Column("needed", Integer, nullable=False),
    moment("made_at"),
    moment("until"),
    text("digest"),
    payload_reference("document_id", nullable=False),
    plain("files"),
    text("state"),
    perhaps_moment("settled_at"),
    text("settled_by"),
    text("why"),
    perhaps_moment("reminded_at"),
    Index(None, "state", "rank", "until"),
)

# An approval is evidence: its rows never change.
waiting_room_approval = Table(
    "waiting_room_approval",
    metadata,
    number(),
    Column("waiting", NUMBER, ForeignKey("waiting_room.number"), nullable=False),
    text("officer"),
    moment("at"),
    text("digest"),
    UniqueConstraint("waiting", "officer"),
)
