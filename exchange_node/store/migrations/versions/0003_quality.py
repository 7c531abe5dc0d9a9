"""Quality: counters by day, and what a submission is told apart by.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import index, integers, texts

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = "day direction partner office format field what rule"


def upgrade() -> None:
    op.create_table(
        "quality",
        *texts(KEY),
        *integers("documents", "places"),
        sa.PrimaryKeyConstraint(*KEY.split(), name="pk_quality"),
    )
    # What was handed in before has `tries` 0: it was not counted, and its answer is not either.
    for name in ("office", "number_digest", "reference_digest"):
        op.add_column("submission", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "submission", sa.Column("tries", sa.Integer(), nullable=False, server_default="0")
    )
    index("submission", "number_digest")
    index("submission", "reference_digest")
