"""Names and containers are found by likeness: what is held already is tried against everything.

The keys of a likeness are made from the document, which is sealed; so whatever was filed before
gets the key of what has no other, and goes with its retention. An older program cannot read a hit
that says how near two values are.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO alert_key (kind, value, alert, subject)"
        " SELECT DISTINCT '*', '*', alert, subject FROM alert_key AS named"
        " WHERE kind IN ('name', 'equipment') AND NOT EXISTS (SELECT 1 FROM alert_key AS one"
        " WHERE one.kind = '*' AND one.value = '*' AND one.alert = named.alert"
        " AND one.subject = named.subject)"
    )
    op.execute(
        "INSERT INTO manifest_key (kind, value, manifest)"
        " SELECT '*', '*', number FROM manifest"
        " WHERE superseded_by IS NULL AND disposed_at IS NULL"
    )
