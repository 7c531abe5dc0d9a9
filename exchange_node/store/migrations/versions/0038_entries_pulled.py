"""What the node of an office was told is expected there, and what that is found by.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    NUMBER,
    booleans,
    exchange,
    foreign,
    index,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pulled_entry",
        sa.Column("number", NUMBER, nullable=False),
        *texts("partner"),
        *numbers("manifest"),
        *texts("movement message_id tag digest"),
        *exchange(),
        *moments("stated_at", "received_at"),
        *moments("expected_arrival", nullable=True),
        *moments("due_at", "delete_after"),
        *booleans("passed"),
        *texts("document_id", nullable=True),
        *moments("gone_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_pulled_entry"),
        foreign("pulled_entry", "document_id", "payload.payload_id"),
        unique("pulled_entry", "partner", "manifest"),
    )
    for name in ("movement", "message_id", "delete_after"):
        index("pulled_entry", name)
    there = sa.text("gone_at IS NULL")
    op.create_index(
        "ix_pulled_entry_due_at", "pulled_entry", ["due_at", "manifest"],
        sqlite_where=there, postgresql_where=there,
    )  # fmt: skip
    op.create_table(
        "pulled_key",
        *texts("value"),
        *numbers("entry"),
        sa.PrimaryKeyConstraint("value", "entry", name="pk_pulled_key"),
        foreign("pulled_key", "entry", "pulled_entry.number"),
    )
    index("pulled_key", "entry")
