"""Alerts that came are filed before what came sooner.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import index

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_IN_ORDER = "2"
"""What came before this schema is filed in the order in which it came."""


def upgrade() -> None:
    op.add_column(
        "inbox", sa.Column("lane", sa.Integer(), nullable=False, server_default=_IN_ORDER)
    )
    index("inbox", "state", "lane", "number")
