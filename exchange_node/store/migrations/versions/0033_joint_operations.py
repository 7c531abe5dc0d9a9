"""Joint operations, and which alerts belong to one.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    append_only,
    foreign,
    jsons,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joint_operation",
        *numbers("number"),
        *texts("reference name lead"),
        *jsons("partners"),
        *moments("begins", "ends"),
        *texts("purpose"),
        *moments("opened_at"),
        *texts("opened_by"),
        sa.PrimaryKeyConstraint("number", name="pk_joint_operation"),
        unique("joint_operation", "reference"),
    )
    op.create_table(
        "joint_operation_closing",
        *numbers("number", "operation"),
        *texts("why"),
        *moments("closed_at"),
        *texts("closed_by"),
        sa.PrimaryKeyConstraint("number", name="pk_joint_operation_closing"),
        unique("joint_operation_closing", "operation"),
        foreign("joint_operation_closing", "operation", "joint_operation.number"),
    )
    for table in ("joint_operation", "joint_operation_closing"):
        append_only(table)
    op.add_column("alert", sa.Column("operation", sa.Text(), nullable=False, server_default=""))
    named = sa.text("operation <> ''")
    op.create_index(
        "ix_alert_operation",
        "alert",
        ["operation", "number"],
        sqlite_where=named,
        postgresql_where=named,
    )
