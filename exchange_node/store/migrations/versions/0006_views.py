"""What a token works for, and where its bearer sits: the view gate asks for both.

A program that does not know of purposes would show what they keep back.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("purposes", "offices"):
        op.add_column("token", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
