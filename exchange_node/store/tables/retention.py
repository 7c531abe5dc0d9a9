"""Tables of what ends: legal holds, certificates of disposal."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from exchange_node.store.tables.columns import (
    NUMBER,
    metadata,
    moment,
    number,
    perhaps_moment,
    text,
)

legal_hold = Table(
    "legal_hold",
    metadata,
    number(),
    text("kind"),
    text("subject"),
    text("why"),
    moment("placed_at"),
    text("placed_by"),
    perhaps_moment("lifted_at"),
    text("lifted_by"),
    Index(None, "kind", "subject"),
)

disposal = Table(
    "disposal",
    metadata,
    number(),
    text("kind"),
    Column("record", NUMBER, nullable=False),
    text("subject"),
    text("partner"),
    text("message_id"),
    text("agreement_id"),
    Column("agreement_version", Integer, nullable=False),
    text("grant_id"),
    text("clause"),
    moment("kept_since"),
    moment("delete_after"),
    moment("due_at"),
    moment("at"),
    text("digest"),
    Column("payloads", Integer, nullable=False),
    UniqueConstraint("kind", "record"),
)
