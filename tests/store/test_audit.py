from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from exchange_node.domain.errors import AlteredRecordError, StoreError
from exchange_node.store import audit
from exchange_node.store.audit import AuditRecord, Head
from exchange_node.store.database import reading, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

RECORD = AuditRecord(
    at=datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC),
    actor="node",
    action="dispatch.queued",
    subject_kind="manifest",
    subject_key="7",
    movement="KZ/mrn/1",
    message_id="m1@kz",
    partner="customs.uz",
    facts={"clause": "ст. 5", "fields": "12"},
)


def _written(database: Engine, number: int = 3) -> Head:
    with transaction(database) as conn:
        for turn in range(number):
            audit.write(conn, replace(RECORD, subject_key=str(turn)))
        return audit.verify_chain(conn)


def _tamper(database: Engine, *statements: str) -> None:
    with transaction(database) as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            for event in ("update", "delete", "insert"):
                conn.execute(text(f"DROP TRIGGER audit_no_{event}"))
        for one in statements:
            conn.execute(text(one))


def test_a_record_comes_back_as_it_was_written(database: Engine) -> None:
    with transaction(database) as conn:
        audit.write(conn, RECORD)

    with reading(database) as conn:
        (held,) = audit.search(conn, limit=9)
    assert replace(held, number=0) == RECORD
    assert held.number == 1


def test_an_empty_chain_holds(database: Engine) -> None:
    with reading(database) as conn:
        assert audit.verify_chain(conn) == Head(number=0, digest=audit.FIRST)


def test_the_chain_holds_over_many_pages(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 2)

    head = _written(database, 5)

    assert head.number == 5


def test_the_zone_in_which_a_moment_is_told_does_not_matter(database: Engine) -> None:
    almaty = timezone(timedelta(hours=5))
    with transaction(database) as conn:
        audit.write(conn, replace(RECORD, at=RECORD.at.astimezone(almaty)))

        assert audit.verify_chain(conn).number == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'somebody' WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit",
    ],
)
def test_the_database_refuses_to_change_a_record(database: Engine, statement: str) -> None:
    head = _written(database)

    with pytest.raises(StoreError), transaction(database) as conn:
        conn.execute(text(statement))

    with reading(database) as conn:
        assert audit.verify_chain(conn) == head


def test_postgresql_refuses_to_empty_the_table(database: Engine) -> None:
    if database.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    _written(database)

    with pytest.raises(StoreError), transaction(database) as conn:
        conn.execute(text("TRUNCATE audit"))


def test_sqlite_refuses_to_replace_a_record(sqlite_database: Engine) -> None:
    head = _written(sqlite_database)

    with pytest.raises(StoreError), transaction(sqlite_database) as conn:
        conn.execute(text("INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE number = 2"))

    with reading(sqlite_database) as conn:
        assert audit.verify_chain(conn) == head


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'somebody'",
        "action = 'look.manifest'",
        "subject_kind = 'alert'",
        "subject_key = '9'",
        "movement = 'KZ/mrn/2'",
        "message_id = 'm2'",
        "partner = 'customs.kg'",
        "facts = '{}'",
        "facts = '5'",
        "facts = 'nothing'",
        "at = '2026-03-01 08:00:01+00:00'",
        "previous = digest",
        "digest = previous",
    ],
)
def test_a_changed_record_is_named(database: Engine, change: str) -> None:
    _written(database)
    if database.dialect.name == "sqlite":
        change = change.replace("+00:00", ".000000")
    _tamper(database, f"UPDATE audit SET {change} WHERE number = 2")  # noqa: S608 - our own words

    with reading(database) as conn, pytest.raises(AlteredRecordError, match="audit record 2"):
        audit.verify_chain(conn)


def test_a_moment_that_is_none_is_noticed(sqlite_database: Engine) -> None:
    _written(sqlite_database)
    _tamper(sqlite_database, "UPDATE audit SET at = 'yesterday' WHERE number = 2")

    with reading(sqlite_database) as conn, pytest.raises(AlteredRecordError):
        audit.verify_chain(conn)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM audit WHERE number = 1", "record 1"),
        ("DELETE FROM audit WHERE number = 2", "record 2"),
        ("DELETE FROM audit WHERE number = 3", "end of the audit after record 2"),
        ("DELETE FROM audit", "end of the audit after record 0"),
        ("DELETE FROM audit_head", "end of the audit after record 3"),
        ("UPDATE audit SET number = 4 WHERE number = 3", "record 3"),
    ],
)
def test_a_missing_record_is_noticed(database: Engine, statement: str, named: str) -> None:
    _written(database)
    _tamper(database, statement)

    with reading(database) as conn, pytest.raises(AlteredRecordError, match=named):
        audit.verify_chain(conn)


def test_writers_at_once_make_one_chain(
    database: Engine, together: Callable[[int, Callable[[int], None]], list[None]]
) -> None:
    def writer(which: int) -> None:
        for turn in range(10):
            with transaction(database) as conn:
                audit.write(conn, replace(RECORD, subject_key=f"{which}-{turn}"))

    together(4, writer)

    with reading(database) as conn:
        assert audit.verify_chain(conn).number == 40


def test_what_is_undone_leaves_no_gap(database: Engine) -> None:
    def undone() -> None:
        with transaction(database) as conn:
            audit.write(conn, RECORD)
            raise KeyboardInterrupt

    _written(database)
    with pytest.raises(KeyboardInterrupt):
        undone()

    assert _written(database).number == 6


def test_records_are_searched_the_newest_first_page_by_page(database: Engine) -> None:
    with transaction(database) as conn:
        for movement, message_id, kind in (
            ("KZ/mrn/1", "m1", "manifest"),
            ("KZ/mrn/2", "m2", "manifest"),
            ("KZ/mrn/1", "m3", "alert"),
        ):
            audit.write(
                conn,
                replace(RECORD, movement=movement, message_id=message_id, subject_kind=kind),
            )

        def found(**wanted: object) -> list[int]:
            return [one.number for one in audit.search(conn, **wanted)]  # type: ignore[arg-type]

        assert found(limit=2) == [3, 2]
        assert found(after=2, limit=2) == [1]
        assert found(movement="KZ/mrn/1", limit=9) == [3, 1]
        assert found(message_id="m2", limit=9) == [2]
        assert found(subject=("manifest", "7"), limit=9) == [2, 1]
