"""Until when what was told of alerts is kept: feedback and acknowledgements.

Of what was told before, disposal finds it as it does for what an older program writes: by the
message that carried it, or by the alert that it is on.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import moments

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("acknowledgement", "alert_feedback"):
        for name in ("partner", "subject", "agreement_id", "grant_id"):
            op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))
        version = sa.Column("agreement_version", sa.Integer(), nullable=False, server_default="0")
        op.add_column(table, version)
        for column in moments("delete_after", "disposed_at", nullable=True):
            op.add_column(table, column)
        there = sa.text("disposed_at IS NULL")
        op.create_index(
            f"ix_{table}_delete_after",
            table,
            ["delete_after"],
            sqlite_where=there,
            postgresql_where=there,
        )
    feedback = sa.table("alert_feedback", sa.column("document_id"), sa.column("disposed_at"))
    payload = sa.table("payload", sa.column("payload_id"), sa.column("disposed_at"))
    gone = (
        sa.select(payload.c.disposed_at)
        .where(payload.c.payload_id == feedback.c.document_id)
        .scalar_subquery()
    )
    op.execute(sa.update(feedback).values(disposed_at=gone))
