"""How far an alert has been held against the manifests that were here before it.

Alerts of before have no row: each was held against everything at once.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import foreign, integers, moments, numbers, texts

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_search",
        *numbers("alert"),
        *integers("round"),
        *texts("stage"),
        *moments("begun_at"),
        *numbers("below"),
        *integers("looked", "fitted", "unread"),
        sa.Column("candidates", sa.Integer(), nullable=True),
        *moments("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("alert", name="pk_alert_search"),
        foreign("alert_search", "alert", "alert.number"),
    )
