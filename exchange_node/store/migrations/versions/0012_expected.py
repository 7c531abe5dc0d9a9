"""When to expect a manifest, at each office that it names.

A program that does not know of it would file manifests that no office expects.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import moments

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("manifest_key", *moments("due_at", nullable=True))
    op.execute(
        "UPDATE manifest_key SET due_at ="
        " (SELECT coalesce(m.expected_arrival, m.stored_at) FROM manifest m"
        " WHERE m.number = manifest_key.manifest)"
        " WHERE kind = 'office' AND EXISTS (SELECT 1 FROM manifest m"
        " WHERE m.number = manifest_key.manifest AND m.direction = 'received')"
    )
    op.create_index(
        "ix_manifest_key_due",
        "manifest_key",
        ["value", "due_at", "manifest"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
