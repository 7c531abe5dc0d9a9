"""Which drafts came in lists, by the number that their source gave them.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import moments, texts

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_alert",
        *texts("source reference digest alert_id"),
        *moments("imported_at"),
        *texts("imported_by"),
        sa.PrimaryKeyConstraint("source", "reference", name="pk_imported_alert"),
    )
