"""What the node of an office was told is expected there, and what that is found by.

In clear stand numbers, moments and what it came under; the words are a payload, and what is looked
for are hashes under a key of the node.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, UniqueConstraint

from exchange_node.store.tables.columns import (
    NUMBER,
    exchange_columns,
    metadata,
    moment,
    number,
    payload_reference,
    perhaps_moment,
    text,
    where,
)

pulled_entry = Table(
    "pulled_entry",
    metadata,
    number(),
    # Who told it, and the number that the manifest has there.
    text("partner"),
    Column("manifest", NUMBER, nullable=False),
    text("movement"),
    text("message_id"),
    text("tag"),
    # SHA-256 of the sealed document of the manifest, which this node does not hold.
    text("digest"),
    *exchange_columns(),
    moment("stated_at"),
    moment("received_at"),
    perhaps_moment("expected_arrival"),
    moment("due_at"),
    moment("delete_after"),
    # Whether it was seen at the office already, or has arrived.
    Column("passed", Boolean, nullable=False),
    # None where its words are gone.
    payload_reference("document_id", nullable=True),
    perhaps_moment("gone_at"),
    UniqueConstraint("partner", "manifest"),
    Index(None, "movement"),
    Index(None, "message_id"),
    Index(None, "delete_after"),
    Index(
        "ix_pulled_entry_due_at",
        "due_at",
        "manifest",
        **where("gone_at IS NULL"),
    ),
)

pulled_key = Table(
    "pulled_key",
    metadata,
    text("value", primary_key=True),
    Column("entry", NUMBER, ForeignKey("pulled_entry.number"), primary_key=True),
    Index(None, "entry"),
)
