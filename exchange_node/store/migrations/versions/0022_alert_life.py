"""What desks say of alerts beside that they saw them, and what came of an alert.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    booleans,
    foreign,
    index,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, default in (("stage", "SEE"), ("rejection", "")):
        op.add_column(
            "acknowledgement",
            sa.Column(name, sa.Text(), nullable=False, server_default=default),
        )
    op.create_table(
        "alert_feedback",
        *numbers("number", "alert"),
        *texts("issuer reference direction message_id result"),
        *booleans("is_last", "is_seizure"),
        sa.Column("usefulness", sa.Integer(), nullable=True),
        *numbers("manifest", nullable=True),
        *texts("document_id"),
        *moments("issued_at"),
        *texts("stored_by"),
        *moments("stored_at"),
        sa.PrimaryKeyConstraint("number", name="pk_alert_feedback"),
        unique("alert_feedback", "issuer", "reference"),
        foreign("alert_feedback", "alert", "alert.number"),
        foreign("alert_feedback", "manifest", "manifest.number"),
        foreign("alert_feedback", "document_id", "payload.payload_id"),
    )
    index("alert_feedback", "alert")
    index("alert_feedback", "message_id")
