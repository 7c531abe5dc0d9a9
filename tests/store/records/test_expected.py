from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from exchange_node.store.database import open_database, reading, transaction
from exchange_node.store.orders import renewal
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import manifest_key
from exchange_node.store.upgrade import migrate, scripts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.held import HeldManifest
    from tests.store.conftest import Makers

    Filed = Callable[..., HeldManifest]

HERE = "UZ270101"
LISTS = ("offices", "means", "equipment", "seals", "decision")
TEXTS = (
    "partner", "movement", "functional_reference", "mrn", "sender", "recipient", "code",
    "agreement_id", "agreement_digest", "grant_id", "purpose", "handling", "channel",
)  # fmt: skip


@pytest.fixture(name="file")
def _file(make: Makers, vault: Vault, now: datetime) -> Filed:
    def file(
        conn: Connection, name: str, due: float | None, office: str = HERE, **changes: object
    ) -> HeldManifest:
        arrival = None if due is None else now + timedelta(hours=due)
        held = make.manifest(
            movement=f"KZ/mrn/{name}", functional_reference=name, expected_arrival=arrival
        )
        keys = [("office", office), ("means", "01A123BC")]
        return manifests.file(
            conn,
            replace(held, **changes),  # type: ignore[arg-type]  # any of its fields
            keys,
            b"sealed",
            vault,
        )

    return file


def names(
    conn: Connection, now: datetime, begin: float = -24, end: float = 48, **asked: object
) -> list[str]:
    window = (now + timedelta(hours=begin), now + timedelta(hours=end))
    found = manifests.expected(conn, HERE, window=window, limit=99, **asked)  # type: ignore[arg-type]  # any of its fields
    return [one.functional_reference for _, one in found]


def test_the_earliest_comes_first_whatever_was_filed_first(
    database: Engine, file: Filed, now: datetime
) -> None:
    with transaction(database) as conn:
        for name, due in (("late", 9), ("early", 1), ("middle", 5)):
            file(conn, name, due)

        assert names(conn, now) == ["early", "middle", "late"]


def test_other_offices_and_other_days_are_left_out(
    database: Engine, file: Filed, now: datetime
) -> None:
    with transaction(database) as conn:
        file(conn, "here", 3)
        file(conn, "elsewhere", 3, "UZ270102")
        file(conn, "first of it", -24)
        file(conn, "before it", -24.1)
        file(conn, "end of it", 48)

        assert names(conn, now) == ["first of it", "here"]


def test_what_was_superseded_disposed_of_or_sent_is_not_expected(
    database: Engine, file: Filed, now: datetime
) -> None:
    with transaction(database) as conn:
        file(conn, "1", 3, message_id="first")
        file(conn, "1", 4, message_id="second", functional_reference="newer")
        gone = file(conn, "2", 3)
        conn.execute(
            text("UPDATE manifest SET disposed_at = stored_at WHERE number = :number"),
            {"number": gone.number},
        )
        file(conn, "3", 3, direction=Direction.SENT)

        assert names(conn, now) == ["newer"]


def test_one_that_does_not_tell_is_expected_from_the_moment_it_came(
    database: Engine, file: Filed, now: datetime
) -> None:
    with transaction(database) as conn:
        file(conn, "tells", 1)
        file(conn, "is silent", None)

        assert names(conn, now) == ["is silent", "tells"]


def test_a_corrected_arrival_moves_it(database: Engine, file: Filed, now: datetime) -> None:
    with transaction(database) as conn:
        one = file(conn, "moved", 3)
        file(conn, "stays", 5)
        later = replace(one, expected_arrival=now + timedelta(hours=9))
        renewal.of_manifest(conn, later, [("office", HERE)], now)

        assert names(conn, now) == ["stays", "moved"]


def test_only_offices_have_a_moment(database: Engine, file: Filed) -> None:
    with transaction(database) as conn:
        file(conn, "1", 3)
        rows = conn.execute(manifest_key.select()).all()

    assert {row.kind: row.due_at is not None for row in rows} == {"office": True, "means": False}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(due=st.lists(st.integers(-3, 3), max_size=12), limit=st.integers(1, 5))
def test_laws_pages_are_the_whole_in_order_however_long_they_are(
    database: Engine, file: Filed, now: datetime, due: list[int], limit: int
) -> None:
    with transaction(database) as conn:
        window = (now - timedelta(days=1), now + timedelta(days=1))
        with conn.begin_nested() as inner:
            for at, hours in enumerate(due):
                file(conn, f"{at}", hours)
            whole = manifests.expected(conn, HERE, window=window, limit=99)
            paged = []
            after = None
            while page := manifests.expected(conn, HERE, window=window, after=after, limit=limit):
                paged += page
                after = (page[-1][0], page[-1][1].number)
            inner.rollback()

    assert paged == whole
    assert [moment for moment, _ in whole] == sorted(now + timedelta(hours=one) for one in due)


def test_an_index_gives_the_order_on_sqlite(sqlite_database: Engine, now: datetime) -> None:
    seen: list[str] = []
    with reading(sqlite_database) as conn:
        driver = conn.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(seen.append)
        names(conn, now)
        driver.set_trace_callback(None)
        (asked,) = [one for one in seen if "manifest_key" in one]
        plan = " ".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {asked}"))

    assert "ix_manifest_key_due" in plan
    assert "TEMP B-TREE" not in plan


def test_what_was_held_before_is_expected_after_migrating(fresh_url: str, now: datetime) -> None:
    fresh = open_database(fresh_url)
    with transaction(fresh) as conn:
        command.upgrade(scripts(conn), "0011")
        add(conn, "payload", payload_id="p", size=1, digest="d", chunks=1)
        held = (("received", now), ("received", None), ("sent", now))
        for number, (way, arrival) in enumerate(held, start=1):
            add(
                conn, "manifest", number=number, direction=way, expected_arrival=arrival, test=True,
                version=number, agreement_version=1, document_id="p", stored_at=now,
                delete_after=now,
                message_id=f"m{number}", **dict.fromkeys(LISTS, "[]"), **dict.fromkeys(TEXTS, "x"),
            )  # fmt: skip
            for kind in ("office", "means"):
                add(conn, "manifest_key", kind=kind, value=HERE, manifest=number)

    migrate(fresh)

    with reading(fresh) as conn:
        due = conn.execute(
            text("SELECT kind, manifest FROM manifest_key WHERE due_at IS NOT NULL ORDER BY 2")
        ).all()
    fresh.dispose()
    assert [tuple(one) for one in due] == [("office", 1), ("office", 2)]


def add(conn: Connection, table: str, **values: object) -> None:
    """Insert a row into a table as it was then."""
    names = ", ".join(values)
    conn.execute(
        text(f"INSERT INTO {table} ({names}) VALUES (:{names.replace(', ', ', :')})"),  # noqa: S608 - ours
        values,
    )
