"""URL → engine → transaction → connection, and the one place that translates database errors.

SQLite runs in WAL mode with `synchronous=FULL`: what was committed survives a power cut. It has
one writer, so a writing transaction takes the write lock when it begins (`BEGIN IMMEDIATE`) and
two writers queue instead of failing when the second wants to write. `reading` never waits for a
writer and sees one state of the database from its first statement to its last, on both databases.

The quota holds for the pages of the database itself; the write-ahead log beside it comes on top.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from exchange_node.domain.errors import (
    InvalidSettingError,
    MissingSettingError,
    NewerStoreError,
    StoreBusyError,
    StoreError,
    StoreFullError,
)
from exchange_node.store.tables import node_meta

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import URL, Connection, Engine, Table

SCHEMA_VERSION = 2
"""The schema that this program writes; the number of the last migration."""

LOWEST_COMPATIBLE = 1
"""The oldest program, by its `SCHEMA_VERSION`, that may work on a database of this one."""

WAIT_SECONDS = 10
"""How long a statement waits for another writer before it fails (our choice)."""

_READING = "exchange_node_reading"

# https://www.sqlite.org/rescode.html, primary result codes
_SQLITE_FULL = 13
_SQLITE_BUSY = frozenset({5, 6})

# PostgreSQL 15, appendix A: disk_full; too_many_connections, lock_not_available,
# deadlock_detected, serialization_failure, admin_shutdown, crash_shutdown, cannot_connect_now.
_POSTGRES_FULL = "53100"
_POSTGRES_BUSY = frozenset({"53300", "55P03", "40P01", "40001", "57P01", "57P02", "57P03"})


def open_database(url: str, *, max_bytes: int | None = None) -> Engine:
    """Return an engine on the database that `url` names; nothing is connected or created yet.

    `sqlite:///relative/path`, `sqlite:////absolute/path` or `postgresql://user@host/name`.
    `max_bytes` bounds the file of an SQLite database; PostgreSQL has quotas of its own.

    Raises:
        InvalidSettingError: the URL cannot be read, or names a database we do not speak to.
        MissingSettingError: the driver for PostgreSQL is not installed.
    """
    target = _target(url)
    if target.drivername == "sqlite":
        engine = create_engine(target, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS})
        _tune_sqlite(engine, max_bytes)
        return engine
    try:
        engine = create_engine(
            target,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": WAIT_SECONDS},
        )
    except ModuleNotFoundError as err:
        raise MissingSettingError(
            what="the PostgreSQL driver", where="pip install 'exchange-node[postgres]'"
        ) from err
    _tune_postgresql(engine)
    return engine


def _target(url: str) -> URL:
    try:
        target = make_url(url)
    except ArgumentError as err:
        raise InvalidSettingError(where="database", why="this is no database URL") from err
    match target.drivername:
        case "sqlite" if target.database not in {None, "", ":memory:"}:
            return target
        case "sqlite":
            raise InvalidSettingError(where="database", why="SQLite needs the path of a file")
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return target.set(drivername="postgresql+psycopg")
        case other:
            raise InvalidSettingError(
                where="database", why=f"{other} is not spoken here, want sqlite or postgresql"
            )


def _switch_to_log(connection: sqlite3.Connection) -> None:
    # The switch does not wait for another connection that is just switching; a transaction does.
    for _ in range(20):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as err:
            if err.sqlite_errorcode & 0xFF not in _SQLITE_BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _tune_sqlite(engine: Engine, max_bytes: int | None) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        _switch_to_log(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if max_bytes is not None:
            (page_size,) = connection.execute("PRAGMA page_size").fetchone()
            connection.execute(f"PRAGMA max_page_count={max(1, max_bytes // page_size)}")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        reading = bool(conn.get_execution_options().get(_READING))
        conn.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
        conn.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _tune_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg's own
        connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
        connection.commit()


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it is committed when the block ends, else undone.

    Raises:
        StoreFullError: the disk or the quota is full; nothing of the transaction is kept.
        StoreBusyError: another writer holds the database, or it cannot be reached.
        StoreError: anything else that the database refuses; its text holds no stored value.
    """
    with _translated(), engine.begin() as conn:
        yield conn


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads, and sees one state of the database throughout.

    Raises:
        StoreBusyError: the database cannot be reached.
        StoreError: anything else that the database refuses, a statement that writes for one.
    """
    with _translated(), engine.connect() as conn:
        if conn.dialect.name == "postgresql":
            conn = conn.execution_options(  # noqa: PLW2901 - the same connection
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        else:
            conn = conn.execution_options(**{_READING: True})  # noqa: PLW2901 - the same
        with conn.begin():
            yield conn


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as err:
        # The cause is cut off: PostgreSQL's own text quotes the values of a row.
        raise _ours(err) from None
    except OverflowError:
        raise StoreError(detail="a number is larger than the database takes") from None
    except UnicodeEncodeError:
        raise StoreError(detail="a text holds characters that are no Unicode") from None


def _ours(err: SQLAlchemyError) -> StoreError:
    if isinstance(err, PoolTimeoutError):
        return StoreBusyError(why="every connection is in use")
    if not isinstance(err, DBAPIError):
        return StoreError(detail=f"the statement could not be made: {type(err).__name__}")
    code = getattr(err.orig, "sqlite_errorcode", None)
    if code is not None:
        return _from_sqlite(code & 0xFF, str(err.orig))
    return _from_postgresql(err, getattr(err.orig, "sqlstate", None))


def _from_sqlite(primary: int, said: str) -> StoreError:
    # SQLite names tables and columns in what it says, never values.
    if primary == _SQLITE_FULL:
        return StoreFullError(why=said)
    if primary in _SQLITE_BUSY:
        return StoreBusyError(why=said)
    return StoreError(detail=f"the database refused: {said}")


def _from_postgresql(err: DBAPIError, state: str | None) -> StoreError:
    name = type(err.orig).__name__
    if state == _POSTGRES_FULL:
        return StoreFullError(why=f"{name}, {state}")
    if state in _POSTGRES_BUSY or err.connection_invalidated:
        return StoreBusyError(why=f"{name}, {state}")
    if state is None and isinstance(err, OperationalError):
        return StoreBusyError(why="no connection")
    return StoreError(detail=f"the database refused: {name}, {state}")


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


def add_once(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one of its unique keys is taken; return whether it was inserted.

    On PostgreSQL this waits for another transaction that is just inserting the same key.
    """
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    done = conn.execute(
        insert(table).values(values).on_conflict_do_nothing(),
        execution_options={"preserve_rowcount": True},
    )
    return done.rowcount == 1
