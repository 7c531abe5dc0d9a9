"""Decisions that can be made again: rule sets, days' keys, draws, rulings, officers' acts.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import (
    append_only,
    booleans,
    foreign,
    index,
    integers,
    moments,
    numbers,
    texts,
    unique,
)

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_set",
        *numbers("number"),
        *texts("digest text"),
        *moments("kept_at"),
        sa.PrimaryKeyConstraint("number", name="pk_rule_set"),
        unique("rule_set", "digest"),
    )
    op.create_table(
        "draw_day",
        *numbers("number"),
        *texts("day commitment"),
        sa.Column("locked", sa.LargeBinary(), nullable=False),
        *moments("committed_at"),
        sa.PrimaryKeyConstraint("number", name="pk_draw_day"),
        unique("draw_day", "day"),
    )
    op.create_table(
        "draw",
        *numbers("number"),
        *texts("movement"),
        *booleans("test"),
        *texts("day rules drawn"),
        *integers("per_million"),
        *booleans("verifiable"),
        *moments("at"),
        sa.PrimaryKeyConstraint("number", name="pk_draw"),
        unique("draw", "movement", "test"),
    )
    op.create_table(
        "ruling",
        *numbers("number", "manifest"),
        *texts("movement"),
        *booleans("test"),
        *texts("direction office rules channel"),
        *booleans("drawn"),
        *texts("inputs outcome digest"),
        *moments("at"),
        sa.PrimaryKeyConstraint("number", name="pk_ruling"),
    )
    index("ruling", "manifest", "number")
    index("ruling", "at")
    op.create_table(
        "ruling_act",
        *numbers("number", "ruling"),
        *texts("movement"),
        *booleans("test"),
        *texts("was becomes reason"),
        *texts("words_id", nullable=True),
        *booleans("lifts_draw", "in_force"),
        *texts("by"),
        *moments("at"),
        sa.PrimaryKeyConstraint("number", name="pk_ruling_act"),
        foreign("ruling_act", "words_id", "payload.payload_id"),
    )
    index("ruling_act", "movement", "number")
    index("ruling_act", "ruling")
    for one in ("rule_set", "draw_day", "draw", "ruling", "ruling_act"):
        append_only(one)
