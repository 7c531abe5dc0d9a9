"""Events of movements say more in codes: where a movement was diverted to.

An older program does not know that a movement can be diverted: it must not work on this.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "movement_event", sa.Column("details", sa.JSON(), nullable=False, server_default="{}")
    )
