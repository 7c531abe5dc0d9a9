"""Which schema a database has, and whether this program may work on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect, select

from exchange_node.domain.errors import NewerStoreError
from exchange_node.store.database.transactions import reading
from exchange_node.store.tables import node_meta

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

SCHEMA_VERSION = 43
"""The schema that this program writes; the number of the last migration."""

LOWEST_COMPATIBLE = 36
"""The oldest program, by its `SCHEMA_VERSION`, that may work on a database of this one."""


def schema_version(engine: Engine) -> int:
    """Return the version of the schema in the database; 0 while it holds none.

    Raises:
        StoreError, StoreBusyError: as `reading`.
    """
    with reading(engine) as conn:
        return versions_in(conn)[0]


def check_version(engine: Engine) -> int:
    """Return the version of the schema in the database, if this program may work on it.

    A version below `SCHEMA_VERSION` wants `migrate`; a higher one, made by a newer program that
    left the old ways working, is taken.

    Raises:
        NewerStoreError: the database must not be touched by a program as old as this one.
        StoreError, StoreBusyError: as `reading`.
    """
    with reading(engine) as conn:
        found, lowest = versions_in(conn)
    if lowest > SCHEMA_VERSION:
        raise NewerStoreError(found=found, known=SCHEMA_VERSION)
    return found


def versions_in(conn: Connection) -> tuple[int, int]:
    """Return the schema version and the lowest compatible one; (0, 0) in an empty database."""
    if not inspect(conn).has_table(node_meta.name):
        return 0, 0
    stored = {row.name: row.value for row in conn.execute(select(node_meta))}
    return int(stored.get("schema_version", "0")), int(stored.get("lowest_compatible", "0"))
