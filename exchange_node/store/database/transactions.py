"""Transactions that write, transactions that read, and what a database's refusal means to us."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from exchange_node.domain.errors import StoreBusyError, StoreError, StoreFullError
from exchange_node.store.database.writers import WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from exchange_node.store.database.writers import Writers

READING = "exchange_node_reading"

WAIT_SECONDS = 10
"""How long a statement waits for another writer before it fails (our choice)."""

# https://www.sqlite.org/rescode.html, primary result codes
_SQLITE_FULL = 13
SQLITE_BUSY = frozenset({5, 6})

# PostgreSQL 15, appendix A: disk_full; too_many_connections, lock_not_available,
# deadlock_detected, serialization_failure, admin_shutdown, crash_shutdown, cannot_connect_now.
_POSTGRES_FULL = "53100"
_POSTGRES_BUSY = frozenset({"53300", "55P03", "40P01", "40001", "57P01", "57P02", "57P03"})


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it is committed when the block ends, else undone.

    Raises:
        StoreFullError: the disk or the quota is full; nothing of the transaction is kept.
        StoreBusyError: another writer holds the database, or it cannot be reached.
        StoreError: anything else that the database refuses; its text holds no stored value.
    """
    with _translated(), _turn(engine), engine.begin() as conn:
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
            conn = conn.execution_options(**{READING: True})  # noqa: PLW2901 - the same
        with conn.begin():
            yield conn


def _turn(engine: Engine) -> AbstractContextManager[None]:
    """Return the turn to write, where the database has one writer."""
    writers: Writers | None = engine.get_execution_options().get(WRITERS)
    return nullcontext() if writers is None else writers.turn(WAIT_SECONDS)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as err:
        # The cause is cut off: PostgreSQL's own text quotes the values of a row.
        raise _ours(err) from None
    except sqlite3.Error as err:  # from the beginning of a transaction, which goes straight to it
        raise _from_sqlite(getattr(err, "sqlite_errorcode", 0) & 0xFF, str(err)) from None
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
    if primary in SQLITE_BUSY:
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
