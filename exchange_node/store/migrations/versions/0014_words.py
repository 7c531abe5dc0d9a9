"""Words of orders and of notices of misuse get an end of their retention.

An older program does not know certificates of their disposal: it must not work on this. What is
there already is given its end by the first round of disposal.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import moments

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "record_order", sa.Column("agreement_id", sa.Text(), nullable=False, server_default="")
    )
    op.add_column(
        "record_order",
        sa.Column("agreement_version", sa.Integer(), nullable=False, server_default="0"),
    )
    for table in ("record_order", "breach"):
        op.add_column(table, sa.Column("grant_id", sa.Text(), nullable=False, server_default=""))
        for one in moments("delete_after", "disposed_at", nullable=True):
            op.add_column(table, one)
