"""By which tables it was told what a name sounds like.

Those that have sounds have them from the tables of before; what has none is heard again.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("known_name", sa.Column("hearing", sa.Text(), nullable=False, server_default=""))
    name = sa.table("known_name", sa.column("number"), sa.column("hearing"))
    sound = sa.table("known_sound", sa.column("name"))
    with_sounds = name.c.number.in_(sa.select(sound.c.name))
    op.execute(sa.update(name).where(with_sounds).values(hearing="1"))
    op.create_index("ix_known_name_hearing_bearer", "known_name", ["hearing", "bearer"])
