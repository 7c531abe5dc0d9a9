"""A name that is held is kept once, with what it sounds like.

What a record sounded like was among its keys. A name gets the sounds of the last record that bears
it: more than its own, which only means that it is compared more often than it need be. The old
keys go with their records.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from exchange_node.store.migrations.parts import foreign, index, numbers, texts, unique

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_name",
        *numbers("number"),
        *texts("bearer name"),
        sa.PrimaryKeyConstraint("number", name="pk_known_name"),
        unique("known_name", "bearer", "name"),
    )
    op.create_table(
        "known_sound",
        *texts("bearer sound"),
        *numbers("name"),
        sa.PrimaryKeyConstraint("bearer", "sound", "name", name="pk_known_sound"),
        foreign("known_sound", "name", "known_name.number"),
    )
    index("known_sound", "name")
    known = sa.table("known_name", *map(sa.column, ("number", "bearer", "name")))
    sound = sa.table("known_sound", *map(sa.column, ("bearer", "sound", "name")))
    for bearer in ("alert", "manifest"):
        _carry_over(bearer, known, sound)


def _carry_over(bearer: str, known: sa.TableClause, sound: sa.TableClause) -> None:
    keys = sa.table(f"{bearer}_key", *map(sa.column, ("kind", "value", bearer)))
    last = (
        sa.select(keys.c.value, sa.func.max(keys.c[bearer]).label("record"))
        .where(keys.c.kind == "name")
        .group_by(keys.c.value)
        .subquery()
    )
    names = sa.select(sa.literal(bearer), last.c.value).order_by(last.c.value)
    op.execute(known.insert().from_select(["bearer", "name"], names))
    heard = keys.alias("heard")
    sounds = (
        sa.select(known.c.bearer, heard.c.value, known.c.number)
        .join_from(known, last, last.c.value == known.c.name)
        # Not by the index that begins with the kind: SQLite would walk all sounds for each name.
        .join(heard, (heard.c[bearer] == last.c.record) & (sa.func.lower(heard.c.kind) == "sound"))
        .where(known.c.bearer == bearer)
        .distinct()
    )
    op.execute(sound.insert().from_select(["bearer", "sound", "name"], sounds))
