"""In which roles a manifest has those whom its keys name.

What was filed before says nothing of it, and is found in whatever role somebody is looked for.

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("manifest_key", sa.Column("roles", sa.Integer(), nullable=True))
