"""When nothing waited any more in a channel that is pulled from.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import MOMENT

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pull_line", sa.Column("emptied_at", MOMENT, nullable=True))
