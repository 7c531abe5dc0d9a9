"""How far an alert is to be believed, on the Admiralty scale: its yield is counted by that.

What was filed before says it in its document alone, which is encrypted: of that it stays unknown.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert", sa.Column("confidence", sa.Text(), nullable=True))
