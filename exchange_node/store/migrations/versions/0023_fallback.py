"""Events of movements that were recorded without the line are marked, and counted by period.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import index

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "movement_event", sa.Column("fallback", sa.Text, nullable=False, server_default="")
    )
    index("movement_event", "occurred_at")
