"""Crossings that posts recorded of movements that nobody knows here.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import index, moments, texts

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post_record",
        *texts("record_id office movement by"),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        *moments("handed_over_at", "until"),
        *moments("unknown_since", nullable=True),
        sa.PrimaryKeyConstraint("record_id", name="pk_post_record"),
    )
    index("post_record", "office", "handed_over_at")
