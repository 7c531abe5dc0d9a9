"""What an outage left behind waits in a lane of its own, in the order in which it is wanted.

An older program does not know the lane.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import moments

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_line", *moments("failing_since", nullable=True))
    op.add_column(
        "outbox_line", sa.Column("fresh_since", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("outbox", *moments("wanted_at", nullable=True))
    op.create_index(
        "ix_outbox_backlog",
        "outbox",
        ["partner", "wanted_at", "number"],
        sqlite_where=sa.text("wanted_at IS NOT NULL AND due_at IS NOT NULL"),
        postgresql_where=sa.text("wanted_at IS NOT NULL AND due_at IS NOT NULL"),
    )
