"""When this node and its partners are away.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import booleans, index, jsons, moments, texts

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outage",
        *texts("party outage_id"),
        *jsons("functions"),
        *moments("begins", "ends"),
        *texts("reason meanwhile"),
        *booleans("paper", "planned", "withdrawn"),
        *moments("told_at"),
        sa.PrimaryKeyConstraint("party", "outage_id", name="pk_outage"),
    )
    index("outage", "party", "ends")
