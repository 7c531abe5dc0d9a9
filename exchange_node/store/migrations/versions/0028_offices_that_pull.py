"""What the node of an office was told of the manifests that it expects.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import booleans, index, numbers, texts

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_entry",
        *texts("partner"),
        *numbers("manifest"),
        *texts("movement tag message_id"),
        *booleans("told_before"),
        sa.PrimaryKeyConstraint("partner", "manifest", name="pk_office_entry"),
    )
    index("office_entry", "message_id")
