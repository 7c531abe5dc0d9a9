"""Whether partners are there, and what each said last of itself.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import integers, jsons, moments, texts

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pulse",
        *texts("partner"),
        *moments("asked_at"),
        *texts("asked_id"),
        *moments("heard_at", "silent_since", nullable=True),
        *texts("last_error said_id"),
        *integers("clock_seconds"),
        *texts("program"),
        *jsons("schemas", "unknown_schemas", "agreements"),
        *texts("owed"),
        sa.PrimaryKeyConstraint("partner", name="pk_pulse"),
    )
