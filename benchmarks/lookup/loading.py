"""A million manifests → an empty store, in minutes: drawn by several processes, written in bulk.

Rows are drawn (`rows`), turned into what the driver takes, and written past SQLAlchemy: by COPY
into PostgreSQL, into SQLite by one transaction without a log. What a manifest is found by, some
fifty keys, has no indexes meanwhile: they are made of sorted rows when all is there, which spares
the disk a page for each key.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import Any

from sqlalchemy import JSON, Dialect, Engine, Table, inspect, make_url, select, text
from sqlalchemy.schema import AddConstraint, CreateIndex

from benchmarks.lookup.rows import TABLES, Under, rows_of
from exchange_node.rehearsal.traffic import Traffic
from exchange_node.services.stations.looking.names import learn
from exchange_node.store.database import transaction
from exchange_node.store.payloads import Vault
from exchange_node.store.records.search.names import NAME, Bearer
from exchange_node.store.tables import manifest_key, metadata

BATCH = 2_000
"""Manifests that are drawn and written together."""

SAID_EVERY = 50_000
"""Manifests after which it is said how far the loading is."""

CACHE_KIB = 2_000_000
"""Memory for SQLite's pages while it is filled: all indexes but those of the keys fit."""

Drawn = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]
"""Columns and rows by the name of their table."""

_DRIVERS = {"postgresql": "postgresql+psycopg://", "sqlite": "sqlite://"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is drawn: so many movements, by so many processes, until a reading of `monotonic`."""

    traffic: Traffic
    under: Under
    count: int
    processes: int = 1
    until: float = float("inf")


def load(engine: Engine, vault: Vault, drawing: Drawing) -> int:
    """Write the rows of movements into an empty store, numbered from 1; return how many."""
    batches = (_locked(one, vault) for one in _drawn(drawing, engine.dialect.name))
    fill = _fill_postgresql if engine.dialect.name == "postgresql" else _fill_sqlite
    count = fill(engine, batches)
    with transaction(engine) as conn:
        names = select(manifest_key.c.value).where(manifest_key.c.kind == NAME).distinct()
        keys = [(NAME, one) for one in conn.execute(names).scalars()]
        learn(conn, Bearer.MANIFEST, keys)
    return count


def _drawn(drawing: Drawing, dialect: str) -> Iterator[Drawn]:
    parts = (
        partial(_draw, drawing, dialect, first, min(BATCH, drawing.count - first + 1))
        for first in range(1, drawing.count + 1, BATCH)
    )
    if drawing.processes == 1:
        yield from (part() for part in parts if time.monotonic() < drawing.until)
        return
    with ProcessPoolExecutor(drawing.processes, mp_context=get_context("spawn")) as pool:
        # In order, and no more drawn ahead than there are processes.
        ahead = [pool.submit(part) for part in islice(parts, drawing.processes + 1)]
        while ahead:
            yield ahead.pop(0).result()
            if time.monotonic() < drawing.until:
                ahead += [pool.submit(part) for part in islice(parts, 1)]


def _draw(drawing: Drawing, dialect: str, first: int, count: int) -> Drawn:
    rows = rows_of(drawing.traffic, drawing.under, first=first, count=count)
    return {
        name: (tuple(rows[name][0]), _bound(metadata.tables[name], dialect, rows[name]))
        for name in TABLES
    }


def _bound(table: Table, dialect: str, rows: Sequence[dict[str, object]]) -> list[tuple[Any, ...]]:
    """Return rows as the driver takes them."""
    turns = [_turn(table, name, dialect) for name in rows[0]]
    return [tuple(map(_turned, turns, row.values())) for row in rows]


def _turn(table: Table, name: str, dialect: str) -> Callable[[Any], Any] | None:
    kind = table.c[name].type
    if isinstance(kind, JSON):
        return json.dumps
    spoken: Dialect = make_url(_DRIVERS[dialect]).get_dialect()()
    turn: Callable[[Any], Any] | None = kind.dialect_impl(spoken).bind_processor(spoken)
    return turn


def _turned(turn: Callable[[Any], Any] | None, value: object) -> object:
    return turn(value) if turn else value


def _locked(drawn: Drawn, vault: Vault) -> Drawn:
    columns, rows = drawn["payload_chunk"]
    assert columns == ("payload_id", "position", "locked")  # noqa: S101 - as `rows` has them
    locked = [(of, at, vault.lock(plain, f"payload {of} {at} 1")) for of, at, plain in rows]
    return drawn | {"payload_chunk": (columns, locked)}


def _fill_sqlite(engine: Engine, batches: Iterable[Drawn]) -> int:
    engine.dispose()  # the log can be left only while nobody else has the database open
    keys = manifest_key.name
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as db:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{CACHE_KIB}"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("PRAGMA temp_store=FILE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute(f"CREATE TABLE loaded AS SELECT * FROM {keys} WHERE 0")  # noqa: S608 - ours
        count = 0
        for batch in batches:
            for name, (columns, rows) in batch.items():
                into = "loaded" if name == keys else name
                marks = ", ".join("?" * len(columns))
                db.executemany(
                    f"INSERT INTO {into} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 - names of our own tables
                    rows,
                )
            count = _told(count, batch)
        for index in manifest_key.indexes:
            db.execute(f"DROP INDEX {index.name}")
        db.execute(
            f"INSERT INTO {keys} SELECT * FROM loaded ORDER BY kind, value, manifest"  # noqa: S608 - names of our own tables
        )
        db.execute("DROP TABLE loaded")
        for index in manifest_key.indexes:
            db.execute(str(CreateIndex(index).compile(engine)))
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode=WAL")
    # As in a store that has run for a while: what is loaded is on the disk, not on its way.
    os.sync()
    return count


def _fill_postgresql(engine: Engine, batches: Iterable[Drawn]) -> int:
    count = 0
    with transaction(engine) as conn:
        # Rows that we draw ourselves refer to what is there; checking each takes minutes.
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        for index in manifest_key.indexes:
            index.drop(conn)
        primary = inspect(conn).get_pk_constraint(manifest_key.name)["name"]
        conn.execute(text(f"ALTER TABLE {manifest_key.name} DROP CONSTRAINT {primary}"))
        driver: Any = conn.connection.driver_connection
        for batch in batches:
            with driver.cursor() as cursor:
                for name, (columns, rows) in batch.items():
                    with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
            count = _told(count, batch)
        conn.execute(AddConstraint(manifest_key.primary_key))
        for index in manifest_key.indexes:
            index.create(conn)
        for name in ("manifest", "movement", "movement_event"):
            sequence = f"pg_get_serial_sequence('{name}', 'number')"
            conn.execute(text(f"SELECT setval({sequence}, (SELECT max(number) FROM {name}))"))  # noqa: S608 - names of our own tables
    # As a store that has run for a while has done by itself; not while it is measured.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM (ANALYZE)"))
        conn.execute(text("CHECKPOINT"))
    return count


def _told(before: int, batch: Drawn) -> int:
    count = before + len(batch["manifest"][1])
    if count // SAID_EVERY > before // SAID_EVERY:
        print(f"{count:,} manifests loaded", file=sys.stderr, flush=True)
    return count


def processes() -> int:
    """Return how many processes draw rows while this one writes them."""
    return max(1, os.cpu_count() or 1)
