"""Tables of movements: this node's view of each, what happened to it, and what waits for it.

Nothing here is personal: who was seen driving what stands in the documents, which lie encrypted.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
)

from exchange_node.store.tables.columns import (
    NUMBER,
    metadata,
    moment,
    number,
    perhaps_moment,
    plain,
    text,
    where,
)

movement = Table(
    "movement",
    metadata,
    number(),
    text("movement"),
    text("official_number"),
    text("departure"),
    text("destination"),
    plain("transit"),
    Column("test", Boolean, nullable=False),
    text("state"),
    moment("begun_at"),
    moment("changed_at"),
    moment("delete_after"),
    perhaps_moment("recovery_at"),
    perhaps_moment("disposed_at"),
    Column("events_gone", Integer, nullable=False, server_default="0"),
    UniqueConstraint("movement", "departure", "test"),
    Index(None, "official_number"),
    Index(
        "ix_movement_delete_after",
        "delete_after",
        **where("disposed_at IS NULL"),
    ),
)

movement_event = Table(
    "movement_event",
    metadata,
    number(),
    Column("movement", NUMBER, ForeignKey("movement.number"), nullable=False),
    text("event"),
    text("code"),
    text("party"),
    text("notice_id"),
    text("office"),
    moment("occurred_at"),
    moment("recorded_at"),
    text("recorded_by"),
    text("said"),
    plain("details"),
    text("fallback", server_default=""),
    text("message_id"),
    plain("told"),
    text("before"),
    text("after"),
    UniqueConstraint("movement", "party", "notice_id"),
    Index(None, "occurred_at"),
)

# `locked`: the record, encrypted.
post_record = Table(
    "post_record",
    metadata,
    text("record_id", primary_key=True),
    text("office"),
    text("movement"),
    text("by"),
    Column("locked", LargeBinary, nullable=False),
    moment("handed_over_at"),
    moment("until"),
    perhaps_moment("unknown_since"),
    Index(None, "office", "handed_over_at"),
)

movement_parked = Table(
    "movement_parked",
    metadata,
    text("sender", primary_key=True),
    text("message_id", primary_key=True),
    text("official_number"),
    Column("test", Boolean, nullable=False),
    moment("since"),
    moment("until"),
    moment("weighed_at"),
    Index(None, "official_number"),
    Index(None, "until"),
)
