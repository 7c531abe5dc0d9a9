"""Orders to correct or delete records, what became of them, and notices of misuse.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    booleans,
    foreign,
    index,
    integers,
    jsons,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_order",
        *numbers("number"),
        *texts("direction partner order_id message_id digest kind ground"),
        *booleans("test"),
        *moments("ordered_at"),
        *moments("due_at", nullable=True),
        *moments("recorded_at"),
        *texts("recorded_by"),
        *moments("settled_at", nullable=True),
        *texts("why_id", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_record_order"),
        unique("record_order", "direction", "partner", "order_id"),
        foreign("record_order", "why_id", "payload.payload_id"),
    )
    index("record_order", "settled_at", "due_at")
    op.create_table(
        "record_order_item",
        *numbers("number", "of_order"),
        *integers("position"),
        *texts("kind subject message_id"),
        *integers("version"),
        *numbers("record", nullable=True),
        *texts("outcome ground"),
        *moments("at", nullable=True),
        *texts("digest"),
        *jsons("handed_to"),
        *texts("certificate_id"),
        *texts("values_id", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_record_order_item"),
        unique("record_order_item", "of_order", "position"),
        foreign("record_order_item", "of_order", "record_order.number"),
        foreign("record_order_item", "values_id", "payload.payload_id"),
    )
    index("record_order_item", "kind", "record")
    op.create_table(
        "breach",
        *numbers("number"),
        *texts("direction partner breach_id message_id digest misuse"),
        *moments("told_at", "discovered_at"),
        *moments("occurred_at", "due_at", nullable=True),
        *texts("agreement_id"),
        *integers("agreement_version"),
        *jsons("records"),
        *texts("said_id"),
        *moments("recorded_at"),
        *texts("recorded_by"),
        sa.PrimaryKeyConstraint("number", name="pk_breach"),
        unique("breach", "direction", "partner", "breach_id"),
        foreign("breach", "said_id", "payload.payload_id"),
    )
