from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, cast

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, func, inspect, select, text, update

from exchange_node.domain.errors import (
    InvalidSettingError,
    MissingSettingError,
    NewerStoreError,
    StoreBusyError,
    StoreError,
    StoreFullError,
)
from exchange_node.store import payloads
from exchange_node.store.database import (
    SCHEMA_VERSION,
    add_once,
    check_version,
    open_database,
    opening,
    reading,
    schema_version,
    transaction,
)
from exchange_node.store.tables import (
    metadata,
    node_meta,
    outbox_line,
    payload,
    payload_chunk,
    submission,
)
from exchange_node.store.upgrade import migrate, scripts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import QueuePool

    from exchange_node.store.payloads import Vault


@pytest.fixture(name="fresh")
def _fresh(fresh_url: str) -> Iterator[Engine]:
    engine = open_database(fresh_url)
    yield engine
    engine.dispose()


def _set_versions(engine: Engine, found: int, lowest: int) -> None:
    with transaction(engine) as conn:
        for name, version in (("schema_version", found), ("lowest_compatible", lowest)):
            conn.execute(
                update(node_meta).where(node_meta.c.name == name).values(value=str(version))
            )


def test_the_file_and_those_beside_it_are_for_their_owner_alone(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/node.db")

    with engine.connect() as conn:
        conn.execute(text("SELECT 1"))
        modes = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()}

    assert modes["node.db"] == 0o600
    assert set(modes.values()) == {0o600}


def test_another_process_that_looks_in_takes_nothing_away_from_those_who_write(
    tmp_path: Path,
) -> None:
    # Who closes a file gives up every lock of its process on it (fcntl), SQLite's too; and whoever
    # then closes the database seems to be its last user, and deletes the log that others write to.
    path = tmp_path / "node.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    look = (
        "import sqlite3, sys; conn = sqlite3.connect(sys.argv[1]);"
        " print(*conn.execute(sys.argv[2])); conn.close()"
    )
    count = "SELECT count(*) FROM outbox_line"

    with engine.connect(), engine.connect():
        pass  # a second connection was made while the first was there; both are kept
    subprocess.run([sys.executable, "-c", look, path, count], check=True)
    with transaction(engine) as conn:
        add_once(conn, outbox_line, {"partner": "customs.uz"})
    seen = subprocess.run(
        [sys.executable, "-c", look, path, count], check=True, capture_output=True, text=True
    )

    assert seen.stdout == "(1,)\n"


def test_an_empty_database_has_no_version(fresh: Engine) -> None:
    assert schema_version(fresh) == 0


def test_migrations_build_what_the_tables_say(fresh: Engine) -> None:
    migrate(fresh)

    with fresh.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(conn).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_the_schema_version_is_the_number_of_the_last_migration(fresh: Engine) -> None:
    with fresh.connect() as conn:
        head = ScriptDirectory.from_config(scripts(conn)).get_current_head()

    assert head is not None
    assert int(head) == SCHEMA_VERSION


def test_migrating_twice_changes_nothing(fresh: Engine) -> None:
    assert migrate(fresh) == SCHEMA_VERSION
    assert migrate(fresh) == SCHEMA_VERSION
    assert check_version(fresh) == SCHEMA_VERSION


def test_a_submission_from_before_quality_was_counted_says_so(fresh: Engine) -> None:
    with transaction(fresh) as conn:
        command.upgrade(scripts(conn), "0002")
        conn.execute(
            text("INSERT INTO payload (payload_id, size, digest, chunks) VALUES ('p', 0, '', 0)")
        )
        conn.execute(
            text(
                "INSERT INTO submission (submission_id, submitted_by, partner, format, state,"
                " movement, message_id, digest, findings, declaration_id, at, changed_at)"
                " VALUES ('s', '', '', '', '', '', '', '', '[]', 'p', '2026-01-01', '2026-01-01')"
            )
        )

    migrate(fresh)

    with reading(fresh) as conn:
        assert conn.execute(select(submission.c.tries, submission.c.office)).one() == (0, "")


def test_two_programs_that_migrate_at_once_do_it_once(fresh_url: str) -> None:
    start = threading.Barrier(2)
    made: list[int] = []

    def program() -> None:
        engine = open_database(fresh_url)
        start.wait()
        made.append(migrate(engine))
        engine.dispose()

    threads = [threading.Thread(target=program) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert made == [SCHEMA_VERSION, SCHEMA_VERSION]


def test_a_migration_that_is_cut_off_leaves_nothing(
    fresh: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(_conn: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("exchange_node.store.upgrade._write_versions", cut_off)
        with pytest.raises(KeyboardInterrupt):
            migrate(fresh)

    with fresh.connect() as conn:
        assert inspect(conn).get_table_names() == []
    assert migrate(fresh) == SCHEMA_VERSION


def test_a_database_from_a_newer_version_is_not_touched(database: Engine) -> None:
    _set_versions(database, found=99, lowest=SCHEMA_VERSION + 1)

    for touch in (check_version, migrate):
        with pytest.raises(NewerStoreError) as caught:
            touch(database)
        assert caught.value.facts == {"found": "99", "known": str(SCHEMA_VERSION)}


def test_a_newer_database_that_allows_this_program_is_used_as_it_is(database: Engine) -> None:
    _set_versions(database, found=99, lowest=SCHEMA_VERSION)

    assert check_version(database) == 99
    assert migrate(database) == 99


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"]
)
def test_a_url_that_names_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(InvalidSettingError):
        open_database(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_through_psycopg(scheme: str) -> None:
    engine = open_database(f"{scheme}://node@127.0.0.1:1/name")

    assert engine.url.drivername == "postgresql+psycopg"


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(MissingSettingError, match="PostgreSQL driver"):
        open_database("postgresql://node@127.0.0.1:1/name")


def test_a_server_that_is_not_there_is_busy() -> None:
    engine = open_database("postgresql://node:hidden@127.0.0.1:1/name")

    with pytest.raises(StoreBusyError) as caught, transaction(engine):
        pass

    assert caught.value.retryable
    assert "hidden" not in str(caught.value)


def test_sqlite_keeps_what_is_committed_through_a_power_cut(sqlite_database: Engine) -> None:
    with reading(sqlite_database) as conn:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
        found = {name: conn.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}

    assert found == wanted


def test_a_full_disk_is_told_and_nothing_is_half_written(
    tmp_path: Path, vault: Vault, now: datetime
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'small.db'}", max_bytes=1_300_000)
    migrate(engine)
    with transaction(engine) as conn:
        payloads.keep(conn, "first", b"1" * 300_000, vault)

    def accept() -> None:
        with transaction(engine) as conn:
            add_once(conn, outbox_line, {"partner": "customs.uz"})
            payloads.keep(conn, "second", b"2" * 5_000_000, vault)

    with pytest.raises(StoreFullError) as caught:
        accept()

    assert caught.value.retryable
    with transaction(engine) as conn:
        assert payloads.fetch(conn, "first", vault) == b"1" * 300_000
        assert conn.execute(select(payload.c.payload_id)).scalars().all() == ["first"]
        assert conn.execute(select(func.count()).select_from(outbox_line)).scalar() == 0
        payloads.keep(conn, "third", b"3" * 100_000, vault)
    assert (tmp_path / "small.db").stat().st_size <= 1_300_000
    engine.dispose()


def test_the_quota_holds_on_every_connection(tmp_path: Path, vault: Vault) -> None:
    url = f"sqlite:///{tmp_path / 'small.db'}"
    for name in ("first", "again"):
        engine = open_database(url, max_bytes=1_000_000)
        migrate(engine)
        with pytest.raises(StoreFullError), transaction(engine) as conn:
            payloads.keep(conn, name, b"x" * 2_000_000, vault)
        engine.dispose()


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("53100", StoreFullError),
        ("53300", StoreBusyError),
        ("55P03", StoreBusyError),
        ("40001", StoreBusyError),
        ("22012", StoreError),
    ],
)
def test_what_postgresql_says_becomes_an_error_of_ours(
    database: Engine, state: str, wanted: type[StoreError]
) -> None:
    if database.dialect.name != "postgresql":
        pytest.skip("only PostgreSQL can be made to say it")

    with pytest.raises(StoreError) as caught, transaction(database) as conn:
        conn.execute(text(f"DO $$ BEGIN RAISE 'secret value' USING ERRCODE = '{state}'; END $$"))

    assert type(caught.value) is wanted
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_server_that_hangs_up_is_busy_and_the_next_transaction_works(database: Engine) -> None:
    if database.dialect.name != "postgresql":
        pytest.skip("SQLite has no server")

    with pytest.raises(StoreBusyError), transaction(database) as conn:
        conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    assert check_version(database) == SCHEMA_VERSION


def test_a_second_writer_waits_and_then_says_that_the_database_is_busy(
    database: Engine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "WAIT_SECONDS", 0.05)
    impatient = open_database(url)
    with transaction(database) as conn:
        add_once(conn, outbox_line, {"partner": "customs.uz"})

        with pytest.raises(StoreBusyError), transaction(impatient) as other:
            add_once(other, outbox_line, {"partner": "customs.uz"})
    impatient.dispose()


def test_a_new_file_that_another_program_holds_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "WAIT_SECONDS", 0.05)
    holder = sqlite3.connect(tmp_path / "node.db")
    holder.execute("BEGIN EXCLUSIVE")
    engine = open_database(f"sqlite:///{tmp_path / 'node.db'}")

    with pytest.raises(StoreBusyError):
        migrate(engine)

    holder.close()
    assert migrate(engine) == SCHEMA_VERSION
    engine.dispose()


def test_more_transactions_than_connections_is_busy(tmp_path: Path) -> None:
    engine = create_engine(
        f"sqlite:///{tmp_path / 'node.db'}", pool_size=1, max_overflow=0, pool_timeout=0.01
    )

    with transaction(engine), pytest.raises(StoreBusyError), transaction(engine):
        pass

    engine.dispose()


def test_connections_that_were_opened_to_sqlite_are_kept(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'node.db'}")
    pool = cast("QueuePool", engine.pool)

    with ExitStack() as stack:
        for _ in range(opening.CONNECTIONS):
            stack.enter_context(reading(engine))

    assert pool.checkedin() == opening.CONNECTIONS
    engine.dispose()


def test_two_writers_queue(database: Engine) -> None:
    start = threading.Barrier(4)

    def writer(number: int) -> None:
        start.wait()
        for turn in range(10):
            with transaction(database) as conn:
                conn.execute(select(func.count()).select_from(outbox_line))
                add_once(conn, outbox_line, {"partner": f"{number}-{turn}"})

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    with reading(database) as conn:
        assert conn.execute(select(func.count()).select_from(outbox_line)).scalar() == 40


def test_a_reader_sees_one_state_and_waits_for_nobody(database: Engine) -> None:
    counted = select(func.count()).select_from(outbox_line)
    with reading(database) as reader:
        before = reader.execute(counted).scalar()
        with transaction(database) as writer:
            add_once(writer, outbox_line, {"partner": "customs.uz"})
        after = reader.execute(counted).scalar()

    assert (before, after) == (0, 0)
    with reading(database) as reader:
        assert reader.execute(counted).scalar() == 1


def test_a_reader_cannot_write(database: Engine) -> None:
    with pytest.raises(StoreError), reading(database) as conn:
        add_once(conn, outbox_line, {"partner": "customs.uz"})

    with transaction(database) as conn:
        assert add_once(conn, outbox_line, {"partner": "customs.uz"})


def test_an_error_in_the_block_undoes_everything(database: Engine, vault: Vault) -> None:
    def interrupted() -> None:
        with transaction(database) as conn:
            payloads.keep(conn, "one", b"1", vault)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    with reading(database) as conn:
        assert conn.execute(select(func.count()).select_from(payload)).scalar() == 0


def test_what_the_database_refuses_is_told_without_values(database: Engine) -> None:
    with pytest.raises(StoreError) as caught, transaction(database) as conn:
        conn.execute(payload_chunk.insert().values(payload_id="hush", position=0, locked=b"hush"))

    assert type(caught.value) is StoreError
    assert "hush" not in str(caught.value)


def test_a_moment_without_an_offset_is_refused(database: Engine, now: datetime) -> None:
    with pytest.raises(StoreError), transaction(database) as conn:
        conn.execute(select(submission).where(submission.c.at == now.replace(tzinfo=None)))


def test_a_text_that_is_no_unicode_is_refused(database: Engine) -> None:
    with pytest.raises(StoreError), transaction(database) as conn:
        add_once(conn, outbox_line, {"partner": "\ud800"})


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "note.db").write_bytes(b"this is a note and no database" * 100)
    engine = open_database(f"sqlite:///{tmp_path / 'note.db'}")

    with pytest.raises(StoreError, match="not a database"):
        migrate(engine)
    engine.dispose()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'nowhere' / 'node.db'}")

    with pytest.raises(StoreError, match="unable to open"):
        check_version(engine)


def test_add_once_adds_once(database: Engine) -> None:
    with transaction(database) as conn:
        assert add_once(conn, outbox_line, {"partner": "customs.uz"})
        assert not add_once(conn, outbox_line, {"partner": "customs.uz"})
