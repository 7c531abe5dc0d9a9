"""Accounts with partners: how far each is given, what did not agree, and how to find the next.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import index, moments, numbers, texts, unique

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_line",
        *texts("partner side"),
        *moments("covered_until"),
        *numbers("covered_number"),
        sa.PrimaryKeyConstraint("partner", "side", name="pk_account_line"),
    )
    op.create_table(
        "account_gap",
        *numbers("number"),
        *texts("partner message_id gap"),
        *moments("found_at"),
        *texts("account_id"),
        sa.PrimaryKeyConstraint("number", name="pk_account_gap"),
        unique("account_gap", "partner", "message_id", "gap"),
    )
    op.create_index(
        "ix_outbox_receipted",
        "outbox",
        ["partner", "receipted_at"],
        sqlite_where=sa.text("receipted_at IS NOT NULL"),
        postgresql_where=sa.text("receipted_at IS NOT NULL"),
    )
    index("inbox", "sender", "received_at")
