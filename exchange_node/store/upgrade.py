"""Any database → the schema of this program, by the scripts in migrations/."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from exchange_node.domain.errors import NewerStoreError
from exchange_node.store.database import (
    LOWEST_COMPATIBLE,
    SCHEMA_VERSION,
    transaction,
    versions_in,
)
from exchange_node.store.tables import node_meta

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x45584E4F4445  # "EXNODE": one migration at a time on a PostgreSQL database


def migrate(engine: Engine) -> int:
    """Bring the database to this program's schema and return the version it then has.

    All of it or nothing: one transaction, on SQLite too. Two programs that start at once queue,
    and the second finds nothing to do. A newer database that still allows this program is left
    as it is.

    Raises:
        NewerStoreError: the database must not be touched by a program as old as this one.
        StoreFullError, StoreBusyError, StoreError: as `transaction`.
    """
    with transaction(engine) as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        found, lowest = versions_in(conn)
        if lowest > SCHEMA_VERSION:
            raise NewerStoreError(found=found, known=SCHEMA_VERSION)
        if found >= SCHEMA_VERSION:
            return found
        # Half a second and 20 MB that only a database to be changed needs.
        from alembic import command  # noqa: PLC0415

        command.upgrade(scripts(conn), "head")
        _write_versions(conn)
        return SCHEMA_VERSION


def scripts(conn: Connection) -> Config:
    """Return Alembic's configuration for the scripts in this package, over one connection."""
    from alembic.config import Config  # noqa: PLC0415 - as in `migrate`

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config


def _write_versions(conn: Connection) -> None:
    versions = {"schema_version": SCHEMA_VERSION, "lowest_compatible": LOWEST_COMPATIBLE}
    conn.execute(delete(node_meta).where(node_meta.c.name.in_(versions)))
    conn.execute(
        insert(node_meta),
        [{"name": name, "value": str(version)} for name, version in versions.items()],
    )
