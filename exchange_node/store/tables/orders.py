"""Tables of what is said of records after they were handed over: orders, notices of misuse."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from exchange_node.store.tables.columns import (
    NUMBER,
    metadata,
    moment,
    number,
    payload_reference,
    perhaps_moment,
    plain,
    text,
    word_columns,
)

record_order = Table(
    "record_order",
    metadata,
    number(),
    text("direction"),
    text("partner"),
    text("order_id"),
    text("message_id"),
    text("digest"),
    text("kind"),
    text("ground"),
    Column("test", Boolean, nullable=False),
    moment("ordered_at"),
    perhaps_moment("due_at"),
    moment("recorded_at"),
    text("recorded_by"),
    perhaps_moment("settled_at"),
    payload_reference("why_id", nullable=True),
    *word_columns(),
    UniqueConstraint("direction", "partner", "order_id"),
    Index(None, "settled_at", "due_at"),
)

record_order_item = Table(
    "record_order_item",
    metadata,
    number(),
    Column("of_order", NUMBER, ForeignKey("record_order.number"), nullable=False),
    Column("position", Integer, nullable=False),
    text("kind"),
    text("subject"),
    text("message_id"),
    Column("version", Integer, nullable=False),
    # Of the record here, among those of its kind; none where it is not held.
    Column("record", NUMBER, nullable=True),
    text("outcome"),
    text("ground"),
    perhaps_moment("at"),
    text("digest"),
    plain("handed_to"),
    text("certificate_id"),
    payload_reference("values_id", nullable=True),
    UniqueConstraint("of_order", "position"),
    Index(None, "kind", "record"),
)

breach = Table(
    "breach",
    metadata,
    number(),
    text("direction"),
    text("partner"),
    text("breach_id"),
    text("message_id"),
    text("digest"),
    text("misuse"),
    moment("told_at"),
    moment("discovered_at"),
    perhaps_moment("occurred_at"),
    perhaps_moment("due_at"),
    text("agreement_id"),
    Column("agreement_version", Integer, nullable=False),
    plain("records"),
    payload_reference("said_id", nullable=False),
    moment("recorded_at"),
    text("recorded_by"),
    text("grant_id", server_default=""),
    perhaps_moment("delete_after"),
    perhaps_moment("disposed_at"),
    UniqueConstraint("direction", "partner", "breach_id"),
)
