"""When something that an alert looks for was seen, without a control.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

from alembic import op

from exchange_node.store.migrations.parts import moments

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in moments("seen_at", nullable=True):
        op.add_column("alert_feedback", column)
