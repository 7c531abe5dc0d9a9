from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from exchange_node.domain.alerting.operation import Operation
from exchange_node.domain.errors import StoreError
from exchange_node.store.alerting import operations
from exchange_node.store.database import reading, transaction
from exchange_node.store.records.search.alerts import of_operation

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ONE = Operation(
    reference="JO-UZ-2026-0001",
    name="Silk Lock",
    lead="customs.uz",
    partners=("customs.kz", "customs.tm"),
    begins=NOW,
    ends=NOW + timedelta(days=30),
    purpose="RISK_ANALYSIS",
)


def test_an_operation_is_opened_once_closed_once_and_found_as_it_was(database: Engine) -> None:
    second = replace(ONE, reference="JO-UZ-2026-0002")
    with transaction(database) as conn:
        assert operations.add(conn, ONE, by="officer", at=NOW)
        assert not operations.add(conn, replace(ONE, name="Another"), by="officer", at=NOW)
        assert operations.add(conn, second, by="officer", at=NOW)
    with reading(database) as conn:
        held = operations.find(conn, ONE.reference)
        assert operations.find(conn, "JO-KZ-2026-0001") is None
        assert [one.operation for one in operations.search(conn, limit=9)] == [second, ONE]
        assert operations.count(conn, "JO-UZ-2026-") == 2
        assert operations.count(conn, "JO-UZ-2025-") == 0
    assert held is not None
    assert (held.operation, held.opened_by, held.opened_at) == (ONE, "officer", NOW)
    assert (held.is_open(NOW), held.is_open(ONE.ends)) == (True, False)

    with transaction(database) as conn:
        assert operations.close(conn, held.number, why="Done.", by="chief", at=NOW)
        assert not operations.close(conn, held.number, why="Again.", by="chief", at=NOW)
    with reading(database) as conn:
        closed = operations.find(conn, ONE.reference)
    assert closed is not None
    assert (closed.why, closed.closed_by, closed.closed_at) == ("Done.", "chief", NOW)
    assert not closed.is_open(NOW)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE joint_operation SET ends = begins",
        "DELETE FROM joint_operation_closing",
        "UPDATE joint_operation_closing SET why = 'x'",
    ],
)
def test_what_was_opened_and_closed_is_never_changed(database: Engine, change: str) -> None:
    with transaction(database) as conn:
        operations.add(conn, ONE, by="officer", at=NOW)
        held = operations.find(conn, ONE.reference)
        assert held is not None
        operations.close(conn, held.number, why="Done.", by="chief", at=NOW)

    with (
        pytest.raises(StoreError, match=r"never changed|RaiseException"),
        transaction(database) as conn,
    ):
        conn.execute(text(change))


def test_the_alerts_of_an_operation_are_read_by_their_index(sqlite_database: Engine) -> None:
    seen: list[str] = []
    with reading(sqlite_database) as conn:
        raw = conn.connection.dbapi_connection
        assert raw is not None
        raw.set_trace_callback(seen.append)
        assert of_operation(conn, ONE.reference, limit=9) == []
        raw.set_trace_callback(None)
        plan = str(conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[-1]}").all())

    assert "ix_alert_operation (operation=?)" in plan
    assert "TEMP B-TREE" not in plan
