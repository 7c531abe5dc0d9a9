"""When what happened to a movement was erased; only then may its lines go.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import moments

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_STANDS = "(SELECT disposed_at FROM movement WHERE number = OLD.movement) IS NULL"
_BEFORE = "movement_event records stay until their movement is disposed of"


def upgrade() -> None:
    for column in moments("disposed_at", nullable=True):
        op.add_column("movement", column)
    gone = sa.Column("events_gone", sa.Integer(), nullable=False, server_default="0")
    op.add_column("movement", gone)
    op.create_index(
        "ix_movement_delete_after",
        "movement",
        ["delete_after"],
        sqlite_where=sa.text("disposed_at IS NULL"),
        postgresql_where=sa.text("disposed_at IS NULL"),
    )
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TRIGGER movement_event_no_delete")
        op.execute(
            "CREATE TRIGGER movement_event_no_delete BEFORE DELETE ON movement_event "
            f"WHEN {_STANDS} BEGIN SELECT RAISE(ABORT, '{_BEFORE}'); END"
        )
        return
    op.execute("DROP TRIGGER movement_event_no_change ON movement_event")
    op.execute(
        "CREATE TRIGGER movement_event_no_change BEFORE UPDATE ON movement_event "
        "FOR EACH ROW EXECUTE FUNCTION movement_event_never()"
    )
    op.execute(
        "CREATE FUNCTION movement_event_stays() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {_STANDS} THEN RAISE EXCEPTION '{_BEFORE}'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER movement_event_no_delete BEFORE DELETE ON movement_event "
        "FOR EACH ROW EXECUTE FUNCTION movement_event_stays()"
    )
