"""The database itself: SQLite beside the node, or PostgreSQL for more machines.

SQLite runs in WAL mode with `synchronous=FULL`: what was committed survives a power cut. It has
one writer, so a writing transaction takes the write lock when it begins (`BEGIN IMMEDIATE`) and
two writers queue instead of failing when the second wants to write. Those of one process queue
before they take a connection, in the order in which they came.
`reading` never waits for a writer and sees one state of the database from its first statement to
its last, on both databases.

The quota holds for the pages of the database itself; the write-ahead log beside it comes on top.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from exchange_node.domain.errors import InvalidSettingError, MissingSettingError
from exchange_node.store.database.transactions import READING, SQLITE_BUSY, WAIT_SECONDS
from exchange_node.store.database.writers import WRITERS, Writers

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

CONNECTIONS = 15
"""How many may use an SQLite database at once (our choice). All are kept: a new one reads the
schema and prepares every statement anew, which costs more than a whole transaction."""


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
        engine = create_engine(
            target,
            hide_parameters=True,
            connect_args={"timeout": WAIT_SECONDS},
            pool_size=CONNECTIONS,
            max_overflow=0,
            execution_options={WRITERS: Writers()},
        )
        _tune_sqlite(engine, str(target.database), max_bytes)
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
            if err.sqlite_errorcode & 0xFF not in SQLITE_BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _tune_sqlite(engine: Engine, path: str, max_bytes: int | None) -> None:
    @event.listens_for(engine, "do_connect")
    def make(*_: object) -> None:
        # Ours alone from its first byte on, and so the files that SQLite puts beside it. A file
        # that is there is not opened: closing it would give up SQLite's own locks on it, and
        # another process could delete the log under us (sqlite.org/howtocorrupt.html, 2.2.1).
        with suppress(OSError):  # SQLite says better what is wrong with the path
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

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
        reading = bool(conn.get_execution_options().get(READING))
        # Straight to the driver: the way round costs more than all the rest.
        driver: Any = conn.connection.driver_connection
        driver.execute(f"PRAGMA query_only={int(reading)}")
        driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")


def _tune_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg's own
        connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
        connection.commit()
