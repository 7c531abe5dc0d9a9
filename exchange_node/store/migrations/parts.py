"""Parts that migrations are put together from. What is here never changes its meaning.

A migration says what the schema was when it was written; it takes nothing from `store.tables`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def texts(names: str, *, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names.split()]


def moments(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, MOMENT, nullable=nullable) for name in names]


def jsons(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]


def integers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def numbers(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, NUMBER, nullable=nullable) for name in names]


def booleans(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Boolean(), nullable=nullable) for name in names]


def exchange() -> list[sa.Column[Any]]:
    return [
        *texts("sender recipient code agreement_id"),
        sa.Column("agreement_version", sa.Integer(), nullable=False),
        *texts("agreement_digest grant_id purpose handling"),
        sa.Column("test", sa.Boolean(), nullable=False),
    ]


def unique(table: str, *names: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*names, name=f"uq_{table}_{'_'.join(names)}")


def foreign(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [to], name=f"fk_{table}_{name}")


def index(table: str, *names: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(names)}", table, list(names))


def append_only(table: str) -> None:
    """Let the database refuse to change or delete a row of a table that has a `number`."""
    never = f"{table} records are never changed"
    if op.get_bind().dialect.name == "postgresql":
        _append_only_on_postgresql(table, never)
        return
    # INSERT OR REPLACE deletes without asking the trigger on DELETE, hence the third one.
    for event, condition in (
        ("UPDATE", "1"),
        ("DELETE", "1"),
        ("INSERT", f"EXISTS (SELECT 1 FROM {table} WHERE number = NEW.number)"),  # noqa: S608 - ours
    ):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{never}'); END"
        )


def _append_only_on_postgresql(table: str, never: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_never() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{never}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_never()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_never()"
    )
