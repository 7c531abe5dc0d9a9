"""What desks are told: happenings at desks, and the ways that they are told by.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    foreign,
    index,
    integers,
    jsons,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification",
        *numbers("number"),
        *texts("notice desk code"),
        *integers("severity"),
        *moments("at", "opened_at"),
        *jsons("facts"),
        *texts("about"),
        *moments("acknowledge_by", nullable=True),
        *texts("state"),
        *moments("settled_at", nullable=True),
        *texts("settled_by"),
        sa.PrimaryKeyConstraint("number", name="pk_notification"),
        unique("notification", "notice", "desk"),
    )
    index("notification", "state", "number")
    index("notification", "settled_at")
    op.create_table(
        "notification_way",
        *numbers("notification"),
        *texts("way state"),
        *integers("tries"),
        *texts("last_error"),
        *moments("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("notification", "way", name="pk_notification_way"),
        foreign("notification_way", "notification", "notification.number"),
    )
