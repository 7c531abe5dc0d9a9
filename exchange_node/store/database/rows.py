"""Rows that are inserted unless they are there already."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.dml import Insert


def add_once(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one of its unique keys is taken; return whether it was inserted.

    On PostgreSQL this waits for another transaction that is just inserting the same key.
    """
    done = conn.execute(
        _statement(table, conn.dialect.name),
        dict(values),
        execution_options={"preserve_rowcount": True},
    )
    return done.rowcount == 1


@cache
def _statement(table: Table, dialect: str) -> Insert:
    """Return the statement; made once, since making it costs more than running it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()
