"""What feedback an alert wants: until when its issuer is content to be told, and for what.

What was filed before wants what its grant says: no alert could say more.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert", sa.Column("feedback_due_on", sa.Date(), nullable=True))
    op.add_column("alert", sa.Column("feedback_scope", sa.Text(), nullable=True))
