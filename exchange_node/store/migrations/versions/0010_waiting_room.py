"""The waiting room in front of the outbox: messages that officers let go, and their approvals.

A program that does not know of it would send what it should keep for officers.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    append_only,
    exchange,
    foreign,
    index,
    integers,
    jsons,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting_room",
        *numbers("number"),
        *texts("message_id"),
        *exchange(),
        *texts("conversation_id ref_to_message_id"),
        *jsons("makers"),
        *texts("urgency"),
        *integers("rank", "needed"),
        *moments("made_at", "until"),
        *texts("digest document_id"),
        *jsons("files"),
        *texts("state"),
        *moments("settled_at", nullable=True),
        *texts("settled_by why"),
        *moments("reminded_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_waiting_room"),
        unique("waiting_room", "message_id"),
        foreign("waiting_room", "document_id", "payload.payload_id"),
    )
    index("waiting_room", "state", "rank", "until")
    op.create_table(
        "waiting_room_approval",
        *numbers("number", "waiting"),
        *texts("officer"),
        *moments("at"),
        *texts("digest"),
        sa.PrimaryKeyConstraint("number", name="pk_waiting_room_approval"),
        unique("waiting_room_approval", "waiting", "officer"),
        foreign("waiting_room_approval", "waiting", "waiting_room.number"),
    )
    append_only("waiting_room_approval")
