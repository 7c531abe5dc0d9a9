"""Documents and drivers are found by number and name: what is held is tried against each of them.

The keys are made from the manifest, which is sealed; so whatever was filed before gets the key of
what has none of them, and goes with its retention.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO manifest_key (kind, value, manifest)"
        " SELECT '*', 'papers', number FROM manifest"
        " WHERE superseded_by IS NULL AND disposed_at IS NULL"
    )
