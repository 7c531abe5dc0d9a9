"""Further use of what a partner sent: what was asked and told, answered, handed on.

A program that does not know of it takes the messages for unknown ones and works on.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    foreign,
    index,
    integers,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "onward_request",
        *numbers("number"),
        *texts("direction partner request_id asking kind subject record_message_id recipient use"),
        *texts("purpose message_id document_id recorded_by"),
        *moments("at", "recorded_at"),
        *moments("until", "due_at", "delete_after", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_onward_request"),
        unique("onward_request", "direction", "partner", "request_id"),
        foreign("onward_request", "document_id", "payload.payload_id"),
    )
    index("onward_request", "record_message_id")
    op.create_table(
        "onward_answer",
        *numbers("number", "request"),
        *texts("answer_id outcome ground message_id document_id recorded_by"),
        *integers("ordinal"),
        *moments("at", "recorded_at"),
        *moments("until", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_onward_answer"),
        unique("onward_answer", "request", "answer_id"),
        unique("onward_answer", "request", "ordinal"),
        foreign("onward_answer", "request", "onward_request.number"),
        foreign("onward_answer", "document_id", "payload.payload_id"),
    )
    op.create_table(
        "onward_export",
        *numbers("number", "record"),
        *texts("kind subject partner record_message_id agreement_id grant_id clause recipient use"),
        *texts("purpose request_id told_message_id digest by"),
        *integers("agreement_version"),
        *moments("at"),
        sa.PrimaryKeyConstraint("number", name="pk_onward_export"),
    )
    index("onward_export", "record_message_id")
