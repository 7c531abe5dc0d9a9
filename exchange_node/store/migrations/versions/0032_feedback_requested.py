"""Whether an alert asks for feedback; the index that its statistics look through.

What was filed before says it in its document alone, which is encrypted: of that it stays unknown.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert", sa.Column("feedback_requested", sa.Boolean(), nullable=True))
    op.create_index("ix_alert_direction_issued_at", "alert", ["direction", "issued_at"])
