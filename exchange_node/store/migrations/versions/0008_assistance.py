"""Mutual assistance: the register of matters, their papers, the clocks that run.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    booleans,
    exchange,
    foreign,
    index,
    integers,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assistance_case",
        *numbers("number"),
        *texts("kind reference direction partner stage form matter language reciprocity"),
        *texts("oral_request confirmed_by ground message_id stored_by changed_by"),
        *exchange(),
        *booleans("urgent"),
        *moments("asked_at", "stored_at", "changed_at"),
        *moments("acknowledged_at", "postponed_at", "postponed_until", "closed_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_assistance_case"),
        unique("assistance_case", "sender", "reference"),
    )
    index("assistance_case", "message_id")
    index("assistance_case", "partner", "stage")
    index("assistance_case", "asked_at")
    op.create_table(
        "assistance_paper",
        *numbers("number", "case_number"),
        *texts("subject issuer reference direction partner message_id code act ground"),
        *texts("agreement_id grant_id purpose handling document_id stored_by"),
        *integers("agreement_version"),
        *booleans("test"),
        *moments("issued_at", "stored_at"),
        *moments(
            "until", "kept_since", "delete_after", "disposed_at", "rejected_at", nullable=True
        ),
        sa.PrimaryKeyConstraint("number", name="pk_assistance_paper"),
        unique("assistance_paper", "issuer", "reference"),
        foreign("assistance_paper", "case_number", "assistance_case.number"),
        foreign("assistance_paper", "document_id", "payload.payload_id"),
    )
    index("assistance_paper", "case_number")
    index("assistance_paper", "message_id")
    _index_where("assistance_paper", "delete_after", "disposed_at IS NULL")
    op.create_table(
        "assistance_clock",
        *numbers("case_number"),
        *texts("kind"),
        *moments("due_at"),
        *moments("stopped_at", "ran_out_at", nullable=True),
        sa.PrimaryKeyConstraint("case_number", "kind", name="pk_assistance_clock"),
        foreign("assistance_clock", "case_number", "assistance_case.number"),
    )
    _index_where("assistance_clock", "due_at", "stopped_at IS NULL AND ran_out_at IS NULL")


def _index_where(table: str, column: str, where: str) -> None:
    op.create_index(
        f"ix_{table}_{column}",
        table,
        [column],
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
