"""The message service: pull channels, a pace for each partner, attachments, captures.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import foreign, index, integers, moments, numbers, texts

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, default in (("binding", "push"), ("mpc", ""), ("held_by", "")):
        op.add_column("outbox", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    index("outbox", "mpc", "due_at")
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["partner", "lane", "due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.add_column("outbox_line", *moments("next_at", nullable=True))
    op.create_table(
        "inbox_attachment",
        *texts("sender message_id content_id mime_type name payload_id"),
        *integers("position"),
        sa.PrimaryKeyConstraint("sender", "message_id", "position", name="pk_inbox_attachment"),
        foreign("inbox_attachment", "payload_id", "payload.payload_id"),
    )
    op.create_table(
        "capture",
        *numbers("number"),
        *moments("at"),
        *texts("partner direction message_id content_type payload_id"),
        *integers("status"),
        sa.PrimaryKeyConstraint("number", name="pk_capture"),
        foreign("capture", "payload_id", "payload.payload_id"),
    )
    index("capture", "partner", "number")
    op.create_table(
        "pull_line",
        *texts("partner mpc last_error"),
        *moments("due_at"),
        *moments("leased_until", nullable=True),
        *integers("failures"),
        sa.PrimaryKeyConstraint("partner", "mpc", name="pk_pull_line"),
    )
