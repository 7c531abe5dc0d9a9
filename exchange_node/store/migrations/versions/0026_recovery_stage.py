"""When the stage of recovery of a movement begins.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import moments

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in moments("recovery_at", nullable=True):
        op.add_column("movement", column)
    movement = sa.table(
        "movement", sa.column("number", sa.Integer), sa.column("recovery_at", sa.DateTime)
    )
    duty = sa.table("duty", sa.column("kind"), sa.column("ref"), sa.column("due_at"))
    # What is left of the clock is when it runs out; where it ran out already nothing tells when.
    due = (
        sa.select(duty.c.due_at)
        .where(
            duty.c.kind == "movement-recover",
            duty.c.ref == sa.cast(movement.c.number, sa.String),
        )
        .scalar_subquery()
    )
    op.execute(sa.update(movement).values(recovery_at=due))
