"""Retention: legal holds, certificates of disposal, the grant that an alert came under.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import index, integers, moments, numbers, texts, unique

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("manifest", *moments("disposed_at", nullable=True))
    for name in ("agreement_id", "grant_id", "purpose"):
        op.add_column("alert", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "alert", sa.Column("agreement_version", sa.Integer(), nullable=False, server_default="0")
    )
    for one in moments("kept_since", "delete_after", "disposed_at", nullable=True):
        op.add_column("alert", one)
    op.drop_index("ix_manifest_delete_after", "manifest")
    for table in ("manifest", "alert"):
        op.create_index(
            f"ix_{table}_delete_after",
            table,
            ["delete_after"],
            sqlite_where=sa.text("disposed_at IS NULL"),
            postgresql_where=sa.text("disposed_at IS NULL"),
        )
    op.create_table(
        "legal_hold",
        *numbers("number"),
        *texts("kind subject why placed_by lifted_by"),
        *moments("placed_at"),
        *moments("lifted_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_legal_hold"),
    )
    index("legal_hold", "kind", "subject")
    op.create_table(
        "disposal",
        *numbers("number", "record"),
        *texts("kind subject partner message_id agreement_id grant_id clause digest"),
        *integers("agreement_version", "payloads"),
        *moments("kept_since", "delete_after", "due_at", "at"),
        sa.PrimaryKeyConstraint("number", name="pk_disposal"),
        unique("disposal", "kind", "record"),
    )
