"""Movements: this node's view of each, what happened to it, and the messages that wait for it.

An older program files manifests and does not begin a movement for them: it must not work on this.
Manifests that were filed before have no movement; their next message begins none either.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    append_only,
    booleans,
    foreign,
    index,
    jsons,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "movement",
        *numbers("number"),
        *texts("movement official_number departure destination"),
        *jsons("transit"),
        *booleans("test"),
        *texts("state"),
        *moments("begun_at", "changed_at", "delete_after"),
        sa.PrimaryKeyConstraint("number", name="pk_movement"),
        unique("movement", "movement", "departure", "test"),
    )
    index("movement", "official_number")
    op.create_table(
        "movement_event",
        *numbers("number", "movement"),
        *texts("event code party notice_id office"),
        *moments("occurred_at", "recorded_at"),
        *texts("recorded_by said message_id"),
        *jsons("told"),
        *texts("before after"),
        sa.PrimaryKeyConstraint("number", name="pk_movement_event"),
        unique("movement_event", "movement", "party", "notice_id"),
        foreign("movement_event", "movement", "movement.number"),
    )
    append_only("movement_event")
    op.create_table(
        "movement_parked",
        *texts("sender message_id official_number"),
        *booleans("test"),
        *moments("since", "until", "weighed_at"),
        sa.PrimaryKeyConstraint("sender", "message_id", name="pk_movement_parked"),
    )
    index("movement_parked", "official_number")
    index("movement_parked", "until")
